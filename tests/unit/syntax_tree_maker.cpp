// Makes random syntax trees from a seed. They have no spans and mean nothing, but each is one that some text parses to:
// a chain holds no chain of its own kind, an open-ended condition stands last or in parentheses, and so on.
#include "syntax_tree_maker.hpp"

#include <random>
#include <string>
#include <utility>
#include <vector>

namespace guard {

namespace {

using namespace syntax;  // NOLINT: this file is about nothing else

class Maker {
 public:
  explicit Maker(uint64_t seed) : random_(seed) {}

  File file() {
    File out;
    const size_t sections = below(4);
    for (size_t i = 0; i < sections; ++i) {
      Section section{coin(), name(), {}, {}};
      // An owner behind a rule would be the rule's, so the policy's own comes first.
      if (coin()) section.items.push_back({OwnerItem{text()}, {}});
      for (size_t items = below(6); items > 0; --items) section.items.push_back({item(), {}});
      out.sections.push_back(std::move(section));
    }
    return out;
  }

 private:
  size_t below(size_t bound) { return static_cast<size_t>(random_() % bound); }
  bool coin() { return below(2) == 0; }
  template <typename T>
  T pick(std::initializer_list<T> choices) {
    return *(choices.begin() + static_cast<std::ptrdiff_t>(below(choices.size())));
  }
  template <typename Make>
  auto some(size_t least, size_t most, Make make) {
    std::vector<decltype(make())> out;
    for (size_t i = least + below(most - least + 1); i > 0; --i) out.push_back(make());
    return out;
  }

  // Reserved words are left out; words that mean something elsewhere are not.
  Name name() {
    return {pick<const char*>({"a",    "b_2",    "Service",  "x",    "environment", "missing",   "hold",
                               "at",   "sun",    "with",     "let",  "since",       "starts",    "exactly",
                               "set",  "int",    "identity", "from", "within",      "excluding", "error",
                               "json", "policy", "owner",    "mode", "as",          "to",        "except"}),
            {}};
  }
  Name kind_name() { return {pick<const char*>({"deploy", "db_migrate", "rollback", "owner"}), {}}; }
  Name type_name() { return {pick<const char*>({"string", "bool", "version", "Actor", "max", "at"}), {}}; }
  Path path() {
    return {some(1, 3, [&] { return name(); }), {}};
  }
  Text text() {
    return {pick<const char*>({"", "x", "two words", "\"quoted\" \\ back", "line\nbreak\ttab\r", "// no comment",
                               "é ≥ 漢字", "{a.b}", "'", "\x01 \x7f", "\u200b\u202e"}),
            {}};
  }
  Text plain(const char* value) { return {value, {}}; }

  Scalar scalar() {
    switch (below(8)) {
      case 0:
        return {ScalarKind::Int, false, pick<const char*>({"0", "7", "10_000"}), {}};
      case 1:
        return {ScalarKind::Decimal, false, pick<const char*>({"0.5", "12.25"}), {}};
      case 2:
        return {ScalarKind::String, false, text().value, {}};
      case 3:
        return duration();
      case 4:
        return timestamp();
      case 5:
        return {ScalarKind::True, false, "true", {}};
      case 6:
        return {ScalarKind::False, false, "false", {}};
      default:
        return regex();
    }
  }
  Scalar signed_scalar() {
    Scalar out = scalar();
    const bool number =
        out.kind == ScalarKind::Int || out.kind == ScalarKind::Decimal || out.kind == ScalarKind::Duration;
    out.negative = number && coin();
    return out;
  }
  Scalar duration() {
    return {ScalarKind::Duration, false, pick<const char*>({"5m", "1h30m", "90s", "10ms", "7d"}), {}};
  }
  Scalar timestamp() { return {ScalarKind::Timestamp, false, "2026-12-31T18:00:00Z", {}}; }
  Scalar regex() { return {ScalarKind::Regex, false, pick<const char*>({"^a+$", "a\\/b", "[\"'x]", "\\\\"}), {}}; }

  Value value(size_t depth = 3) {
    Value out{Value::Kind::Scalar, {}, {}, {}, {}, {}};
    switch (below(depth == 0 ? 2 : 5)) {
      case 0:
        out.scalar = signed_scalar();
        break;
      case 1:
        out.kind = Value::Kind::Name;
        out.path = path();
        break;
      case 2:
        return set(depth - 1);
      case 3:
        out.kind = Value::Kind::Record;
        out.record = record(depth - 1);
        out.record->braces = true;
        if (!out.record->head && out.record->entries.empty()) out.record->head = name();
        break;
      default:
        out.kind = Value::Kind::List;
        out.elements = some(0, 3, [&] { return value(depth - 1); });
        break;
    }
    return out;
  }
  Value set(size_t depth = 1) {
    return {Value::Kind::Set, {}, {}, {}, some(0, below(10) == 0 ? 30 : 3, [&] { return value(depth); }), {}};
  }
  Record record(size_t depth) {
    Record out;
    out.braces = coin();
    if (out.braces) out.entries = some(0, 4, [&] { return entry(depth); });
    if (coin() || out.entries.empty()) out.head = name();
    out.with = out.braces && out.head && coin();
    return out;
  }
  Entry entry(size_t depth) {
    Entry out{name(), coin() && coin(), {}, {}};
    if (out.missing) return out;
    out.value.push_back(value(depth));
    // A lone `missing` is the word, not the name.
    if (out.value[0].kind == Value::Kind::Name && out.value[0].path.parts[0].text == "missing") {
      out.value[0].path.parts[0].text = "m";
    }
    if (coin()) out.as_of = timestamp();
    return out;
  }

  Operand operand(size_t depth = 2) {
    Operand out{path(), {}, {}, {}};
    if (depth > 0 && below(4) == 0) {
      out.key.push_back(operand(depth - 1));
      if (coin()) out.rest = path();
    }
    return out;
  }
  Primary primary() {
    Primary out;
    if (coin()) {
      out.operand = operand();
    } else {
      out.scalar = scalar();
    }
    return out;
  }
  Expr expr() {
    return {some(1, 3, [&] { return Term{below(4) == 0, some(1, 2, [&] { return primary(); }), {}}; }), {}};
  }
  // At the start of a condition a lone duration before `since` is another construct, so an attribute stands first
  // there.
  Expr attribute() {
    Primary out;
    out.operand = operand();
    return {{Term{false, {out}, {}}}, {}};
  }
  ApprovalTerms approval_terms() {
    ApprovalTerms out{coin() ? set() : value(), {}, {}, {}, coin(), {}};
    if (coin()) {
      out.within = duration();
    } else if (coin()) {
      out.within_name = name();
    }
    if (coin()) out.excluding = some(1, 3, [&] { return path(); });
    return out;
  }

  // `tail`: nothing follows that an open-ended condition could take as its own.
  Condition condition(size_t depth = 4) { return implication(depth, true); }
  Condition joined(Condition::Kind kind, std::vector<Condition> children) {
    Condition out{};
    out.kind = kind;
    out.children = std::move(children);
    return out;
  }
  Condition implication(size_t depth, bool tail) {
    if (depth == 0 || below(5) > 0) return chain(Condition::Kind::Or, depth, tail);
    return joined(Condition::Kind::Implies,
                  {chain(Condition::Kind::Or, depth - 1, false), implication(depth - 1, tail)});
  }
  Condition chain(Condition::Kind kind, size_t depth, bool tail) {
    const auto part = [&](size_t d, bool last) {
      return kind == Condition::Kind::Or ? chain(Condition::Kind::And, d, last) : unary(d, last);
    };
    if (depth == 0 || below(3) > 0) return part(depth, tail);
    std::vector<Condition> children;
    const size_t count = 2 + below(3);
    for (size_t i = 0; i < count; ++i) children.push_back(part(depth - 1, tail && i + 1 == count));
    return joined(kind, std::move(children));
  }
  Condition unary(size_t depth, bool tail) {
    if (depth == 0) return atom();
    switch (below(6)) {
      case 0:
        return joined(Condition::Kind::Not, {unary(depth - 1, tail)});
      case 1:
        return joined(Condition::Kind::Paren, {implication(depth - 1, true)});
      case 2:
        return tail ? quantifier(depth - 1) : joined(Condition::Kind::Paren, {quantifier(depth - 1)});
      default:
        return atom();
    }
  }
  Condition quantifier(size_t depth) {
    using Kind = Condition::Kind;
    Condition out =
        joined(pick({Kind::Any, Kind::All, Kind::AtLeast, Kind::AtMost, Kind::Exactly}), {implication(depth, true)});
    if (out.kind != Kind::Any && out.kind != Kind::All) out.count = static_cast<uint32_t>(below(1000));
    out.variable = name();
    out.operand = operand();
    return out;
  }
  Condition atom() {
    using Kind = Condition::Kind;
    Condition out{};
    out.kind = pick({Kind::Compare, Kind::In, Kind::Has, Kind::HasApprovals, Kind::Is, Kind::Affix, Kind::Matches,
                     Kind::Since, Kind::Bare});
    if (out.kind == Kind::Since) {
      out.duration = duration();
      out.operand = operand();
      return out;
    }
    out.left = out.kind == Kind::Compare || out.kind == Kind::In ? expr() : attribute();
    switch (out.kind) {
      case Kind::Compare:
        out.op = static_cast<CompareOp>(below(6));
        out.right = expr();
        break;
      case Kind::In:
        out.negated = coin();
        if (coin()) {
          out.operand = operand();
        } else {
          out.value = set();
        }
        break;
      case Kind::Has:
        out.has_all = coin();
        out.value = value();
        break;
      case Kind::HasApprovals:
        out.count = static_cast<uint32_t>(below(5));
        out.approvals = approval_terms();
        break;
      case Kind::Is:
        out.negated = coin();
        out.what = static_cast<IsWhat>(below(5));
        break;
      case Kind::Affix:
        out.affix = static_cast<syntax::Affix>(below(3));
        out.value = value();
        break;
      case Kind::Matches:
        out.value = Value{Value::Kind::Scalar, {}, {}, {}, {}, {}};
        if (coin()) {
          out.value->kind = Value::Kind::Name;
          out.value->path.parts.push_back(name());
        } else {
          out.value->scalar = coin() ? regex() : Scalar{ScalarKind::String, false, text().value, {}};
        }
        break;
      default:
        break;
    }
    return out;
  }

  EnumBody enum_body() {
    EnumBody out{some(1, 4, [&] { return name(); }), coin(), false, {}};
    out.ordered = out.ordered && out.words.size() > 1;
    return out;
  }
  Type type(size_t depth = 2) {
    Type out{};
    using Kind = Type::Kind;
    out.kind =
        pick({Kind::Int, Kind::Decimal, Kind::Enum, Kind::Named, Kind::Set, Kind::List, Kind::Optional, Kind::Record});
    const bool nests =
        out.kind == Kind::Set || out.kind == Kind::List || out.kind == Kind::Optional || out.kind == Kind::Record;
    if (nests && depth == 0) out.kind = Kind::Named;
    switch (out.kind) {
      case Kind::Int:
        if (coin()) break;
        out.min = Scalar{ScalarKind::Int, coin(), "5", {}};
        out.max = Scalar{ScalarKind::Int, coin(), "10_0", {}};
        break;
      case Kind::Decimal:
        out.precision = Scalar{ScalarKind::Int, false, "8", {}};
        out.scale = Scalar{ScalarKind::Int, false, "3", {}};
        break;
      case Kind::Enum:
        out.body = enum_body();
        break;
      case Kind::Named:
        out.name = type_name();
        break;
      case Kind::Set:
      case Kind::List:
      case Kind::Optional:
        out.inner.push_back(type(depth - 1));
        break;
      case Kind::Record:
        out.fields = fields(depth - 1);
        break;
    }
    return out;
  }
  std::vector<Field> fields(size_t depth) {
    return some(0, 4, [&] {
      Field out{coin(), name(), type(depth), {}, {}, {}};
      if (coin()) out.max_age = duration();
      out.marks = some(0, 2, [&] { return mark(); });
      return out;
    });
  }
  Mark mark() {
    Mark out{};
    out.kind = static_cast<Mark::Kind>(below(6));
    if (out.kind == Mark::Kind::At) out.pointer = text();
    if (out.kind == Mark::Kind::Identity && coin()) out.path = Path{{{"id", {}}, name()}, {}};
    if (out.kind == Mark::Kind::Approvals || out.kind == Mark::Kind::BreakGlass) out.fields = {name(), name(), name()};
    return out;
  }

  Kinds kinds() {
    if (coin()) return {true, {}, {}};
    return {false, some(1, 3, [&] { return kind_name(); }), {}};
  }
  RuleRef rule_ref() {
    RuleRef out{name(), {}, {}};
    if (coin()) out.second = name();
    return out;
  }
  std::vector<RuleRef> rule_refs() {
    return some(1, 3, [&] { return rule_ref(); });
  }
  Moment moment() {
    Moment out;
    if (coin()) {
      out.timestamp = timestamp();
      return out;
    }
    out.date = plain("2026-12-31");
    if (coin()) out.time = plain("18:00");
    if (coin()) out.zone = text();
    return out;
  }
  Clause clause() {
    Clause out{};
    out.kind = static_cast<Clause::Kind>(below(15));
    switch (out.kind) {
      case Clause::Kind::When:
      case Clause::Kind::Unless:
      case Clause::Kind::HoldUntil:
        out.condition = condition();
        break;
      case Clause::Kind::Overrides:
        out.rules = rule_refs();
        break;
      case Clause::Kind::Require:
        out.alternatives = some(1, 3, [&] {
          return Requirement{static_cast<uint32_t>(below(4)), approval_terms(), {}};
        });
        break;
      case Clause::Kind::Oblige:
        out.name = name();
        out.value = value();
        break;
      case Clause::Kind::Because:
      case Clause::Kind::Owner:
        out.text = text();
        break;
      case Clause::Kind::IfMissing:
        out.missing = static_cast<MissingPolicy>(below(3));
        break;
      case Clause::Kind::Mode:
        out.mode = static_cast<Mode>(below(4));
        if (coin()) out.until = moment();
        break;
      case Clause::Kind::Accept:
        out.name = {"dead-end", {}};
        if (coin()) out.until = moment();
        if (coin()) out.owner = text();
        out.text = text();
        break;
      case Clause::Kind::Deny:
      case Clause::Kind::Allow:
      case Clause::Kind::Warn:
      case Clause::Kind::Mandatory:
        break;
    }
    return out;
  }
  std::vector<Clause> clauses() {
    return some(0, 5, [&] { return clause(); });
  }

  WindowTerm window_term() {
    WindowTerm out{};
    out.kind = static_cast<WindowTerm::Kind>(below(5));
    const auto day = [&] { return static_cast<uint8_t>(below(7)); };
    switch (out.kind) {
      case WindowTerm::Kind::Weekly:
        out.days = some(1, 3, [&] { return std::pair(day(), day()); });
        if (coin()) break;
        out.from_time = plain("09:00");
        out.to_time = plain("17:30");
        break;
      case WindowTerm::Kind::Daily:
        out.from_time = plain("22:00");
        out.to_time = plain("06:00");
        break;
      case WindowTerm::Kind::Dated:
        out.from_date = plain("2026-12-18");
        out.from_time = plain("18:00");
        out.to_date = plain("2027-01-04");
        out.to_time = plain("09:00");
        break;
      case WindowTerm::Kind::Day:
        out.from_date = plain("2026-12-25");
        break;
      case WindowTerm::Kind::Named:
        out.name = {"office", {}};
        return out;
    }
    if (coin()) out.zone = text();
    return out;
  }

  TestStep test_step() {
    TestStep out{};
    out.kind = static_cast<TestStep::Kind>(below(7));
    switch (out.kind) {
      case TestStep::Kind::GivenRecord:
        out.record = record(2);
        break;
      case TestStep::Kind::GivenJson:
      case TestStep::Kind::GivenFile:
        out.text = text();
        if (coin()) out.as = name();
        break;
      case TestStep::Kind::ExpectOutcome:
        out.outcome = static_cast<OutcomeWord>(below(3));
        if (coin()) out.rules = rule_refs();
        break;
      case TestStep::Kind::ExpectError:
        out.text = text();
        break;
      case TestStep::Kind::ExpectStatus:
        out.rules.push_back(rule_ref());
        out.status = static_cast<TestStep::Status>(below(6));
        break;
      case TestStep::Kind::ExpectObligation:
        out.name = name();
        out.value = value();
        break;
    }
    return out;
  }

  ExceptionItem exception_item() {
    ExceptionItem out{name(), rule_refs(), {}, {}, {}, {}, {}, {}};
    if (coin()) out.kinds = kinds();
    if (coin()) out.when = condition();
    if (coin()) out.expires = moment();
    if (coin()) out.owner = text();
    if (coin()) out.reason = text();
    return out;
  }
  BreakGlassItem break_glass_item() {
    BreakGlassItem out;
    out.name = name();
    out.kinds = kinds();
    if (coin()) out.who = condition();
    if (coin()) out.when = condition();
    if (coin()) {
      out.lifts_given = true;
      out.lifts_every = coin();
      out.even_mandatory = coin();
      if (!out.lifts_every) out.lifts = rule_refs();
    }
    if (coin()) out.duration = duration();
    out.obligations = some(0, 2, [&] { return Argument{name(), value()}; });
    return out;
  }

  decltype(Item::node) item() {
    const auto arguments = [&] { return some(0, 3, [&] { return Argument{name(), value()}; }); };
    switch (below(22)) {
      case 0:
        return DefaultItem{static_cast<OutcomeWord>(below(3)), coin() ? std::optional(kinds()) : std::nullopt};
      case 1:
        return UnguardedItem{some(1, 3, [&] { return kind_name(); })};
      case 2:
        return BlockingWinsItem{};
      case 3:
        return KindAtItem{text()};
      case 4:
        return EnumItem{name(), enum_body()};
      case 5:
        return RecordItem{name(), fields(2)};
      case 6:
        return ActionItem{coin() ? std::optional(name()) : std::nullopt, fields(2)};
      case 7:
        return SeverityItem{{"dead-end", {}}, name()};
      case 8:
        return LetItem{name(), value()};
      case 9:
        return DefineItem{name(), condition()};
      case 10:
        return WindowItem{name(),
                          {some(1, 3, [&] { return window_term(); }), some(0, 2, [&] { return window_term(); }), {}}};
      case 11:
        return DataItem{name(), text(), type(), type()};
      case 12:
        return FixtureItem{name(), record(2)};
      case 13:
        return TestItem{text(), some(0, 5, [&] { return test_step(); })};
      case 14:
        return AssumeItem{coin() ? std::optional(kinds()) : std::nullopt, condition()};
      case 15:
        return RuleItem{name(), kinds(), clauses()};
      case 16:
        return TemplateItem{name(), some(0, 3, [&] { return Param{name(), type()}; }), kinds(), clauses()};
      case 17:
        return UseItem{name(), arguments(), name()};
      case 18:
        return exception_item();
      case 19:
        return break_glass_item();
      case 20:
        return InvariantItem{name(), kinds(), coin(), some(1, 2, [&] { return static_cast<OutcomeWord>(below(3)); }),
                             coin() ? Boxed<Condition>(condition()) : Boxed<Condition>()};
      default:
        return CoverItem{kinds(), coin() ? Boxed<Condition>(condition()) : Boxed<Condition>()};
    }
  }

  std::mt19937_64 random_;
};

}  // namespace

syntax::File make_syntax_tree(uint64_t seed) { return Maker(seed).file(); }

}  // namespace guard
