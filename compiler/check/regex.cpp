// The regular expression parser: recursive descent over code points, no back-tracking.
#include "check/regex.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "check/limits.hpp"
#include "diag/utf8.hpp"

namespace guard::check {

namespace {

constexpr char32_t kLastCode = 0x10FFFF;
constexpr char32_t kFirstSurrogate = 0xD800, kLastSurrogate = 0xDFFF;
constexpr uint32_t kMaxNesting = 64;
constexpr uint64_t kManyPositions = uint64_t{1} << 40;

using Ranges = std::vector<CodeRange>;

// Sorts, joins what overlaps or touches, and takes the surrogates out.
Ranges normalized(Ranges ranges) {
  Ranges cut;
  for (CodeRange r : ranges) {
    if (r.low < kFirstSurrogate) cut.push_back({r.low, std::min(r.high, char32_t{kFirstSurrogate - 1})});
    if (r.high > kLastSurrogate) cut.push_back({std::max(r.low, char32_t{kLastSurrogate + 1}), r.high});
  }
  std::sort(cut.begin(), cut.end(), [](CodeRange a, CodeRange b) { return a.low < b.low; });
  Ranges joined;
  for (CodeRange r : cut) {
    if (!joined.empty() && r.low <= joined.back().high + 1) {
      joined.back().high = std::max(joined.back().high, r.high);
    } else {
      joined.push_back(r);
    }
  }
  return joined;
}

Ranges complement(const Ranges& ranges) {
  Ranges result;
  char32_t next = 0;
  for (CodeRange r : normalized(ranges)) {
    if (r.low > next) result.push_back({next, r.low - 1});
    next = r.high + 1;
  }
  if (next <= kLastCode) result.push_back({next, kLastCode});
  return normalized(std::move(result));
}

Ranges named_class(char32_t letter) {
  switch (letter) {
    case 'd':
      return {{'0', '9'}};
    case 'w':
      return {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}};
    case 's':
      return {{'\t', '\r'}, {' ', ' '}};
    case 'D':
      return complement(named_class('d'));
    case 'W':
      return complement(named_class('w'));
    case 'S':
      return complement(named_class('s'));
    default:
      return {};
  }
}

bool is_punctuation(char32_t c) {
  return c < 0x80 && c > ' ' && !((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'));
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<RegexAst> parse() {
    RegexAst ast;
    ast.root = alternation(0);
    if (failure_.empty() && !at_end()) fail(peek() == ')' ? "`)` closes no group; write `\\)` for the character" : "");
    if (!failure_.empty()) return Failure{failure_};
    ast.positions = positions(ast.root);
    return ast;
  }

 private:
  bool at_end() const { return at_ >= text_.size(); }
  char32_t peek() const { return at_end() ? 0 : utf8::decode(text_, at_).code; }
  bool is(char c) const { return at_ < text_.size() && text_[at_] == c; }
  bool starts(std::string_view word) const { return text_.substr(at_).starts_with(word); }
  char32_t take() {
    const utf8::Decoded decoded = utf8::decode(text_, at_);
    if (!decoded.valid) fail("the pattern is not valid UTF-8");
    at_ += decoded.bytes;
    return decoded.code;
  }
  bool accept(char c) {
    if (!is(c)) return false;
    ++at_;
    return true;
  }
  void fail(std::string why) {
    if (failure_.empty()) failure_ = std::move(why);
    at_ = text_.size();
  }

  RegexNode alternation(uint32_t depth) {
    RegexNode first = sequence(depth);
    if (!is('|')) return first;
    RegexNode node;
    node.kind = RegexNode::Kind::Alternate;
    node.children.push_back(std::move(first));
    while (accept('|')) node.children.push_back(sequence(depth));
    return node;
  }

  RegexNode sequence(uint32_t depth) {
    RegexNode node;
    node.kind = RegexNode::Kind::Concat;
    while (!at_end() && !is('|') && !is(')')) node.children.push_back(repetition(depth));
    if (node.children.empty()) return {};
    if (node.children.size() == 1) return std::move(node.children[0]);
    return node;
  }

  RegexNode repetition(uint32_t depth) {
    RegexNode item = atom(depth);
    uint32_t min = 0, max = RegexNode::kUnbounded;
    if (accept('*')) {
    } else if (accept('+')) {
      min = 1;
    } else if (accept('?')) {
      max = 1;
    } else if (is('{')) {
      if (!bounds(min, max)) return {};
    } else {
      return item;
    }
    if (is('?')) fail("lazy repetition has no meaning when the whole string is matched; drop the `?`");
    if (is('*') || is('+') || is('{')) fail("a repetition cannot be repeated; put it in a group `( )`");
    RegexNode node;
    node.kind = RegexNode::Kind::Repeat;
    node.min = min;
    node.max = max;
    node.children.push_back(std::move(item));
    return node;
  }

  // {m}, {m,} or {m,n}
  bool bounds(uint32_t& min, uint32_t& max) {
    accept('{');
    const auto low = number();
    if (low && accept('}')) {
      min = max = *low;
      return true;
    }
    if (low && accept(',')) {
      if (accept('}')) {
        min = *low;
        return true;
      }
      const auto high = number();
      if (high && *high >= *low && accept('}')) {
        min = *low;
        max = *high;
        return true;
      }
    }
    fail("a repetition is `{2}`, `{2,}` or `{2,5}`, at most " + std::to_string(limits::kRepeatCount.value) +
         "; write `\\{` for the character");
    return false;
  }

  std::optional<uint32_t> number() {
    uint32_t value = 0;
    const size_t begin = at_;
    while (!at_end() && text_[at_] >= '0' && text_[at_] <= '9') {
      value = value * 10 + static_cast<uint32_t>(text_[at_++] - '0');
      if (value > limits::kRepeatCount.value) return std::nullopt;
    }
    if (at_ == begin) return std::nullopt;
    return value;
  }

  RegexNode atom(uint32_t depth) {
    if (is('(')) return group(depth);
    if (is('[')) return bracket();
    if (is('\\')) return class_node(escape());
    if (is('^') || is('$')) {
      fail("a pattern matches the whole string, so `^` and `$` have no place; write `.*` where anything may stand");
      return {};
    }
    if (is('*') || is('+') || is('?') || is('{')) {
      fail("there is nothing to repeat before `" + std::string(1, text_[at_]) + "`; write `\\" +
           std::string(1, text_[at_]) + "` for the character");
      return {};
    }
    if (accept('.')) return class_node({{0, kLastCode}});
    const char32_t c = take();
    return class_node({{c, c}});
  }

  RegexNode group(uint32_t depth) {
    if (depth >= kMaxNesting) {
      fail("groups are nested too deeply");
      return {};
    }
    if (starts("(?=") || starts("(?!") || starts("(?<=") || starts("(?<!")) {
      fail("look-around is not regular; say it with `and` or `not` in the condition");
      return {};
    }
    if (starts("(?<") || starts("(?P") || starts("(?'")) {
      fail("groups have no names here; write `( )`");
      return {};
    }
    if (starts("(?:")) {
      at_ += 3;
    } else if (starts("(?")) {
      fail("flags are not supported; write both cases, as in `[aA]`");
      return {};
    } else {
      ++at_;
    }
    RegexNode node = alternation(depth + 1);
    if (failure_.empty() && !accept(')')) fail("the group is not closed; add `)`");
    return node;
  }

  RegexNode class_node(Ranges ranges) {
    RegexNode node;
    node.kind = RegexNode::Kind::Class;
    node.ranges = normalized(std::move(ranges));
    return node;
  }

  RegexNode bracket() {
    accept('[');
    const bool negated = accept('^');
    Ranges ranges;
    bool first = true;
    while (!is(']') || first) {
      if (at_end()) {
        if (failure_.empty()) fail("the class is not closed; add `]`");
        return {};
      }
      if (starts("[:")) {
        fail("named classes `[:…:]` are not supported; write the ranges");
        return {};
      }
      if (first && is(']')) {
        fail("a class may not be empty; write `\\]` for the character");
        return {};
      }
      first = false;
      bracket_item(ranges);
    }
    accept(']');
    return class_node(negated ? complement(ranges) : std::move(ranges));
  }

  void bracket_item(Ranges& ranges) {
    const Ranges low = bracket_atom();
    const bool range = is('-') && at_ + 1 < text_.size() && text_[at_ + 1] != ']';
    if (!range) {
      ranges.insert(ranges.end(), low.begin(), low.end());
      return;
    }
    accept('-');
    const Ranges high = bracket_atom();
    if (!failure_.empty()) return;
    if (low.size() != 1 || high.size() != 1 || low[0].low != low[0].high || high[0].low != high[0].high ||
        high[0].low < low[0].low) {
      fail("a range in a class goes from a smaller to a larger character; write `\\-` for the character");
      return;
    }
    ranges.push_back({low[0].low, high[0].low});
  }

  Ranges bracket_atom() {
    if (is('\\')) return escape();
    const char32_t c = take();
    return {{c, c}};
  }

  Ranges escape() {
    accept('\\');
    if (at_end()) {
      fail("a pattern may not end with a lone `\\`; write `\\\\` for a backslash");
      return {};
    }
    const char32_t c = take();
    switch (c) {
      case 'd':
      case 'w':
      case 's':
      case 'D':
      case 'W':
      case 'S':
        return named_class(c);
      case 'n':
        return {{'\n', '\n'}};
      case 'r':
        return {{'\r', '\r'}};
      case 't':
        return {{'\t', '\t'}};
      case 'u':
        return code_escape();
      case 'b':
      case 'B':
      case 'A':
      case 'Z':
      case 'z':
        fail("a pattern matches the whole string; anchors and word boundaries have no place");
        return {};
      case 'k':
        fail("back-references are not regular");
        return {};
      default:
        break;
    }
    if (c >= '1' && c <= '9') {
      fail("back-references are not regular");
    } else if (!is_punctuation(c)) {
      std::string text = "`\\";
      utf8::append(text, c);
      fail(text + "` is no escape; they are \\d \\w \\s \\D \\W \\S \\n \\r \\t \\u{HEX} and `\\` before punctuation");
    }
    return {{c, c}};
  }

  // \u{1F600}
  Ranges code_escape() {
    char32_t code = 0;
    size_t digits = 0;
    bool good = accept('{');
    for (; good && !at_end() && !is('}'); ++at_, ++digits) {
      const char c = text_[at_];
      const int value = c >= '0' && c <= '9'   ? c - '0'
                        : c >= 'a' && c <= 'f' ? c - 'a' + 10
                        : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                               : -1;
      good = value >= 0 && digits < 6;
      if (good) code = code * 16 + static_cast<char32_t>(value);
    }
    good =
        good && digits > 0 && accept('}') && code <= kLastCode && !(code >= kFirstSurrogate && code <= kLastSurrogate);
    if (!good) fail("a code point is written `\\u{HEX}`, up to 10FFFF and no surrogate");
    return {{code, code}};
  }

  static uint64_t positions(const RegexNode& node) {
    uint64_t sum = node.kind == RegexNode::Kind::Class ? 1 : 0;
    for (const RegexNode& child : node.children) sum += positions(child);
    if (node.kind == RegexNode::Kind::Repeat)
      sum *= std::max(node.max == RegexNode::kUnbounded ? node.min + 1 : node.max, 1u);
    return std::min(sum, kManyPositions);
  }

  std::string_view text_;
  size_t at_ = 0;
  std::string failure_;
};

}  // namespace

Result<RegexAst> parse_regex(std::string_view pattern) { return Parser(pattern).parse(); }

}  // namespace guard::check
