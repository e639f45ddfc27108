// The source lines that a bundle carries, for showing what a finding is about.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "guardvm/bundle.hpp"

namespace guard::verify {

class Excerpts {
 public:
  // Inflates the bundle's excerpts; of bytes that are no excerpts, none (the loader does not look at them).
  explicit Excerpts(const guardvm::Bundle& bundle);
  // Empty: the bundle does not have the line.
  [[nodiscard]] std::string_view line(uint32_t source, uint32_t line) const;

 private:
  const guardvm::Bundle& bundle_;
  std::string text_;
  [[nodiscard]] const std::vector<size_t>& starts_of(size_t row, std::string_view text) const;
  mutable std::vector<std::vector<size_t>> starts_;  // per excerpt, once one of its lines is asked for
};

}  // namespace guard::verify
