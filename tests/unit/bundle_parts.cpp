// The small set of the loader's tests, written by hand so that it depends on nothing but the format.
#include "tests/unit/bundle_parts.hpp"

#include "guardvm/limits.hpp"

namespace guardvm::testing {
namespace {

constexpr int64_t kMillion = 1'000'000;

class Builder {
 public:
  Parts build() {
    schema();
    constants();
    operands();
    code_tables();
    rules();
    entries();
    dims();
    provenance();
    return std::move(p_);
  }

 private:
  LeafRow leaf(const char* path, Type type, const std::vector<std::string>& json) {
    LeafRow row{};
    row.path = p_.text(path);
    row.json = p_.strings(json);
    row.enum_id = row.parent = row.signal = kNone;
    row.type = type;
    row.element = Type::String;
    return row;
  }

  void schema() {
    MetaRow meta{};
    meta.schema = p_.text("pipeline");
    meta.tzdata = p_.text("2024a");
    meta.kind_json = p_.strings({"kind"});
    meta.horizon_from_ns = 1'640'995'200'000 * kMillion;
    meta.horizon_to_ns = 2'145'916'800'000 * kMillion;
    p_.Meta.push_back(meta);
    p_.Enums.push_back({p_.text("Environment"), p_.strings({"dev", "production"}), 0, 0});
    for (int i = 0; i < 18; ++i) p_.Leaves.push_back(kind_leaf(i));
    const auto columns = static_cast<uint32_t>(p_.Leaves.size());
    p_.Leaves.push_back(leaf("service", Type::String, {"service"}));
    p_.Leaves.push_back(leaf("required", Type::Version, {"required"}));
    p_.Leaves.push_back(leaf("labels", Type::Set, {"labels"}));
    p_.Leaves[6].columns = {columns, 3};
    p_.Leaves.push_back(leaf("by", Type::String, {"by"}));
    p_.Leaves.push_back(leaf("groups", Type::Set, {"groups"}));
    p_.Leaves.push_back(leaf("at", Type::Timestamp, {"at"}));
    p_.Leaves[7].columns = {columns + 3, 3};
    KindRow kind{};
    kind.name = p_.text("deploy");
    kind.leaves = {0, 18};
    kind.now = 0;
    kind.actor = 1;
    kind.approvals = 7;
    kind.approval_by = 0;
    kind.approval_groups = 1;
    kind.approval_at = 2;
    kind.break_glass = 11;
    kind.break_glass_by = 12;
    kind.break_glass_reason = 13;
    kind.break_glass_at = 14;
    kind.default_outcome = 1;
    kind.uses_windows = 1;
    p_.Kinds.push_back(kind);
    windows();
  }

  LeafRow kind_leaf(int i) {
    switch (i) {
      case 0:
        return leaf("time", Type::Timestamp, {"time"});
      case 1:
        return leaf("actor", Type::String, {"actor"});
      case 2:
        return with_enum(leaf("environment", Type::Enum, {"environment"}));
      case 3:
        return with_range(leaf("canary", Type::Int, {"canary"}), 0, 100);
      case 4:
        return leaf("version", Type::Version, {"version"});
      case 5:
        return leaf("tags", Type::Set, {"commit", "tags"});
      case 6:
        return leaf("dependencies", Type::List, {"dependencies"});
      case 7:
        return leaf("approvals", Type::List, {"approvals"});
      case 8: {
        LeafRow row = leaf("incident", Type::Signal, {"incident"});
        row.max_age_ns = 300'000 * kMillion;
        return row;
      }
      case 9: {
        LeafRow row = with_range(leaf("incident.open", Type::Int, {"incident", "value", "open"}), 0, 10'000);
        row.parent = row.signal = 8;
        return row;
      }
      case 10:
        return optional(leaf("previous", Type::String, {"previous"}));
      case 11:
        return optional(leaf("break_glass", Type::Presence, {"break_glass"}));
      case 12:
        return below(leaf("break_glass.by", Type::String, {"break_glass", "by"}), 11);
      case 13:
        return below(leaf("break_glass.reason", Type::String, {"break_glass", "reason"}), 11);
      case 14:
        return below(leaf("break_glass.at", Type::Timestamp, {"break_glass", "at"}), 11);
      case 15:
        return leaf("automated", Type::Bool, {"automated"});
      case 16: {
        LeafRow row = with_enum(leaf("targets", Type::Set, {"targets"}));
        row.element = Type::Enum;
        return row;
      }
      default: {
        LeafRow row = leaf("share", Type::Decimal, {"share"});
        row.precision = 4;
        row.scale = 2;
        return with_range(row, 0, 9'999);
      }
    }
  }
  static LeafRow with_enum(LeafRow row) {
    row.enum_id = 0;
    return row;
  }
  static LeafRow with_range(LeafRow row, int64_t min, int64_t max) {
    row.min = min;
    row.max = max;
    return row;
  }
  static LeafRow optional(LeafRow row) {
    row.optional = 1;
    return row;
  }
  static LeafRow below(LeafRow row, uint32_t parent) {
    row.parent = parent;
    return row;
  }

  void windows() {
    p_.ZoneOffsets = {{1'600'000'000'000 * kMillion, 0}, {1'648'342'800'000 * kMillion, 3600}};
    p_.Zones.push_back({p_.text("Europe/London"), {0, 2}});
    p_.MinuteRanges = {{540, 1050}, {1980, 2490}};
    WindowStepRow weekly{};
    weekly.minutes = {0, 2};
    weekly.window = kNone;
    WindowStepRow day{};
    day.kind = StepKind::LocalDay;
    day.from = 20'000;
    day.exclude = 1;
    day.window = kNone;
    WindowStepRow interval{};
    interval.kind = StepKind::Interval;
    interval.from = 1'700'000'000'000 * kMillion;
    interval.to = 1'700'100'000'000 * kMillion;
    interval.zone = interval.window = kNone;
    WindowStepRow other{};
    other.kind = StepKind::Window;
    other.zone = kNone;
    p_.WindowSteps = {weekly, day, other, interval};
    p_.Windows.push_back({p_.text("office_hours"), {0, 2}});
    p_.Windows.push_back({p_.text("slot"), {2, 2}});
  }

  void constants() {
    p_.string_set({"dba", "ops"});      // StringSets 0
    p_.string_set({"1.2.3", "2.0.0"});  // StringSets 1: versions
    p_.number_set({0, 1});              // NumberSets 0
    p_.numbers({10, 20});               // Numbers 2, 3
    version_ = p_.strings({"3.0.0"}).first;
    DataRow data{};
    data.name = p_.text("inventory");
    data.file = p_.text("inventory.json");
    data.keys = p_.strings({"api", "web"});
    data.fields = {0, 4};
    p_.DataFields = {{p_.text("tier"), kNone, Type::Int, Type::String, 0, 0},
                     {p_.text("teams"), kNone, Type::Set, Type::String, 1, 0},
                     {p_.text("since"), kNone, Type::Version, Type::String, 0, 0},
                     {p_.text("owner"), kNone, Type::String, Type::String, 0, 0}};
    for (int row = 0; row < 2; ++row) {
      p_.DataCells.push_back({row, {0, 0}, kNone, 1});
      p_.DataCells.push_back({0, {0, 0}, 0, 1});
      p_.DataCells.push_back({0, p_.text("1.0.0"), kNone, 1});
      p_.DataCells.push_back({0, p_.text("ann"), kNone, 1});
    }
    p_.Data.push_back(data);
  }

  uint32_t operand(const char* text, From from, Type type, uint32_t index) {
    OperandRow row{};
    row.text = p_.text(text);
    row.index = index;
    row.data = row.key = row.enum_id = row.list = kNone;
    row.from = from;
    row.type = type;
    row.element = Type::String;
    p_.Operands.push_back(row);
    return static_cast<uint32_t>(p_.Operands.size() - 1);
  }

  // Operands 0 to 17 are the leaves; then what stands below.
  void operands() {
    for (uint32_t i = 0; i < 18; ++i) {
      const LeafRow& row = p_.Leaves[i];
      operand("leaf", From::Leaf, row.type, i);
      p_.Operands[i].element = row.element;
      p_.Operands[i].enum_id = row.enum_id;
      p_.Operands[i].scale = row.scale;
    }
    service_ = operand("d.service", From::Column, Type::String, 0);
    p_.Operands[service_].list = 6;
    labels_ = operand("d.labels", From::Column, Type::Set, 2);
    p_.Operands[labels_].list = 6;
    element_ = operand("t", From::Element, Type::String, 0);
    tier_ = operand("inventory[d.service].tier", From::Lookup, Type::Int, 0);
    p_.Operands[tier_].data = 0;
    p_.Operands[tier_].key = service_;
    teams_ = operand("inventory[actor].teams", From::Lookup, Type::Set, 1);
    p_.Operands[teams_].data = 0;
    p_.Operands[teams_].key = 1;
    owner_ = operand("inventory[d.service].owner", From::Lookup, Type::String, 3);
    p_.Operands[owner_].data = 0;
    p_.Operands[owner_].key = service_;
  }

  void code_tables() {
    p_.Patterns.push_back({p_.text("api-*\\*?"), kNone, Match::Glob, {}});
    p_.Patterns.push_back({p_.text("a+"), 0, Match::Regex, {}});
    p_.Patterns.push_back({p_.text("team-"), kNone, Match::StartsWith, {}});
    // a+ : states dead, start, accepting; classes other, `a`.
    const auto map = static_cast<uint32_t>(p_.Bytes.size());
    p_.Bytes.resize(p_.Bytes.size() + 256);
    p_.Bytes[map + 'a'] = 1;
    p_.DfaCells = {0, 0, 0, 2, 0, 2};
    const Range atom = p_.indices({0});
    p_.DfaAccepts = {{0, 0}, {0, 0}, atom};
    p_.Dfas.push_back({3, 2, map, 0, 0, 0});
    p_.LinearTerms = {{1, 3, 0}, {-2, 9, 0}};
    p_.Linears.push_back({{0, 2}, 5});
    RequirementRow requirement{};
    requirement.text = p_.text("2 approvals from {\"dba\"}");
    requirement.within_text = p_.text("1d");
    requirement.within_ns = 86'400'000 * kMillion;
    requirement.count = 2;
    requirement.from = 0;
    requirement.excluding = p_.indices({10});
    p_.Requirements.push_back(requirement);
    p_.RequirementGroups.push_back({p_.indices({0})});
  }

  static Instr op(Opcode code, uint32_t a = 0, uint32_t b = 0, uint8_t aux = 0) {
    return {static_cast<uint8_t>(code), aux, 0, a, b};
  }

  void rules() {
    for (const auto& [id, effect] : {std::pair{"p.deny", Effect::Deny},
                                     {"p.hold", Effect::Hold},
                                     {"p.open", Effect::Allow},
                                     {"p.two", Effect::Require}}) {
      RuleRow row{};
      row.id = p_.text(id);
      row.policy = p_.text("p");
      row.message = p_.text("message");
      row.mode_until_ns = INT64_MAX;
      row.effect = effect;
      row.mode = Mode::Enforce;
      row.has_condition = 1;
      p_.Rules.push_back(row);
    }
    p_.Rules[0].if_missing = IfMissing::Hold;
    p_.Rules[2].overrides = p_.indices({0});
    p_.Obligations = {{p_.text("ticket"), p_.text("\"OPS-\\u00e9\"")}, {p_.text("level"), p_.text("-1.50")}};
    p_.Rules[3].obligations = {0, 2};
    p_.Rules[3].accepted = p_.strings({"conflict", "known"});
    ExceptionRow exception{};
    exception.id = p_.text("p.exception");
    exception.reason = p_.text("migration");
    exception.rules = p_.indices({0, 3});
    exception.expires_ns = 1'800'000'000'000 * kMillion;
    p_.Exceptions.push_back(exception);
    BreakGlassRow glass{};
    glass.id = p_.text("p.glass");
    glass.every = 1;
    glass.duration_ns = 3'600'000 * kMillion;
    p_.BreakGlasses.push_back(glass);
    p_.Assumptions.push_back({p_.text("automated implies canary <= 10"), {}});
  }

  // Two atoms joined by a jump; every opcode stands in one of the two chains, or in a body.
  Range every_test() {
    const std::vector<Instr> tests = {op(Opcode::Bool, 15),
                                      op(Opcode::NumberCompare, 3, 2, 4),
                                      op(Opcode::NumberIn, 2, 0),
                                      op(Opcode::StringIn, 1, 0),
                                      op(Opcode::StringMatch, 1, 0),
                                      op(Opcode::StringMatch, 1, 1),
                                      op(Opcode::VersionCompare, 4, version_, 2),
                                      op(Opcode::VersionIn, 4, 1),
                                      op(Opcode::Present, 10),
                                      op(Opcode::SignalIs, 8, 0, 2),
                                      op(Opcode::SetHasAnyText, 5, 0),
                                      op(Opcode::SetHasAllText, teams_, 0),
                                      op(Opcode::SetHasAnyNumber, 16, 0),
                                      op(Opcode::SetHasAllNumber, 16, 0),
                                      op(Opcode::SetEmpty, 6),
                                      op(Opcode::InWindow, 0, 1),
                                      op(Opcode::StringEqual, 1, 12),
                                      op(Opcode::EnumEqual, 2, 2),
                                      op(Opcode::VersionOrder, 4, 4, 3),
                                      op(Opcode::Linear, 0, 0, 5),
                                      op(Opcode::Approvals, 0, 0),
                                      op(Opcode::True),
                                      op(Opcode::False)};
    const auto first = static_cast<uint32_t>(p_.Code.size());
    const auto end = first + 2 * static_cast<uint32_t>(tests.size());
    for (const Instr& test : tests) {
      p_.Code.push_back(test);
      p_.Code.push_back(op(Opcode::JumpIfTrue, 0, end));
    }
    p_.Code.back() = op(Opcode::Not);
    return {first, end - first};
  }

  Range quantifiers() {
    const auto first = static_cast<uint32_t>(p_.Code.size());
    return p_.code({op(Opcode::Any, 6, 6),                   // any d in dependencies:
                    op(Opcode::StringIn, service_, 0),       //   d.service in {…}
                    op(Opcode::JumpIfFalse, 0, first + 7),   //   and
                    op(Opcode::All, labels_, 1),             //   all t in d.labels:
                    op(Opcode::StringMatch, element_, 2),    //     t starts with "team-"
                    op(Opcode::JumpIfFalse, 0, first + 7),   //   and
                    op(Opcode::NumberCompare, tier_, 2, 0),  //   inventory[d.service].tier == 10
                    op(Opcode::JumpIfTrue, 0, first + 14),   // or
                    op(Opcode::Count, 5, 1, 5),              // count t in tags:
                    op(Opcode::CountLimit, 0, 2),            //   >= 2
                    op(Opcode::StringIn, element_, 0),       //   t in {…}
                    op(Opcode::JumpIfTrue, 0, first + 14),   // or
                    op(Opcode::Any, 6, 1),                   // any d in dependencies:
                    op(Opcode::StringEqual, owner_, 1)});    //   inventory[d.service].owner == actor
  }

  void entries() {
    all_ = every_test();
    quantified_ = quantifiers();
    const Range simple = p_.code({op(Opcode::NumberCompare, 9, 2, 4)});
    const Range yes = p_.code({op(Opcode::True)});
    nodes(simple);
    const auto entry = [&](What what, uint32_t object, Range match) {
      EntryRow row{};
      row.match = match;
      row.object = object;
      row.what = what;
      row.node = row.until_node = kNone;
      p_.Entries.push_back(row);
      return &p_.Entries.back();
    };
    entry(What::Assumption, 0, simple);
    entry(What::Exception, 0, yes);
    entry(What::BreakGlass, 0, yes);
    EntryRow* deny = entry(What::Rule, 0, all_);
    deny->surely = simple;
    deny->signals = p_.indices({8});
    deny->node = 3;
    EntryRow* hold = entry(What::Rule, 1, quantified_);
    hold->until = simple;
    hold->until_node = 0;
    message(hold);
    entry(What::Rule, 2, yes);
    entry(What::Rule, 3, simple)->groups = {0, 1};
    p_.Kinds[0].entries = {0, 7};
    p_.Kinds[0].index_words = 1;
    candidates();
    p_.Kinds[0].worst_steps = worst_steps();
  }

  // Six by bit position, the last entry first; the second entry in the list of one constant of the scope.
  void candidates() {
    const auto add = [&](uint32_t entry) {
      const Range code = entry == 5 ? Range{0, 0} : p_.Entries[entry].match;
      p_.Candidates.push_back({INT64_MIN, INT64_MAX, entry, p_.Kinds[0].now, code});
    };
    for (const uint32_t entry : {6u, 5u, 4u, 3u, 2u, 0u}) add(entry);
    p_.Kinds[0].ranked = {0, 6};
    add(1);
    p_.ScopeRows = {{0, 0}, {0, 0}, {6, 1}, {0, 0}};
    p_.Kinds[0].scope_dim = 5;
    p_.Kinds[0].scope_rows = 0;
  }

  void nodes(Range simple) {
    ConditionNode atom{};
    atom.text = p_.text("incident.open > 10");
    atom.parts = simple;
    atom.unsettled = 0;
    p_.PossiblyCodes = {simple};
    atom.kind = NodeKind::Atom;
    atom.operand = 9;
    ConditionNode constant{};
    constant.kind = NodeKind::Constant;
    constant.operand = constant.unsettled = kNone;
    ConditionNode negation{};
    negation.kind = NodeKind::Not;
    negation.parts = p_.indices({0});
    negation.operand = negation.unsettled = kNone;
    ConditionNode conjunction{};
    conjunction.kind = NodeKind::And;
    conjunction.parts = p_.indices({0, 1, 2});
    conjunction.operand = conjunction.unsettled = kNone;
    p_.ConditionNodes = {atom, constant, negation, conjunction};
  }

  void message(EntryRow* entry) {
    const Range body = {quantified_.first + 1, 1};  // StringIn on a column: needs the row of its list.
    MessagePartRow literal{};
    literal.text = p_.text("wait for ");
    MessagePartRow value{};
    value.kind = PartKind::Value;
    value.operand = teams_;
    MessagePartRow element{};
    element.kind = PartKind::Element;
    element.operand = service_;
    element.element = 0;
    p_.MessageElements = {{6, body, body}};
    p_.MessageParts = {literal, value, element};
    entry->message = {0, 3};
  }

  // What the loader has to find, written down by another hand.
  [[nodiscard]] uint64_t worst_steps() const {
    const auto plain = [&](Range r) {
      uint64_t sum = 0;
      for (uint32_t i = 0; i < r.count; ++i) sum += op_info(p_.Code[r.first + i].op)->steps;
      return sum;
    };
    constexpr uint64_t kRows = kLimitRecordElements;
    // any * [in, jump, all * [match], jump, compare], jump, count * [in], jump, any * [equal]
    const uint64_t quantified = 1 + kRows * (16 + 1 + 1 + kRows * 64 + 1 + 1) + 1 + 1 + kRows * 16 + 1 + 1 + kRows * 2;
    // Assumption, exception, break-glass; deny with `surely`; hold with `until`; open (no residual); two.
    return 2 * 1 + 2 * 1 + 2 * 1 + (2 * plain(all_) + 1) + (2 * quantified + 1) + 1 + 2 * 1;
  }

  uint32_t bit_row(uint64_t bits) {
    const auto first = static_cast<uint32_t>(p_.IndexWords.size());
    p_.IndexWords.push_back(bits);
    p_.IndexWords.push_back(bits != 0 ? 1 : 0);
    return first;
  }
  uint32_t sparse(const std::vector<std::vector<SparseWord>>& rows) {
    const auto first = static_cast<uint32_t>(p_.SparseRows.size());
    for (const auto& row : rows) p_.SparseRows.push_back({p_.append(p_.SparseWords, row)});
    return first;
  }
  void dense_dim(uint32_t leaf, Classifier classifier, uint32_t classes, Range cuts = {0, 0}) {
    DimRow row{};
    row.leaf = leaf;
    row.classes = classes;
    row.cuts = cuts;
    row.dense = 1;
    row.any_atom = kNone;
    row.classifier = classifier;
    row.rows = static_cast<uint32_t>(p_.IndexWords.size());
    for (uint32_t c = 0; c < classes; ++c) bit_row(c == 0 ? 0 : 0x3f);
    p_.Dims.push_back(row);
  }
  DimRow sparse_dim(uint32_t leaf, Classifier classifier, uint32_t classes) {
    DimRow row{};
    row.leaf = leaf;
    row.classes = classes;
    row.any_atom = kNone;
    row.classifier = classifier;
    row.wildcard = bit_row(0x3e);
    return row;
  }

  void dims() {
    dense_dim(15, Classifier::Flag, 3);
    dense_dim(10, Classifier::Presence, 2);
    dense_dim(8, Classifier::Signal, 3);
    dense_dim(3, Classifier::Numbers, 6, {2, 2});
    dense_dim(4, Classifier::Versions, 6, p_.StringSets[1]);
    DimRow names = sparse_dim(1, Classifier::Strings, 4);
    names.hash = p_.hash_table(p_.StringSets[0], {2, 3}, 4);
    names.rows = sparse({{}, {}, {{1, 0, 0}}, {{1, 0, 0}}});
    p_.Dims.push_back(names);
    const Range atoms = p_.indices({0, 1});
    p_.AtomLists = {{{atoms.first, 1}}, {{atoms.first + 1, 1}}, {atoms}};
    const Range prefix = p_.strings({"team-"});
    const Range suffix = p_.strings({"-prod"});
    p_.Affixes = {{5, 0, p_.hash_table(prefix, {0}, 2)}, {0, 0, {0, 0}}, {5, 0, p_.hash_table(suffix, {1}, 2)}};
    multi(1, Classifier::TextAtoms, [&](DimRow& row) {
      row.prefixes = {0, 2};
      row.suffixes = {2, 1};
      row.dfas = {0, 1};
    });
    multi(5, Classifier::SetAtoms, [&](DimRow& row) {
      row.hash = p_.hash_table(p_.StringSets[0], {0, 2}, 4);
      row.any_atom = 1;
    });
    multi(16, Classifier::SetAtoms, [&](DimRow& row) {
      row.cuts = {0, 2};
      row.lists = 1;
    });
    multi(0, Classifier::Windows, [&](DimRow& row) { row.windows = atoms; });
    p_.Kinds[0].dims = {0, static_cast<uint32_t>(p_.Dims.size())};
  }
  template <typename Fill>
  void multi(uint32_t leaf, Classifier classifier, const Fill& fill) {
    DimRow row = sparse_dim(leaf, classifier, 2);
    row.negative = bit_row(0x01);
    fill(row);
    row.rows = sparse({{{1, 0, 0}}, {}, {}, {{1, 0, 0}}});
    p_.Dims.push_back(row);
  }

  void provenance() {
    p_.Sources.push_back({p_.text("p.guard"), {}});
    InvariantRow invariant{};
    invariant.id = p_.text("p.never");
    invariant.text = p_.text("never allow when canary > 10");
    invariant.on = {0, 1};
    invariant.never = 1;
    invariant.outcomes = 1;
    p_.Invariants.push_back(invariant);
    p_.Covers.push_back({p_.text("p"), p_.text("deploy"), {}, {0, 1}});
    p_.CheckOnKinds.push_back({0, 3, all_, all_});
    p_.Severities.push_back({p_.text("conflict"), p_.text("error")});
    p_.Excerpts.push_back({0, 19, 0, 1});
    p_.ExcerptBytes = {'?'};
  }

  Parts p_;
  uint32_t version_ = 0, service_ = 0, labels_ = 0, element_ = 0, tier_ = 0, teams_ = 0, owner_ = 0;
  Range all_{0, 0}, quantified_{0, 0};
};

}  // namespace

Parts small_set() { return Builder().build(); }

}  // namespace guardvm::testing
