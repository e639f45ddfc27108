// A JSON document as a tree that keeps what a record reader needs: the order of keys, duplicates, and numbers as text.
//
// Reading stops at the first byte that is not JSON; the tree then holds what stood before it, so that errors can be
// told in the order of the document.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace guard::reference {

struct Node {
  enum class Kind : uint8_t { Null, Bool, Number, String, Array, Object };
  Kind kind = Kind::Null;
  bool boolean = false;
  std::string text;  // Number: as written (an integer may lose the sign of zero); String: unescaped
  std::vector<std::pair<std::string, std::optional<Node>>>
      members;                         // Object, in order; no value: the document ended first
  std::vector<Node> elements;          // Array
  std::optional<std::string> refused;  // reading stopped at this value's opening: the error code
};

struct Document {
  std::optional<Node> root;          // none: not even the first value could be read
  std::optional<std::string> error;  // code: malformed-json, invalid-utf8, too-deep, too-large, trailing-bytes
};

struct DocumentLimits {
  size_t bytes;
  size_t depth;
};

[[nodiscard]] Document read_document(std::string_view record, const DocumentLimits& limits);

}  // namespace guard::reference
