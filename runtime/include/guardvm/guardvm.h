/* guardvm for C and every language that can call C: load a bundle once, decide actions from any thread.
 *
 *   char why[256];
 *   guardvm_bundle* bundle = guardvm_bundle_load("set.bundle", why, sizeof why);
 *   if (bundle == NULL) refuse(why);
 *   guardvm_session* session = guardvm_session_new(bundle);
 *   if (guardvm_decide(session, json, strlen(json), NULL) != GUARDVM_ALLOW) stop();
 *   puts(guardvm_decision_json(session, 0, NULL));
 *
 * Never fails open: whatever cannot be decided (bytes that do not fit the schema, no memory) is GUARDVM_ERROR, which
 * blocks. Threads: a bundle is immutable and may be shared; a session holds the buffers of one thread at a time.
 * Ownership: what `new`, `load` and `from_bytes` return is freed by its `free`, in any order; NULL may be freed. A
 * session keeps its bundle alive. Texts that are returned are borrowed. Errors: no C++ exception leaves these
 * functions.
 */
#ifndef GUARDVM_GUARDVM_H
#define GUARDVM_GUARDVM_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define GUARDVM_API __attribute__((visibility("default")))
#else
#define GUARDVM_API
#endif

/* Changes when a function or struct below changes so that older callers no longer fit. */
#define GUARDVM_ABI_VERSION 1
GUARDVM_API uint32_t guardvm_abi_version(void);
/* "0.1.0" */
GUARDVM_API const char* guardvm_version(void);

typedef struct guardvm_bundle guardvm_bundle;
typedef struct guardvm_session guardvm_session;

typedef enum guardvm_outcome {
  GUARDVM_ALLOW = 0,
  GUARDVM_DENY = 1,
  GUARDVM_HOLD = 2,
  GUARDVM_ERROR = 3
} guardvm_outcome;

/* ---- bundles ---- */

/* Maps and validates a file. NULL: refused, and why in `error` (cut to `error_bytes`, always terminated; may be NULL).
 * Nobody may write into the file while it is loaded; replace a bundle by renaming a new file over it. */
GUARDVM_API guardvm_bundle* guardvm_bundle_load(const char* path, char* error, size_t error_bytes);
/* Copies and validates bytes. */
GUARDVM_API guardvm_bundle* guardvm_bundle_from_bytes(const void* bytes, size_t size, char* error, size_t error_bytes);
GUARDVM_API void guardvm_bundle_free(guardvm_bundle* bundle);
/* "sha256:<hex>", as long as the bundle. */
GUARDVM_API const char* guardvm_bundle_digest(const guardvm_bundle* bundle);

/* ---- sessions ---- */

/* NULL: out of memory. */
GUARDVM_API guardvm_session* guardvm_session_new(const guardvm_bundle* bundle);
GUARDVM_API void guardvm_session_free(guardvm_session* session);

/* How to read a record. All zero is the default, and so is a NULL pointer to it. */
typedef struct guardvm_options {
  const char* kind; /* the action's kind, when the record does not name it; NULL: it does */
  int32_t strict;   /* not 0: unknown keys are an error */
  int32_t has_at;   /* not 0: at_ns is the decision's instant, when the record has none */
  int64_t at_ns;    /* nanoseconds since 1970-01-01T00:00:00Z */
} guardvm_options;

/* Decides one action record: UTF-8 JSON of `size` bytes. The session borrows it until its next decision, so it has to
 * stay while guardvm_decision_json is asked for. No allocation after the first calls of a session. */
GUARDVM_API guardvm_outcome guardvm_decide(guardvm_session* session, const char* json, size_t size,
                                           const guardvm_options* options);

#define GUARDVM_EXPLAIN 1u        /* add why each rule fired, when it would pass, and what near it does */
#define GUARDVM_NO_VALID_UNTIL 2u /* leave out `valid_until`, the costliest key */

/* The session's last decision as JSON in one line (its keys: grammar/LANGUAGE.md, "The decision"), terminated, and its
 * length in `size` when that is not NULL. Borrowed until the session's next call. Never NULL. */
GUARDVM_API const char* guardvm_decision_json(guardvm_session* session, uint32_t flags, size_t* size);

/* "allow", "deny", "hold", "error" */
GUARDVM_API const char* guardvm_outcome_word(guardvm_outcome outcome);

#ifdef __cplusplus
}
#endif

#endif /* GUARDVM_GUARDVM_H */
