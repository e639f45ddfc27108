// The C ABI over Bundle and Session. Every function catches everything: what is thrown below (no memory) becomes a
// refusal.
#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include "guardvm/guardvm.h"
#include "guardvm/guardvm.hpp"

struct guardvm_bundle {
  std::shared_ptr<const guardvm::Bundle> bundle;
};

struct guardvm_session {
  explicit guardvm_session(std::shared_ptr<const guardvm::Bundle> shared)
      : bundle(std::move(shared)), session(*bundle) {}
  std::shared_ptr<const guardvm::Bundle> bundle;
  guardvm::Session session;
  std::string json;
  bool decided = false;  // the session holds a decision that can be printed
};

namespace {

// What is said when not even the decision can be told.
constexpr char kNoDecision[] =
    R"({"decision":"error","kind":null,"default":false,"rules":[],"missing":[],"obligations":{},"valid_until":null,)"
    R"("ignored":[],"error":{"code":"internal","at":"","message":"there is no decision: out of memory, or nothing was decided"},)"
    R"("bundle":null})";

void say(char* error, size_t error_bytes, const char* message) {
  if (error != nullptr && error_bytes > 0) std::snprintf(error, error_bytes, "%s", message);
}

template <typename Load>
guardvm_bundle* load(const Load& loaded, char* error, size_t error_bytes) try {
  guardvm::Loaded<guardvm::Bundle> bundle = loaded();
  if (!bundle.ok()) {
    say(error, error_bytes, bundle.error().message.c_str());
    return nullptr;
  }
  return new guardvm_bundle{std::make_shared<const guardvm::Bundle>(std::move(bundle.value()))};
} catch (...) {
  say(error, error_bytes, "out of memory");
  return nullptr;
}

guardvm_outcome outcome_of(guardvm::Outcome outcome) {
  switch (outcome) {
    case guardvm::Outcome::Allow:
      return GUARDVM_ALLOW;
    case guardvm::Outcome::Deny:
      return GUARDVM_DENY;
    case guardvm::Outcome::Hold:
      return GUARDVM_HOLD;
    case guardvm::Outcome::Error:
      return GUARDVM_ERROR;
  }
  return GUARDVM_ERROR;
}

}  // namespace

extern "C" {

uint32_t guardvm_abi_version(void) { return GUARDVM_ABI_VERSION; }

const char* guardvm_version(void) { return GUARDVM_VERSION; }

guardvm_bundle* guardvm_bundle_load(const char* path, char* error, size_t error_bytes) {
  if (path == nullptr) {
    say(error, error_bytes, "no path");
    return nullptr;
  }
  return load([path] { return guardvm::Bundle::load(path); }, error, error_bytes);
}

guardvm_bundle* guardvm_bundle_from_bytes(const void* bytes, size_t size, char* error, size_t error_bytes) {
  const std::string_view view(static_cast<const char*>(bytes), bytes == nullptr ? 0 : size);
  return load([view] { return guardvm::Bundle::from_bytes(view); }, error, error_bytes);
}

void guardvm_bundle_free(guardvm_bundle* bundle) { delete bundle; }

const char* guardvm_bundle_digest(const guardvm_bundle* bundle) {
  return bundle == nullptr ? "" : bundle->bundle->digest().c_str();
}

guardvm_session* guardvm_session_new(const guardvm_bundle* bundle) try {
  return bundle == nullptr ? nullptr : new guardvm_session(bundle->bundle);
} catch (...) {
  return nullptr;
}

void guardvm_session_free(guardvm_session* session) { delete session; }

guardvm_outcome guardvm_decide(guardvm_session* session, const char* json, size_t size,
                               const guardvm_options* options) try {
  if (session == nullptr) return GUARDVM_ERROR;
  session->decided = false;
  guardvm::ReadOptions read;
  if (options != nullptr) {
    if (options->kind != nullptr) read.kind = options->kind;
    read.strict = options->strict != 0;
    read.has_at = options->has_at != 0;
    read.at_ns = options->at_ns;
  }
  const std::string_view record(json == nullptr ? "" : json, json == nullptr ? 0 : size);
  const guardvm_outcome outcome = outcome_of(session->session.decide(record, read).outcome);
  session->decided = true;
  return outcome;
} catch (...) {
  return GUARDVM_ERROR;
}

const char* guardvm_decision_json(guardvm_session* session, uint32_t flags, size_t* size) try {
  if (session == nullptr || !session->decided) {
    if (size != nullptr) *size = sizeof kNoDecision - 1;
    return kNoDecision;
  }
  guardvm::JsonOptions options;
  options.explain = (flags & GUARDVM_EXPLAIN) != 0;
  options.valid_until = (flags & GUARDVM_NO_VALID_UNTIL) == 0;
  session->json.clear();
  session->session.append_json(session->json, options);
  if (size != nullptr) *size = session->json.size();
  return session->json.c_str();
} catch (...) {
  if (size != nullptr) *size = sizeof kNoDecision - 1;
  return kNoDecision;
}

const char* guardvm_outcome_word(guardvm_outcome outcome) {
  switch (outcome) {
    case GUARDVM_ALLOW:
      return "allow";
    case GUARDVM_DENY:
      return "deny";
    case GUARDVM_HOLD:
      return "hold";
    case GUARDVM_ERROR:
      return "error";
  }
  return "error";
}

}  // extern "C"
