// Globs and regular expressions; see pattern.hpp.
//
// A regular expression is matched by sets of positions: the ends reachable from a set of beginnings. It is slow, total
// and leaves no room for order, greed or cleverness.
#include "pattern.hpp"

#include <set>

#include "text_forms.hpp"

namespace guard::reference {
namespace {

using Points = std::vector<char32_t>;

bool glob_from(const Points& glob, size_t g, const Points& text, size_t t) {
  if (g == glob.size()) return t == text.size();
  if (glob[g] == U'*') {
    for (size_t end = t; end <= text.size(); ++end)
      if (glob_from(glob, g + 1, text, end)) return true;
    return false;
  }
  if (t == text.size()) return false;
  if (glob[g] == U'?') return glob_from(glob, g + 1, text, t + 1);
  if (glob[g] == U'\\' && g + 1 < glob.size()) return glob[g + 1] == text[t] && glob_from(glob, g + 2, text, t + 1);
  return glob[g] == text[t] && glob_from(glob, g + 1, text, t + 1);
}

class Parser {
 public:
  explicit Parser(Points pattern) : pattern_(std::move(pattern)) {}

  std::optional<RegexNode> parse() {
    RegexNode node = choice();
    if (failed_ || at_ != pattern_.size()) return std::nullopt;
    return node;
  }

 private:
  bool more() const { return at_ < pattern_.size() && !failed_; }
  char32_t peek() const { return pattern_[at_]; }
  bool take(char32_t c) {
    if (!more() || peek() != c) return false;
    ++at_;
    return true;
  }

  RegexNode choice() {
    RegexNode node;
    node.kind = RegexNode::Kind::Choice;
    node.children.push_back(sequence());
    while (take(U'|')) node.children.push_back(sequence());
    return node;
  }

  RegexNode sequence() {
    RegexNode node;
    while (more() && peek() != U'|' && peek() != U')') node.children.push_back(repeated());
    return node;
  }

  RegexNode repeated() {
    RegexNode node = single();
    while (more()) {
      RegexNode outer;
      outer.kind = RegexNode::Kind::Repeat;
      if (take(U'*')) {
        outer.min = 0;
      } else if (take(U'+')) {
        outer.min = 1;
      } else if (take(U'?')) {
        outer.max = 1;
      } else if (take(U'{')) {
        outer.min = count();
        if (take(U',')) {
          if (more() && peek() != U'}') outer.max = count();
        } else {
          outer.max = outer.min;
        }
        if (!take(U'}') || (outer.max && *outer.max < outer.min)) failed_ = true;
      } else {
        break;
      }
      outer.children.push_back(std::move(node));
      node = std::move(outer);
    }
    return node;
  }

  uint32_t count() {
    uint32_t value = 0;
    const size_t begin = at_;
    while (more() && peek() >= U'0' && peek() <= U'9' && value < 100000) value = value * 10 + (pattern_[at_++] - U'0');
    if (at_ == begin) failed_ = true;
    return value;
  }

  RegexNode single() {
    RegexNode node;
    if (take(U'(')) {
      if (take(U'?') && !take(U':')) failed_ = true;  // look-around and friends are not regular
      node = choice();
      if (!take(U')')) failed_ = true;
      return node;
    }
    node.kind = RegexNode::Kind::Class;
    if (take(U'[')) return bracket();
    if (take(U'.')) {
      node.ranges = {{0, 0x10FFFF}};
      return node;
    }
    if (take(U'\\')) {
      escape(node);
      return node;
    }
    const char32_t c = peek();
    if (c == U'*' || c == U'+' || c == U'?' || c == U'{' || c == U'^' || c == U'$') failed_ = true;
    node.ranges = {{c, c}};
    ++at_;
    return node;
  }

  // Adds the escaped class or code point to `node`; true when it was one code point.
  bool escape(RegexNode& node) {
    if (!more()) return failed_ = true, false;
    const char32_t c = pattern_[at_++];
    const std::vector<std::pair<char32_t, char32_t>> digit = {{U'0', U'9'}};
    const std::vector<std::pair<char32_t, char32_t>> word = {{U'0', U'9'}, {U'A', U'Z'}, {U'_', U'_'}, {U'a', U'z'}};
    const std::vector<std::pair<char32_t, char32_t>> space = {{9, 13}, {32, 32}};
    switch (c) {
      case U'd':
        add(node, digit);
        return false;
      case U'w':
        add(node, word);
        return false;
      case U's':
        add(node, space);
        return false;
      case U'D':
        add(node, complement(digit));
        return false;
      case U'W':
        add(node, complement(word));
        return false;
      case U'S':
        add(node, complement(space));
        return false;
      case U'n':
        node.ranges.push_back({10, 10});
        return true;
      case U'r':
        node.ranges.push_back({13, 13});
        return true;
      case U't':
        node.ranges.push_back({9, 9});
        return true;
      case U'u': {
        const char32_t point = hex();
        node.ranges.push_back({point, point});
        return true;
      }
      default:
        break;
    }
    if ((c >= U'0' && c <= U'9') || (c >= U'a' && c <= U'z') || (c >= U'A' && c <= U'Z')) failed_ = true;
    node.ranges.push_back({c, c});
    return true;
  }

  char32_t hex() {
    if (!take(U'{')) return failed_ = true, U'\0';
    char32_t value = 0;
    while (more() && peek() != U'}' && value <= 0x10FFFF) {
      const char32_t c = pattern_[at_++];
      if (c >= U'0' && c <= U'9')
        value = value * 16 + (c - U'0');
      else if (c >= U'a' && c <= U'f')
        value = value * 16 + (c - U'a' + 10);
      else if (c >= U'A' && c <= U'F')
        value = value * 16 + (c - U'A' + 10);
      else
        failed_ = true;
    }
    if (!take(U'}')) failed_ = true;
    return value;
  }

  static void add(RegexNode& node, const std::vector<std::pair<char32_t, char32_t>>& ranges) {
    node.ranges.insert(node.ranges.end(), ranges.begin(), ranges.end());
  }

  // REQUIRES: ascending and apart.
  static std::vector<std::pair<char32_t, char32_t>> complement(
      const std::vector<std::pair<char32_t, char32_t>>& ranges) {
    std::vector<std::pair<char32_t, char32_t>> out;
    char32_t next = 0;
    for (const auto& [from, to] : ranges) {
      if (from > next) out.push_back({next, from - 1});
      next = to + 1;
    }
    out.push_back({next, 0x10FFFF});
    return out;
  }

  RegexNode bracket() {
    RegexNode node;
    node.kind = RegexNode::Kind::Class;
    node.negated = take(U'^');
    bool first = true;
    while (more() && (first || peek() != U']')) {
      first = false;
      bool point = true;
      if (take(U'\\')) {
        point = escape(node);
      } else {
        node.ranges.push_back({peek(), peek()});
        ++at_;
      }
      if (!point || failed_ || at_ + 1 >= pattern_.size() || peek() != U'-' || pattern_[at_ + 1] == U']') continue;
      ++at_;
      const char32_t from = node.ranges.back().first;
      char32_t to = peek();
      if (take(U'\\')) {
        RegexNode end;
        if (!escape(end) || end.ranges.empty()) return failed_ = true, node;
        to = end.ranges.back().first;
      } else {
        ++at_;
      }
      if (to < from) failed_ = true;
      node.ranges.back() = {from, to};
    }
    if (!take(U']')) failed_ = true;
    return node;
  }

  Points pattern_;
  size_t at_ = 0;
  bool failed_ = false;
};

bool in_class(const RegexNode& node, char32_t c) {
  bool in = false;
  for (const auto& [from, to] : node.ranges) in = in || (c >= from && c <= to);
  return in != node.negated;
}

using Ends = std::set<size_t>;

Ends match(const RegexNode& node, const Points& text, const Ends& begins) {
  Ends ends;
  switch (node.kind) {
    case RegexNode::Kind::Class:
      for (size_t at : begins)
        if (at < text.size() && in_class(node, text[at])) ends.insert(at + 1);
      return ends;
    case RegexNode::Kind::Sequence:
      ends = begins;
      for (const RegexNode& child : node.children) ends = match(child, text, ends);
      return ends;
    case RegexNode::Kind::Choice:
      for (const RegexNode& child : node.children) ends.merge(match(child, text, begins));
      return ends;
    case RegexNode::Kind::Repeat: {
      Ends current = begins;
      for (uint32_t i = 0; i < node.min; ++i) current = match(node.children[0], text, current);
      ends = current;
      // Without an upper bound, a further turn that reaches no new end changes nothing any more.
      for (uint32_t i = node.min; !node.max || i < *node.max; ++i) {
        current = match(node.children[0], text, current);
        const size_t before = ends.size();
        ends.insert(current.begin(), current.end());
        if (ends.size() == before && !node.max) break;
        if (current.empty()) break;
      }
      return ends;
    }
  }
  return ends;
}

}  // namespace

bool glob_matches(std::string_view glob, std::string_view text) {
  return glob_from(code_points(glob), 0, code_points(text), 0);
}

std::optional<RegexNode> parse_regex(std::string_view pattern) { return Parser(code_points(pattern)).parse(); }

bool regex_matches(const RegexNode& regex, std::string_view text) {
  const Points points = code_points(text);
  return match(regex, points, {0}).contains(points.size());
}

}  // namespace guard::reference
