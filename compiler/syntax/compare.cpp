// Whether two syntax trees say the same, spans aside. Each struct lists what it says; the rest is generic.
#include <tuple>
#include <type_traits>

#include "syntax/print.hpp"

namespace guard::syntax {

namespace {

auto parts(const Name& n) { return std::tie(n.text); }
auto parts(const Path& n) { return std::tie(n.parts); }
auto parts(const Text& n) { return std::tie(n.value); }
auto parts(const Scalar& n) { return std::tie(n.kind, n.negative, n.text); }
auto parts(const Entry& n) { return std::tie(n.name, n.missing, n.value, n.as_of); }
auto parts(const Record& n) { return std::tie(n.head, n.with, n.braces, n.entries); }
auto parts(const Value& n) { return std::tie(n.kind, n.scalar, n.path, n.elements, n.record); }
auto parts(const Operand& n) { return std::tie(n.path, n.key, n.rest); }
auto parts(const Primary& n) { return std::tie(n.operand, n.scalar); }
auto parts(const Term& n) { return std::tie(n.negative, n.factors); }
auto parts(const Expr& n) { return std::tie(n.terms); }
auto parts(const ApprovalTerms& n) { return std::tie(n.from, n.within, n.within_name, n.excluding, n.including_actor); }
auto parts(const Condition& n) {
  return std::tie(n.kind, n.children, n.variable, n.count, n.operand, n.op, n.what, n.affix, n.negated, n.has_all,
                  n.left, n.right, n.value, n.approvals, n.duration);
}
auto parts(const EnumBody& n) { return std::tie(n.words, n.ordered, n.mixed); }
auto parts(const Type& n) {
  return std::tie(n.kind, n.min, n.max, n.precision, n.scale, n.inner, n.fields, n.body, n.name);
}
auto parts(const Mark& n) { return std::tie(n.kind, n.pointer, n.path, n.fields); }
auto parts(const Field& n) { return std::tie(n.signal, n.name, n.type, n.max_age, n.marks); }
auto parts(const RuleRef& n) { return std::tie(n.first, n.second); }
auto parts(const Kinds& n) { return std::tie(n.every, n.names); }
auto parts(const Moment& n) { return std::tie(n.timestamp, n.date, n.time, n.zone); }
auto parts(const Requirement& n) { return std::tie(n.count, n.terms); }
auto parts(const Clause& n) {
  return std::tie(n.kind, n.condition, n.rules, n.alternatives, n.name, n.value, n.text, n.missing, n.mode, n.until);
}
auto parts(const WindowTerm& n) {
  return std::tie(n.kind, n.days, n.from_date, n.from_time, n.to_date, n.to_time, n.zone, n.name);
}
auto parts(const WindowExpr& n) { return std::tie(n.terms, n.except); }
auto parts(const DefaultItem& n) { return std::tie(n.outcome, n.kinds); }
auto parts(const UnguardedItem& n) { return std::tie(n.kinds); }
auto parts(const BlockingWinsItem&) { return std::tuple<>(); }
auto parts(const KindAtItem& n) { return std::tie(n.pointer); }
auto parts(const EnumItem& n) { return std::tie(n.name, n.body); }
auto parts(const RecordItem& n) { return std::tie(n.name, n.fields); }
auto parts(const ActionItem& n) { return std::tie(n.name, n.fields); }
auto parts(const SeverityItem& n) { return std::tie(n.check, n.severity); }
auto parts(const LetItem& n) { return std::tie(n.name, n.value); }
auto parts(const DefineItem& n) { return std::tie(n.name, n.condition); }
auto parts(const WindowItem& n) { return std::tie(n.name, n.window); }
auto parts(const DataItem& n) { return std::tie(n.name, n.file, n.key, n.value); }
auto parts(const FixtureItem& n) { return std::tie(n.name, n.record); }
auto parts(const AssumeItem& n) { return std::tie(n.kinds, n.condition); }
auto parts(const OwnerItem& n) { return std::tie(n.owner); }
auto parts(const RuleItem& n) { return std::tie(n.name, n.kinds, n.clauses); }
auto parts(const Param& n) { return std::tie(n.name, n.type); }
auto parts(const TemplateItem& n) { return std::tie(n.name, n.params, n.kinds, n.clauses); }
auto parts(const Argument& n) { return std::tie(n.name, n.value); }
auto parts(const UseItem& n) { return std::tie(n.name, n.args, n.as); }
auto parts(const ExceptionItem& n) {
  return std::tie(n.name, n.rules, n.kinds, n.when, n.expires, n.owner, n.reason, n.repeated);
}
auto parts(const BreakGlassItem& n) {
  return std::tie(n.name, n.kinds, n.who, n.when, n.lifts_given, n.lifts_every, n.even_mandatory, n.lifts, n.duration,
                  n.obligations, n.repeated);
}
auto parts(const InvariantItem& n) { return std::tie(n.name, n.kinds, n.never, n.outcomes, n.when); }
auto parts(const CoverItem& n) { return std::tie(n.kinds, n.when); }
auto parts(const TestStep& n) {
  return std::tie(n.kind, n.record, n.text, n.as, n.outcome, n.rules, n.status, n.name, n.value);
}
auto parts(const TestItem& n) { return std::tie(n.name, n.steps); }
auto parts(const Item& n) { return std::tie(n.node); }
auto parts(const Section& n) { return std::tie(n.schema, n.name, n.items); }

struct Same {
  template <typename T>
  static bool of(const T& a, const T& b) {
    if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T> || std::is_same_v<T, std::string>) {
      return a == b;
    } else if constexpr (std::is_same_v<T, Span>) {
      return true;  // a clause given twice: that there is one is all the tree says
    } else {
      return of_parts(parts(a), parts(b));
    }
  }
  template <typename... T>
  static bool of_parts(const std::tuple<const T&...>& a, const std::tuple<const T&...>& b) {
    return of_each(a, b, std::index_sequence_for<T...>{});
  }
  template <typename Tuple, size_t... I>
  static bool of_each(const Tuple& a, const Tuple& b, std::index_sequence<I...>) {
    return (of(std::get<I>(a), std::get<I>(b)) && ...);
  }
  template <typename T>
  static bool of(const std::vector<T>& a, const std::vector<T>& b) {
    if (a.size() != b.size()) return false;
    for (size_t i = 0; i < a.size(); ++i) {
      if (!of(a[i], b[i])) return false;
    }
    return true;
  }
  template <typename T>
  static bool of(const std::optional<T>& a, const std::optional<T>& b) {
    return a.has_value() == b.has_value() && (!a || of(*a, *b));
  }
  template <typename T>
  static bool of(const Boxed<T>& a, const Boxed<T>& b) {
    return a.has_value() == b.has_value() && (!a || of(*a, *b));
  }
  template <typename A, typename B>
  static bool of(const std::pair<A, B>& a, const std::pair<A, B>& b) {
    return of(a.first, b.first) && of(a.second, b.second);
  }
  template <typename... T>
  static bool of(const std::variant<T...>& a, const std::variant<T...>& b) {
    if (a.index() != b.index()) return false;
    return std::visit([&](const auto& part) { return of(part, std::get<std::decay_t<decltype(part)>>(b)); }, a);
  }
};

}  // namespace

bool same_tree(const File& a, const File& b) { return Same::of(a.sections, b.sections); }

}  // namespace guard::syntax
