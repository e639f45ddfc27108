// Approval requirements: who, how many, how fresh, and whom they exclude.
#include <algorithm>
#include <utility>

#include "check/conditions.hpp"
#include "check/constants.hpp"
#include "check/names.hpp"
#include "check/operands.hpp"

namespace guard::check {

namespace {

bool has_marks(Context& context, const Site& site, Span span) {
  const Kind& kind = context.kind(site.kind);
  if (kind.approvals != kNoLeaf && kind.actor != kNoLeaf) return true;
  const std::string mark = kind.approvals == kNoLeaf ? "`approvals(person, groups, time)`" : "`identity`";
  context.report(site, DiagId::NoApprovalsMark, span, "`" + kind.name + "` has no attribute marked " + mark);
  return false;
}

std::optional<std::vector<std::string>> groups_of(Context& context, const Site& site, const syntax::Value& value) {
  auto literal = literal_of(context, site, value);
  if (!literal) return std::nullopt;
  if (literal->kind == Literal::Kind::String) {  // `from "dba"`: one group
    Literal set;
    set.kind = Literal::Kind::Set;
    set.span = literal->span;
    set.elements.push_back(std::move(*literal));
    literal = std::move(set);
  }
  auto set = coerce_set(context, site, *literal, Type{TypeKind::String}, value.span, nullptr);
  if (!set) return std::nullopt;
  return std::move(set->texts);
}

// Nothing within nothing when there is no `within`; nothing when it was reported.
std::optional<std::optional<int64_t>> within_of(Context& context, const Site& site,
                                                const syntax::ApprovalTerms& terms) {
  std::optional<Literal> literal;
  if (terms.within) {
    literal = literal_of(context, site, *terms.within);
  } else if (terms.within_name) {
    syntax::Value value;
    value.kind = syntax::Value::Kind::Name;
    value.span = terms.within_name->span;
    value.path.parts.push_back(*terms.within_name);
    value.path.span = value.span;
    literal = literal_of(context, site, value);
  } else {
    return std::optional<int64_t>{};
  }
  if (!literal) return std::nullopt;
  const Span span = terms.within ? terms.within->span : terms.within_name->span;
  const auto constant = coerce(context, site, *literal, Type{TypeKind::Duration}, span);
  if (!constant) return std::nullopt;
  if (constant->number <= 0) {
    context.report(site, DiagId::BadDuration, span, "approvals are given within a duration above zero");
    return std::nullopt;
  }
  return std::optional<int64_t>(constant->number);
}

std::optional<LeafId> excluded_leaf(Context& context, const Site& site, const syntax::Path& path) {
  syntax::Operand operand;
  operand.path = path;
  operand.span = path.span;
  Site outer = site;  // a requirement is about the whole action, also inside a quantifier
  outer.variables.clear();
  const Found found = find_operand(context, outer, operand);
  if (found.kind == Found::Kind::Error) return std::nullopt;
  const bool leaf = found.kind == Found::Kind::Value && found.operand.from == Operand::From::Leaf &&
                    found.operand.type.kind == TypeKind::String && !reads_signal(context, site, found.operand);
  if (leaf) return LeafId{found.operand.index};
  context.report(site, DiagId::TypeMismatch, path.span, "`excluding` names a string attribute that holds a person");
  return std::nullopt;
}

bool same(const Requirement& a, const Requirement& b) {
  return a.count == b.count && a.from == b.from && a.within_ns == b.within_ns && a.excluding == b.excluding &&
         a.including_actor == b.including_actor && a.kind == b.kind && a.text == b.text;
}

}  // namespace

std::optional<RequirementId> build_requirement(Context& context, const Site& site, uint32_t count,
                                               const syntax::ApprovalTerms& terms, Span span) {
  Requirement requirement;
  requirement.kind = site.kind;
  requirement.count = count;
  requirement.including_actor = terms.including_actor;
  requirement.span = span;
  bool good = has_marks(context, site, span);
  if (count == 0) {
    context.report(site, DiagId::BadCount, span, "no approvals are always there; ask for at least 1");
    good = false;
  } else if (count > limits::kApprovals.value) {
    context.exceeded(limits::kApprovals, span);
    good = false;
  }
  auto groups = groups_of(context, site, terms.from);
  const auto within = within_of(context, site, terms);
  for (const syntax::Path& path : terms.excluding) {
    if (const auto leaf = excluded_leaf(context, site, path))
      requirement.excluding.push_back(*leaf);
    else
      good = false;
  }
  if (!good || !groups || !within) return std::nullopt;
  requirement.from = std::move(*groups);
  requirement.within_ns = *within;
  std::sort(requirement.excluding.begin(), requirement.excluding.end());
  requirement.excluding.erase(std::unique(requirement.excluding.begin(), requirement.excluding.end()),
                              requirement.excluding.end());
  requirement.text = one_line(context.sources, span);
  std::string key = std::to_string(static_cast<uint32_t>(site.kind)) + ":" + requirement.text;
  for (const std::string& group : requirement.from) key += "\n" + group;
  auto& alike = context.requirements[key];
  for (const RequirementId id : alike) {
    if (same(context.set.requirements[static_cast<uint32_t>(id)], requirement)) return id;
  }
  const RequirementId id{static_cast<uint32_t>(context.set.requirements.size())};
  context.set.requirements.push_back(std::move(requirement));
  alike.push_back(id);
  return id;
}

}  // namespace guard::check
