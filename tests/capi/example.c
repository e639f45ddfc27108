/* The C ABI from C: loads a bundle, decides the records of the files named, prints each decision, counts them, and
 * tries what must be refused. usage: example BUNDLE ACTION.json… */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guardvm/guardvm.h"

static char* read_file(const char* path, size_t* size) {
  FILE* file = fopen(path, "rb");
  if (file == NULL) return NULL;
  char* bytes = malloc(1u << 20);
  *size = bytes == NULL ? 0 : fread(bytes, 1, 1u << 20, file);
  fclose(file);
  return bytes;
}

static int fail(const char* what) {
  fprintf(stderr, "example: %s\n", what);
  return 1;
}

int main(int argc, char** argv) {
  char why[256] = "";
  if (argc < 2) return fail("usage: example BUNDLE ACTION.json...");
  if (guardvm_abi_version() != GUARDVM_ABI_VERSION) return fail("another version of the library");

  /* What is no bundle is refused with a reason, and what has no decision is an error. */
  if (guardvm_bundle_load("no-such-file", why, sizeof why) != NULL || why[0] == '\0') return fail("loaded nothing");
  if (guardvm_bundle_from_bytes("junk", 4, why, sizeof why) != NULL) return fail("loaded junk");
  if (guardvm_decide(NULL, "{}", 2, NULL) != GUARDVM_ERROR) return fail("decided without a session");
  if (strstr(guardvm_decision_json(NULL, 0, NULL), "\"decision\":\"error\"") == NULL)
    return fail("a decision from nowhere");

  guardvm_bundle* bundle = guardvm_bundle_load(argv[1], why, sizeof why);
  if (bundle == NULL) return fail(why);
  printf("bundle %s\n", guardvm_bundle_digest(bundle));
  guardvm_session* session = guardvm_session_new(bundle);
  guardvm_bundle_free(bundle); /* The session keeps it alive. */
  if (session == NULL) return fail("out of memory");

  int counts[4] = {0, 0, 0, 0};
  for (int i = 2; i < argc; ++i) {
    size_t size = 0;
    char* json = read_file(argv[i], &size);
    if (json == NULL) return fail(argv[i]);
    const guardvm_outcome outcome = guardvm_decide(session, json, size, NULL);
    const char* text = guardvm_decision_json(session, 0, &size);
    printf("%-5s %s\n", guardvm_outcome_word(outcome), text);
    char expected[32];
    snprintf(expected, sizeof expected, "{\"decision\":\"%s\"", guardvm_outcome_word(outcome));
    if (strncmp(text, expected, strlen(expected)) != 0 || strlen(text) != size) return fail("outcome and JSON differ");
    counts[outcome] += 1;
    free(json);
  }
  const char* broken = "{\"kind\":";
  if (guardvm_decide(session, broken, strlen(broken), NULL) != GUARDVM_ERROR) return fail("decided half a record");
  guardvm_options options = {"no_such_kind", 1, 0, 0};
  if (guardvm_decide(session, "{}", 2, &options) != GUARDVM_ERROR) return fail("decided an unknown kind");
  guardvm_session_free(session);
  printf("allow %d, deny %d, hold %d, error %d\n", counts[0], counts[1], counts[2], counts[3]);
  return counts[GUARDVM_ALLOW] > 0 && counts[GUARDVM_DENY] > 0 && counts[GUARDVM_HOLD] > 0
             ? 0
             : fail("expected every outcome");
}
