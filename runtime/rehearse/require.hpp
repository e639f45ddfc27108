// Requirements on rules that are to be enforced: what a rehearsal has to have shown.
//
//   auto required = guardvm::rehearse::Requirement::parse("shadow_days >= 7 and would_block <= 5");
//   if (!required.ok()) refuse(required.error().message);          // with the column, and what was expected there
//   Verdict verdict = required.value().judge(rehearsal, rule);     // met, or what is lacking and by how much
//
// A requirement is comparisons `MEASURE < | <= | == | != | >= | > NUMBER` of the names in measures.def, joined by
// `and`, `or`, `not` and parentheses; `and` binds closer than `or`. Numbers are decimal, as in `would_block_percent <=
// 0.5`. Quotients are compared exactly; one without a divisor (no action at all) meets nothing.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "guardvm/error.hpp"
#include "rehearse/rehearsal.hpp"

namespace guardvm::rehearse {

struct Verdict {
  bool met = false;
  std::vector<std::string> lacks;  // sentences: "would_block is 9, 4 more than `would_block <= 5` allows"
};

class Requirement {
 public:
  // Failure: one sentence with the column, what stands there, and what was expected.
  [[nodiscard]] static Loaded<Requirement> parse(std::string_view text);
  [[nodiscard]] const std::string& text() const { return text_; }
  // Of a rule of the rehearsal; one that was never in shadow or advisory lacks everything.
  [[nodiscard]] Verdict judge(const Rehearsal& rehearsal, const RuleHistory& rule) const;

 private:
  friend class RequirementParser;
  enum class Relation : uint8_t { Less, LessEqual, Equal, NotEqual, GreaterEqual, Greater };
  enum class Joint : uint8_t { Compare, And, Or };
  struct Node {  // `not` is moved into the comparisons
    Joint joint = Joint::Compare;
    Measure measure = Measure::Actions;
    Relation relation = Relation::Equal;
    uint64_t bound = 0, scale = 1;  // bound / scale
    std::string text;               // of a comparison
    std::vector<Node> parts;
  };
  static bool holds(Relation relation, const Value& value, const Node& bound);
  static std::string lack(const Node& node, const Value& value);
  static bool judge(const Node& node, const Rehearsal& rehearsal, const RuleHistory& rule,
                    std::vector<std::string>& lacks);
  static void negate(Node& node);
  static std::string_view sign(Relation relation);
  std::string text_;
  Node root_;
};

}  // namespace guardvm::rehearse
