// Why a decision is `error` (tables/errors.def), and why a bundle is refused.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace guardvm {

enum class ErrorCode : uint8_t {
#define GUARD_ERROR(Name, code, meaning) Name,
#include "tables/errors.def"
#undef GUARD_ERROR
};
// The stable word of a code ("out-of-range") and what it means.
[[nodiscard]] std::string_view error_word(ErrorCode code);
[[nodiscard]] std::string_view error_meaning(ErrorCode code);

// Why bytes are not a bundle: a sentence that says what and where ("Code[12].a: operand 99 of 40").
struct LoadError {
  std::string message;
  bool unread = false;  // there were no bytes to look at: the file could not be read
};

// A value, or a LoadError. The runtime's own, so that it needs nothing of the compiler.
template <typename T>
class [[nodiscard]] Loaded {
 public:
  Loaded(T value) : state_(std::move(value)) {}          // NOLINT
  Loaded(LoadError error) : state_(std::move(error)) {}  // NOLINT
  [[nodiscard]] bool ok() const { return state_.index() == 0; }
  [[nodiscard]] T& value() { return std::get<0>(state_); }
  [[nodiscard]] const T& value() const { return std::get<0>(state_); }
  [[nodiscard]] const LoadError& error() const { return std::get<1>(state_); }

 private:
  std::variant<T, LoadError> state_;
};

}  // namespace guardvm
