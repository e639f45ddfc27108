// Boxed<T>: an optional T kept on the heap, used like std::optional. Copies are deep. For parts that most nodes of a
// tree lack, so that they cost a pointer there.
#pragma once
#include <memory>
#include <optional>
#include <utility>

namespace guard {

template <typename T>
class Boxed {
 public:
  Boxed() = default;
  Boxed(std::nullopt_t) {}                                          // NOLINT: as std::optional
  Boxed(T value) : held_(std::make_unique<T>(std::move(value))) {}  // NOLINT
  Boxed(const Boxed& other) : held_(other.held_ ? std::make_unique<T>(*other.held_) : nullptr) {}
  Boxed(Boxed&&) noexcept = default;
  Boxed& operator=(Boxed other) noexcept {
    held_ = std::move(other.held_);
    return *this;
  }
  ~Boxed() = default;

  template <typename... Args>
  T& emplace(Args&&... args) {
    held_ = std::make_unique<T>(std::forward<Args>(args)...);
    return *held_;
  }
  void reset() { held_.reset(); }
  [[nodiscard]] bool has_value() const { return held_ != nullptr; }
  explicit operator bool() const { return held_ != nullptr; }
  [[nodiscard]] T& operator*() { return *held_; }
  [[nodiscard]] const T& operator*() const { return *held_; }
  [[nodiscard]] T* operator->() { return held_.get(); }
  [[nodiscard]] const T* operator->() const { return held_.get(); }
  [[nodiscard]] T& value() { return *held_; }
  [[nodiscard]] const T& value() const { return *held_; }

 private:
  std::unique_ptr<T> held_;
};

}  // namespace guard
