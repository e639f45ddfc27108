// String literals: from their spelling to their value and back.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace guard::syntax {

struct EscapeFault {
  uint32_t begin, end;  // bytes of the spelling
  std::string message;
};
struct Unescaped {
  std::string value;
  std::vector<EscapeFault> faults;  // what is wrong is left out of the value
};
// Takes what stands between the quotes.
[[nodiscard]] Unescaped unescape(std::string_view spelling);

// With quotes; unescape gives the value back. Characters that cannot be seen are written as `\u{HEX}`.
[[nodiscard]] std::string quote(std::string_view value);

}  // namespace guard::syntax
