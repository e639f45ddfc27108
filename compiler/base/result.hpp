// Result<T>: a value, or a message about the world (a file, bytes, an argument). Never for an author's mistake, which
// is a Diagnostic, and never for a bug of ours, which is GUARD_CHECK.
#pragma once
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <variant>

namespace guard {

struct Failure {
  std::string message;
};

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}            // NOLINT: a Result is made from its value
  Result(Failure failure) : state_(std::move(failure)) {}  // NOLINT
  [[nodiscard]] bool ok() const { return state_.index() == 0; }
  [[nodiscard]] T& value() & { return std::get<0>(state_); }
  [[nodiscard]] const T& value() const& { return std::get<0>(state_); }
  [[nodiscard]] T&& value() && { return std::get<0>(std::move(state_)); }
  [[nodiscard]] const std::string& error() const { return std::get<1>(state_).message; }

 private:
  std::variant<T, Failure> state_;
};

// A bug of ours: says where and stops with exit code 70 (internal contradiction).
[[noreturn]] inline void internal_error(const char* what, const char* file, int line) {
  std::fprintf(stderr, "internal error: %s (%s:%d); this is a bug in guardc\n", what, file, line);
  std::exit(70);
}

#define GUARD_CHECK(condition, what)                                     \
  do {                                                                   \
    if (!(condition)) ::guard::internal_error(what, __FILE__, __LINE__); \
  } while (false)

}  // namespace guard
