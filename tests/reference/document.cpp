// A JSON document as a tree, by way of nlohmann-json's event interface; see document.hpp.
#include "document.hpp"

#include <nlohmann/json.hpp>

#include "text_forms.hpp"

namespace guard::reference {
namespace {

// Floating point numbers as `long double`, so that any exponent an action may carry in an ignored attribute is
// readable; only their text is used.
using Json = nlohmann::basic_json<std::map, std::vector, std::string, bool, int64_t, uint64_t, long double>;

class Builder {
 public:
  Builder(Document& document, size_t depth_limit) : document_(document), depth_limit_(depth_limit) {}

  bool null() { return put(Node{}) != nullptr; }
  bool boolean(bool value) {
    Node node;
    node.kind = Node::Kind::Bool;
    node.boolean = value;
    return put(std::move(node)) != nullptr;
  }
  bool number_integer(int64_t value) { return number(std::to_string(value)); }
  bool number_unsigned(uint64_t value) { return number(std::to_string(value)); }
  bool number_float(long double, const std::string& text) { return number(text); }
  bool string(std::string& value) {
    Node node;
    node.kind = Node::Kind::String;
    node.text = value;
    return put(std::move(node)) != nullptr;
  }
  bool binary(std::vector<uint8_t>&) { return false; }
  bool start_object(size_t) { return open(Node::Kind::Object); }
  bool start_array(size_t) { return open(Node::Kind::Array); }
  bool key(std::string& name) {
    stack_.back()->members.emplace_back(name, std::nullopt);
    return true;
  }
  bool end_object() { return close(); }
  bool end_array() { return close(); }
  bool parse_error(size_t position, const std::string&, const nlohmann::detail::exception&) {
    error_position_ = position;
    return false;
  }

  [[nodiscard]] bool complete() const { return document_.root && stack_.empty() && !too_deep_; }
  [[nodiscard]] bool too_deep() const { return too_deep_; }
  [[nodiscard]] size_t error_position() const { return error_position_; }

 private:
  bool number(std::string text) {
    Node node;
    node.kind = Node::Kind::Number;
    node.text = std::move(text);
    return put(std::move(node)) != nullptr;
  }
  Node* put(Node node) {
    if (stack_.empty()) {
      document_.root = std::move(node);
      return &*document_.root;
    }
    Node& parent = *stack_.back();
    if (parent.kind == Node::Kind::Array) {
      parent.elements.push_back(std::move(node));
      return &parent.elements.back();
    }
    parent.members.back().second = std::move(node);
    return &*parent.members.back().second;
  }
  bool open(Node::Kind kind) {
    Node node;
    node.kind = kind;
    if (stack_.size() + 1 > depth_limit_) {
      too_deep_ = true;
      node.refused = "too-deep";
      put(std::move(node));
      return false;
    }
    // A parent's container does not grow while a child is open, so the pointers stay good.
    stack_.push_back(put(std::move(node)));
    return true;
  }
  bool close() {
    stack_.pop_back();
    return true;
  }

  Document& document_;
  size_t depth_limit_;
  std::vector<Node*> stack_;
  bool too_deep_ = false;
  size_t error_position_ = 0;
};

}  // namespace

Document read_document(std::string_view text, const DocumentLimits& limits) {
  Document document;
  if (text.size() > limits.bytes) {
    document.error = "too-large";
    return document;
  }
  if (text.starts_with("\xEF\xBB\xBF")) {  // nlohmann skips a byte order mark; RFC 8259 knows none
    document.error = "malformed-json";
    return document;
  }
  Builder builder(document, limits.depth);
  const bool good = Json::sax_parse(text.begin(), text.end(), &builder);
  if (good) {
    // nlohmann takes a NUL outside of a string for the end of the input.
    if (text.find('\0') != std::string_view::npos) document.error = "trailing-bytes";
    return document;
  }
  if (builder.too_deep()) return document;
  const size_t bad = first_invalid_utf8(text);
  if (builder.complete())
    document.error = "trailing-bytes";
  else
    document.error =
        bad != std::string_view::npos && builder.error_position() > bad ? "invalid-utf8" : "malformed-json";
  return document;
}

}  // namespace guard::reference
