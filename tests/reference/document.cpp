// A JSON document as a tree, by way of nlohmann-json's event interface; see document.hpp.
#include "document.hpp"

#include <iterator>
#include <nlohmann/json.hpp>

#include "text_forms.hpp"

namespace guard::reference {
namespace {

// Floating point numbers as `long double`, so that long ones are readable; only their text is used.
using Json = nlohmann::basic_json<std::map, std::vector, std::string, bool, int64_t, uint64_t, long double>;

// The same text with every exponent zero: the parser refuses numbers beyond `long double`, JSON does not.
std::string without_exponents(std::string_view text) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  std::string out(text);
  bool in_string = false;
  for (size_t i = 0; i < out.size(); ++i) {
    if (in_string && out[i] == '\\') {
      ++i;
    } else if (out[i] == '"') {
      in_string = !in_string;
    } else if (!in_string && (out[i] == 'e' || out[i] == 'E') && i > 0 && digit(out[i - 1])) {
      if (i + 1 < out.size() && (out[i + 1] == '+' || out[i + 1] == '-')) ++i;
      while (i + 1 < out.size() && digit(out[i + 1])) out[++i] = '0';
    }
  }
  return out;
}

// Counts the bytes that the parser has taken, which its events do not tell.
class Bytes {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  Bytes(const char* at, size_t* taken) : at_(at), taken_(taken) {}
  reference operator*() const { return *at_; }
  Bytes& operator++() {
    ++at_;
    ++*taken_;
    return *this;
  }
  Bytes operator++(int) {
    const Bytes before = *this;
    ++*this;
    return before;
  }
  bool operator==(const Bytes& other) const { return at_ == other.at_; }
  bool operator!=(const Bytes& other) const { return at_ != other.at_; }

 private:
  const char* at_;
  size_t* taken_;
};

class Builder {
 public:
  Builder(Document& document, std::string_view text, const size_t& taken, size_t depth_limit)
      : document_(document), text_(text), taken_(taken), depth_limit_(depth_limit) {}

  bool null() { return !glued(taken_) && put(Node{}) != nullptr; }
  bool boolean(bool value) {
    Node node;
    node.kind = Node::Kind::Bool;
    node.boolean = value;
    return !glued(taken_) && put(std::move(node)) != nullptr;
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
  bool parse_error(size_t, const std::string&, const nlohmann::detail::exception& why) {
    const std::string_view text = why.what();
    not_utf8_ = text.find("ill-formed UTF-8") != std::string_view::npos;
    const bool in_scalar = text.find("invalid literal") != std::string_view::npos ||
                           text.find("invalid number") != std::string_view::npos ||
                           text.find("after backslash") != std::string_view::npos;
    if (taken_ > 0 && in_scalar) stray_ = taken_ - 1;
    return false;
  }

  [[nodiscard]] bool complete() const { return document_.root && stack_.empty() && !too_deep_; }
  [[nodiscard]] bool too_deep() const { return too_deep_; }
  [[nodiscard]] bool not_utf8() const {
    return not_utf8_ || (stray_ != std::string_view::npos && stray_ == first_invalid_utf8(text_));
  }

 private:
  // A number or word that goes on right away ("01", "nullx") is no value at all; the parser would tell it first.
  bool glued(size_t end) {
    if (end >= text_.size() || std::string_view(" \t\r\n,]}").find(text_[end]) != std::string_view::npos) return false;
    stray_ = end;
    return true;
  }
  bool number(std::string text) {
    // The parser has looked at the byte after the number, unless the input ended.
    const bool ended = taken_ == text_.size() && text_[taken_ - 1] >= '0' && text_[taken_ - 1] <= '9';
    if (glued(ended ? taken_ : taken_ - 1)) return false;
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
  std::string_view text_;
  const size_t& taken_;
  size_t depth_limit_;
  std::vector<Node*> stack_;
  bool too_deep_ = false;
  bool not_utf8_ = false;
  size_t stray_ = std::string_view::npos;  // where something stands that no word or number goes on with
};

}  // namespace

Document read_document(std::string_view record, const DocumentLimits& limits) {
  Document document;
  if (record.size() > limits.bytes) {
    document.error = "too-large";
    return document;
  }
  const std::string text = without_exponents(record);
  if (text.starts_with("\xEF\xBB\xBF")) {  // nlohmann skips a byte order mark; RFC 8259 knows none
    document.error = "malformed-json";
    return document;
  }
  size_t taken = 0;
  Builder builder(document, text, taken, limits.depth);
  const bool good = Json::sax_parse(Bytes(text.data(), &taken), Bytes(text.data() + text.size(), &taken), &builder);
  if (good) {
    // nlohmann takes a NUL outside of a string for the end of the input.
    if (text.find('\0') != std::string_view::npos) document.error = "trailing-bytes";
    return document;
  }
  if (builder.too_deep()) return document;
  if (builder.complete())
    document.error = "trailing-bytes";
  else
    document.error = builder.not_utf8() ? "invalid-utf8" : "malformed-json";
  return document;
}

}  // namespace guard::reference
