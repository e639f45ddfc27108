// See require.hpp.
#include "tool/require.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace guardvm::tool {

namespace {

constexpr size_t kDeepest = 64;

}  // namespace

// Recursive descent; each rule gives the node it made, or nothing after a problem.
class RequirementParser {
 public:
  RequirementParser(std::string_view text, const std::vector<std::string_view>& names) : text_(text), names_(names) {}

  Loaded<Requirement> run() {
    advance();
    std::optional<size_t> root = expression();
    if (root && !token_.empty()) root = fail("`and`, `or` or the end");
    if (!root) return LoadError{"`--require`: " + problem_};
    return std::move(made_);
  }

 private:
  using Op = Requirement::Op;
  using Part = std::optional<size_t>;

  std::nullopt_t fail(const std::string& expected) {
    if (problem_.empty())
      problem_ = (token_.empty() ? std::string("it ends") : "`" + std::string(token_) + "` stands") + " where " +
                 expected + " should";
    return std::nullopt;
  }

  static bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; }
  void advance() {
    while (!text_.empty() && (text_[0] == ' ' || text_[0] == '\t')) text_.remove_prefix(1);
    size_t size = text_.empty() ? 0 : 1;
    if (size == 1 && is_word(text_[0]))
      while (size < text_.size() && is_word(text_[size])) ++size;
    else if (size == 1 && std::string_view("<>=!").find(text_[0]) != std::string_view::npos &&
             text_.substr(1, 1) == "=")
      size = 2;
    token_ = text_.substr(0, size);
    text_.remove_prefix(size);
  }
  bool take(std::string_view token) {
    if (token_ != token) return false;
    advance();
    return true;
  }

  size_t add(Requirement::Node node) {
    made_.nodes_.push_back(std::move(node));
    return made_.nodes_.size() - 1;
  }

  Part chain(std::string_view word, Op op, Part (RequirementParser::*part)()) {
    Part left = (this->*part)();
    while (left && take(word)) {
      const Part right = (this->*part)();
      left = right ? Part(add({op, {}, 0, *left, *right})) : std::nullopt;
    }
    return left;
  }
  Part expression() { return chain("or", Op::Or, &RequirementParser::term); }
  Part term() { return chain("and", Op::And, &RequirementParser::factor); }

  Part factor() {
    if (++depth_ > kDeepest) return fail("fewer parentheses");
    Part made;
    if (take("not")) {
      const Part inner = factor();
      made = inner ? Part(add({Op::Not, {}, 0, *inner, 0})) : std::nullopt;
    } else if (take("(")) {
      made = expression();
      if (made && !take(")")) made = fail("`)`");
    } else {
      made = comparison();
    }
    --depth_;
    return made;
  }

  Part comparison() {
    static constexpr std::pair<std::string_view, Op> kOps[] = {{"<", Op::Less},    {"<=", Op::LessOrEqual},
                                                               {">", Op::Greater}, {">=", Op::GreaterOrEqual},
                                                               {"==", Op::Equal},  {"!=", Op::NotEqual}};
    if (std::find(names_.begin(), names_.end(), token_) == names_.end()) {
      std::string list;
      for (const std::string_view name : names_) list.append(list.empty() ? "" : ", ").append(name);
      return fail("one of " + list);
    }
    Requirement::Node node;
    node.name = token_;
    advance();
    const auto* const op =
        std::find_if(std::begin(kOps), std::end(kOps), [&](const auto& each) { return each.first == token_; });
    if (op == std::end(kOps)) return fail("a comparison");
    node.op = op->second;
    advance();
    const auto [end, error] = std::from_chars(token_.data(), token_.data() + token_.size(), node.number);
    if (token_.empty() || error != std::errc() || end != token_.data() + token_.size()) return fail("a whole number");
    advance();
    return add(std::move(node));
  }

  std::string_view text_, token_;
  const std::vector<std::string_view>& names_;
  std::string problem_;
  size_t depth_ = 0;
  Requirement made_;
};

Loaded<Requirement> Requirement::parse(const std::string& text, const std::vector<std::string_view>& names) {
  return RequirementParser(text, names).run();
}

bool Requirement::holds(const RuleFacts& facts) const { return holds(nodes_.size() - 1, facts); }

bool Requirement::holds(size_t index, const RuleFacts& facts) const {
  const Node& node = nodes_[index];
  uint64_t fact = 0;
  for (const auto& [name, number] : facts)
    if (name == node.name) fact = number;
  switch (node.op) {
    case Op::Less:
      return fact < node.number;
    case Op::LessOrEqual:
      return fact <= node.number;
    case Op::Greater:
      return fact > node.number;
    case Op::GreaterOrEqual:
      return fact >= node.number;
    case Op::Equal:
      return fact == node.number;
    case Op::NotEqual:
      return fact != node.number;
    case Op::Not:
      return !holds(node.left, facts);
    case Op::And:
      return holds(node.left, facts) && holds(node.right, facts);
    case Op::Or:
      return holds(node.left, facts) || holds(node.right, facts);
  }
  return false;
}

}  // namespace guardvm::tool
