// See require.hpp.
#include "rehearse/require.hpp"

#include <utility>

namespace guardvm::rehearse {

namespace {

constexpr size_t kDeepest = 64;   // parentheses and `not`s within each other
constexpr unsigned kDigits = 12;  // of a number, its fraction included: products stay within 128 bits

__extension__ using Wide = unsigned __int128;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string measure_names() {
  std::string list;
  for (const MeasureInfo& info : kMeasures) list.append(list.empty() ? "" : ", ").append(info.name);
  return list;
}

std::string_view name_of(Measure measure) {
  for (const MeasureInfo& info : kMeasures)
    if (info.measure == measure) return info.name;
  return {};
}

// over / under, at most three fraction digits.
std::string number_text(Wide over, Wide under) {
  const auto thousandths = static_cast<uint64_t>((over * 1000 + under / 2) / under);
  std::string text = std::to_string(thousandths / 1000);
  if (thousandths % 1000 == 0) return text;
  std::string fraction = std::to_string(1000 + thousandths % 1000).substr(1);
  fraction.erase(fraction.find_last_not_of('0') + 1);
  return text + '.' + fraction;
}

}  // namespace

// Recursive descent over the text; the first problem stays.
class RequirementParser {
 public:
  explicit RequirementParser(std::string_view text) : text_(text) {}

  Loaded<Requirement> run() {
    Requirement out;
    out.text_ = text_;
    out.root_ = either();
    skip();
    if (problem_.empty() && at_ < text_.size()) expected("`and`, `or` or the end");
    if (!problem_.empty()) return LoadError{problem_};
    return out;
  }

 private:
  using Node = Requirement::Node;
  using Joint = Requirement::Joint;
  using Relation = Requirement::Relation;

  void skip() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
  }
  // The word, number or sign that stands next.
  std::string_view peek() {
    skip();
    size_t end = at_;
    if (end < text_.size() && is_letter(text_[end])) {
      while (end < text_.size() && (is_letter(text_[end]) || is_digit(text_[end]))) ++end;
    } else if (end < text_.size() && is_digit(text_[end])) {
      while (end < text_.size() && (is_digit(text_[end]) || text_[end] == '.')) ++end;
    } else if (end < text_.size()) {
      ++end;
      const bool longer = std::string_view("<>=!").find(text_[end - 1]) != std::string_view::npos;
      if (longer && end < text_.size() && text_[end] == '=') ++end;
      while (end < text_.size() && (static_cast<unsigned char>(text_[end]) & 0xc0) == 0x80) ++end;  // a whole character
    }
    return text_.substr(at_, end - at_);
  }
  bool take(std::string_view word) {
    if (peek() != word) return false;
    at_ += word.size();
    return true;
  }
  Node expected(std::string_view what) {
    if (!problem_.empty()) return {};
    const std::string_view there = peek();
    problem_ = "`--require`, column " + std::to_string(at_ + 1) + ": expected " + std::string(what) + ", found " +
               (there.empty() ? "the end" : "`" + std::string(there) + "`");
    return {};
  }

  Node joined(Joint joint, std::string_view word, Node (RequirementParser::*part)()) {
    Node first = (this->*part)();
    if (!problem_.empty() || peek() != word) return first;
    Node node;
    node.joint = joint;
    node.parts.push_back(std::move(first));
    while (problem_.empty() && take(word)) node.parts.push_back((this->*part)());
    return node;
  }
  Node either() { return joined(Joint::Or, "or", &RequirementParser::all); }
  Node all() { return joined(Joint::And, "and", &RequirementParser::one); }
  Node one() {
    const bool negated = peek() == "not";
    if (!negated && peek() != "(") return comparison();
    if (++depth_ > kDeepest) return expected("at most " + std::to_string(kDeepest) + " levels");
    at_ += negated ? 3 : 1;
    Node node = negated ? one() : either();
    if (problem_.empty() && !negated && !take(")")) expected("`and`, `or` or `)`");
    if (problem_.empty() && negated) Requirement::negate(node);
    --depth_;
    return node;
  }
  Node comparison() {
    skip();
    Node node;
    const std::string_view name = peek();
    bool known = false;
    for (const MeasureInfo& info : kMeasures) {
      if (info.name != name) continue;
      node.measure = info.measure;
      known = true;
    }
    if (!known) return expected("a measure (" + measure_names() + "), `not` or `(`");
    at_ += name.size();
    static constexpr std::pair<std::string_view, Relation> kRelations[] = {
        {"<", Relation::Less},      {"<=", Relation::LessEqual},    {"==", Relation::Equal},
        {"!=", Relation::NotEqual}, {">=", Relation::GreaterEqual}, {">", Relation::Greater}};
    known = false;
    const std::string_view sign = peek();
    for (const auto& [word, relation] : kRelations) {
      if (word != sign) continue;
      node.relation = relation;
      known = true;
    }
    if (!known) return expected("`<`, `<=`, `==`, `!=`, `>=` or `>`");
    at_ += sign.size();
    return number(node);
  }
  Node number(Node node) {
    static constexpr std::string_view kWanted = "a number of at most 12 digits, such as 7 or 0.5";
    const std::string_view digits = peek();
    size_t points = 0, count = 0;
    for (const char c : digits) {
      if (c == '.') {
        ++points;
        continue;
      }
      if (!is_digit(c) || ++count > kDigits) return expected(kWanted);
      node.bound = node.bound * 10 + static_cast<uint64_t>(c - '0');
      if (points > 0) node.scale *= 10;
    }
    if (count == 0 || points > 1 || digits.back() == '.') return expected(kWanted);
    at_ += digits.size();
    node.text = std::string(name_of(node.measure)) + ' ' + std::string(Requirement::sign(node.relation)) + ' ' +
                std::string(digits);
    return node;
  }

  std::string_view text_;
  size_t at_ = 0, depth_ = 0;
  std::string problem_;
};

Loaded<Requirement> Requirement::parse(std::string_view text) { return RequirementParser(text).run(); }

std::string_view Requirement::sign(Relation relation) {
  switch (relation) {
    case Relation::Less:
      return "<";
    case Relation::LessEqual:
      return "<=";
    case Relation::Equal:
      return "==";
    case Relation::NotEqual:
      return "!=";
    case Relation::GreaterEqual:
      return ">=";
    case Relation::Greater:
      return ">";
  }
  return {};
}

void Requirement::negate(Node& node) {
  if (node.joint != Joint::Compare) {
    node.joint = node.joint == Joint::And ? Joint::Or : Joint::And;
    for (Node& part : node.parts) negate(part);
    return;
  }
  static constexpr Relation kOpposite[] = {Relation::GreaterEqual, Relation::Greater, Relation::NotEqual,
                                           Relation::Equal,        Relation::Less,    Relation::LessEqual};
  const std::string number = node.text.substr(node.text.rfind(' '));
  node.relation = kOpposite[static_cast<size_t>(node.relation)];
  node.text = std::string(name_of(node.measure)) + ' ' + std::string(sign(node.relation)) + number;
}

bool Requirement::holds(Relation relation, const Value& value, const Node& bound) {
  if (value.under == 0) return false;
  const Wide mine = Wide(value.over) * bound.scale, other = Wide(bound.bound) * value.under;
  switch (relation) {
    case Relation::Less:
      return mine < other;
    case Relation::LessEqual:
      return mine <= other;
    case Relation::Equal:
      return mine == other;
    case Relation::NotEqual:
      return mine != other;
    case Relation::GreaterEqual:
      return mine >= other;
    case Relation::Greater:
      return mine > other;
  }
  return false;
}

std::string Requirement::lack(const Node& node, const Value& value) {
  std::string text(name_of(node.measure));
  if (value.under == 0) return text + " has no value, since no action was decided; needed: `" + node.text + "`";
  text += " is " + number_text(value.over, value.under);
  const Wide mine = Wide(value.over) * node.scale, other = Wide(node.bound) * value.under;
  const Wide under = Wide(value.under) * node.scale;
  if (mine == other) return text + "; needed: `" + node.text + "`";
  return text + ", " + number_text(mine > other ? mine - other : other - mine, under) +
         (mine > other ? " too many for `" : " too few for `") + node.text + "`";
}

// Appends what is lacking when the node does not hold: of an `or`, what each side lacks, in one sentence.
bool Requirement::judge(const Node& node, const Rehearsal& rehearsal, const RuleHistory& rule,
                        std::vector<std::string>& lacks) {
  if (node.joint == Joint::Compare) {
    const Value value = rehearsal.measure(rule, node.measure);
    if (holds(node.relation, value, node)) return true;
    lacks.push_back(lack(node, value));
    return false;
  }
  if (node.joint == Joint::And) {
    bool met = true;
    for (const Node& part : node.parts) met = judge(part, rehearsal, rule, lacks) && met;
    return met;
  }
  std::string sentence;
  for (const Node& part : node.parts) {
    std::vector<std::string> of_part;
    if (judge(part, rehearsal, rule, of_part)) return true;
    if (!sentence.empty()) sentence += "; or else ";
    for (size_t i = 0; i < of_part.size(); ++i) sentence.append(i > 0 ? "; " : "").append(of_part[i]);
  }
  lacks.push_back(std::move(sentence));
  return false;
}

Verdict Requirement::judge(const Rehearsal& rehearsal, const RuleHistory& rule) const {
  Verdict verdict;
  if (!rule.rehearsed()) {
    verdict.lacks.emplace_back("no action was decided with it in shadow or advisory");
    return verdict;
  }
  verdict.met = judge(root_, rehearsal, rule, verdict.lacks);
  return verdict;
}

}  // namespace guardvm::rehearse
