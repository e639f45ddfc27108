// The guard analysis, over the finished condition.
#include "check/guards.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace guard::check {

namespace {

using K = Condition::Kind;

class Guards {
 public:
  Guards(Context& context, const Site& site) : context_(context), site_(site), kind_(context.kind(site.kind)) {}

  bool check(const Condition& c, const Facts& known) {
    switch (c.kind) {
      case K::And: {
        Facts inner = known;
        for (const Condition& child : c.children) inner.merge(facts(child, true));
        bool good = true;
        for (const Condition& child : c.children) good = check(child, inner) && good;
        return good;
      }
      case K::Or: {  // read from left to right: `x is missing or x > 3`
        Facts inner = known;
        bool good = true;
        for (const Condition& child : c.children) {
          good = check(child, inner) && good;
          inner.merge(facts(child, false));
        }
        return good;
      }
      case K::Not:
        return check(c.children[0], known);
      case K::Any:
      case K::All:
      case K::AtLeast:
      case K::AtMost:
      case K::Exactly: {
        bool good = read(c.operand, known);
        const Leaf* outer = rows_;
        if (c.operand.type.kind == TypeKind::List) rows_ = &kind_.leaves[c.operand.index];
        good = check(c.children[0], known) && good;
        rows_ = outer;
        return good;
      }
      case K::Present:
        return key_of_lookup(c.operand, known);
      case K::SignalIs:
      case K::InWindow:
      case K::Approvals:
      case K::Constant:
        return true;
      case K::Linear: {
        bool good = true;
        for (const LinearTerm& term : c.terms) good = read(term.operand, known) && good;
        return good;
      }
      case K::StringEqual:
      case K::EnumEqual:
      case K::VersionOrder: {
        const bool good = read(c.operand, known);
        return read(c.second, known) && good;
      }
      case K::Bool:
      case K::NumberCompare:
      case K::NumberIn:
      case K::StringIn:
      case K::StringMatch:
      case K::VersionCompare:
      case K::VersionIn:
      case K::SetHasAny:
      case K::SetHasAll:
      case K::SetEmpty:
        return read(c.operand, known);
    }
    return true;
  }

  // What is present when `c` has the truth `truth`.
  Facts facts(const Condition& c, bool truth) {
    if (c.kind == K::Not) return facts(c.children[0], !truth);
    if (c.kind == K::Present && truth) return present(c.operand);
    if (c.kind != K::And && c.kind != K::Or) return {};
    const bool all = (c.kind == K::And) == truth;  // every child has that truth, or only some one has
    Facts result;
    for (size_t i = 0; i < c.children.size(); ++i) {
      Facts child = facts(c.children[i], truth);
      if (all || i == 0) {
        result.merge(child);
        continue;
      }
      Facts both;
      std::set_intersection(result.begin(), result.end(), child.begin(), child.end(),
                            std::inserter(both, both.begin()));
      result = std::move(both);
      if (result.empty()) break;
    }
    return result;
  }

 private:
  static std::string key(char space, uint32_t index) { return space + std::to_string(index); }
  static std::string row_key(const Operand& lookup) {
    const Operand& k = lookup.key[0];
    return "L" + std::to_string(static_cast<uint32_t>(lookup.data)) + "[" + std::to_string(static_cast<int>(k.from)) +
           ":" + std::to_string(k.index) + "]";
  }

  // Calls with the key and the readable name of everything that must be present for the operand to have a value.
  template <typename Call>
  void each_absent(const Operand& operand, const Call& call) const {
    if (operand.from == Operand::From::Element) return;
    if (operand.from == Operand::From::Lookup) {
      each_absent(operand.key[0], call);
      const DataTable& table = context_.set.data[static_cast<uint32_t>(operand.data)];
      call(row_key(operand), table.name + "[" + operand.key[0].text + "]");
      if (table.fields[operand.index].optional) {
        call(row_key(operand) + key('.', operand.index),
             table.name + "[" + operand.key[0].text + "]." + table.fields[operand.index].name);
      }
      return;
    }
    const bool column = operand.from == Operand::From::Column;
    const std::vector<Leaf>* leaves = column ? (rows_ == nullptr ? nullptr : &rows_->columns) : &kind_.leaves;
    if (leaves == nullptr) return;
    uint32_t index = operand.index;
    std::vector<std::pair<std::string, std::string>> chain;
    while (true) {
      const Leaf& leaf = (*leaves)[index];
      if (leaf.optional) {
        // A column is called by the variable in front of its path, which is the beginning of the operand's text.
        const std::string name = column ? operand.text.substr(0, operand.text.find('.') + 1) + leaf.path : leaf.path;
        chain.emplace_back(key(column ? 'C' : 'A', index), name);
      }
      if (leaf.parent == kNoLeaf) break;
      index = static_cast<uint32_t>(leaf.parent);
    }
    for (auto it = chain.rbegin(); it != chain.rend(); ++it) call(it->first, it->second);
  }

  Facts present(const Operand& operand) const {
    Facts facts;
    each_absent(operand, [&](const std::string& k, const std::string&) { facts.insert(k); });
    return facts;
  }

  bool read(const Operand& operand, const Facts& known) {
    std::string missing;
    each_absent(operand, [&](const std::string& k, const std::string& name) {
      if (missing.empty() && !known.contains(k)) missing = name;
    });
    if (missing.empty()) return true;
    context_.report(site_, DiagId::UnguardedOptional, operand.span, "`" + missing + "` may be absent here")
        .help("guard it in the same condition: `" + missing + " is present and …`");
    return false;
  }

  // Asking whether a lookup succeeds reads its key.
  bool key_of_lookup(const Operand& operand, const Facts& known) {
    return operand.from != Operand::From::Lookup || read(operand.key[0], known);
  }

  Context& context_;
  const Site& site_;
  const Kind& kind_;
  const Leaf* rows_ = nullptr;
};

}  // namespace

bool reads_optionals(const Context& context, KindId kind, const Condition& c) {
  const auto maybe = [&](const Operand& operand) {
    if (operand.from == Operand::From::Lookup || operand.from == Operand::From::Column) return true;
    if (operand.from == Operand::From::Element) return false;
    const Leaf& leaf = context.leaf(kind, LeafId{operand.index});
    return leaf.optional || leaf.parent != kNoLeaf;
  };
  switch (c.kind) {
    case K::Constant:
    case K::Present:
    case K::SignalIs:
    case K::InWindow:
    case K::Approvals:
      return c.kind == K::Present && c.operand.from == Operand::From::Lookup;
    case K::Linear:
      return std::any_of(c.terms.begin(), c.terms.end(), [&](const LinearTerm& t) { return maybe(t.operand); });
    case K::StringEqual:
    case K::EnumEqual:
    case K::VersionOrder:
      return maybe(c.operand) || maybe(c.second);
    default:
      break;
  }
  const bool connective = c.kind == K::And || c.kind == K::Or || c.kind == K::Not;
  if (!connective && maybe(c.operand)) return true;
  return std::any_of(c.children.begin(), c.children.end(),
                     [&](const Condition& child) { return reads_optionals(context, kind, child); });
}

bool check_guards(Context& context, const Site& site, const Condition& condition, const Facts& known) {
  if (!reads_optionals(context, site.kind, condition)) return true;
  return Guards(context, site).check(condition, known);
}

Facts facts_when_true(Context& context, const Site& site, const Condition& condition) {
  return Guards(context, site).facts(condition, true);
}

}  // namespace guard::check
