// The schema's sections: meta, pools of constants, enums, leaves, kinds, zones, windows, data.
#include <algorithm>

#include "load/checker.hpp"
#include "read/values.hpp"

namespace guardvm::load {
namespace {

using format::kNone;
using format::LeafRow;
using format::Type;

bool is_scalar(Type type) { return type <= Type::Duration; }
// What a set holds (check/model.hpp).
bool is_element(Type type) {
  return type == Type::String || type == Type::Int || type == Type::Enum || type == Type::Version;
}

constexpr uint8_t kMostDigits = 18;  // 10^18 is the last power of ten in 64 bits.
constexpr int64_t kMostDay = kLastInstant_ns / kDay_ns + 1;
constexpr int64_t kDaySeconds = 86'400;

}  // namespace

bool Checker::schema() {
  return meta() && pools() && enums() &&
         require(view_.Kinds.size() <= kLimitKinds, {"Kinds.count", view_.Kinds.size()}, "more than the limit kinds") &&
         [this] {
           for (size_t i = 0; i < view_.Kinds.size(); ++i) {
             if (!kind(i)) return false;
           }
           return true;
         }() &&
         data() && zones() && windows();
}

bool Checker::meta() {
  if (view_.Meta.size() != 1) return fail({"Meta.count", 0}, "%zu rows, not 1", view_.Meta.size());
  const format::MetaRow& row = view_.Meta[0];
  for (size_t i = 0; i < view_.Strings.size(); ++i) {
    if (!text(view_.Strings[i], {"Strings.text", i})) return false;
  }
  return text(row.schema, {"Meta.schema", 0}) && text(row.tzdata, {"Meta.tzdata", 0}) &&
         json_path(row.kind_json, {"Meta.kind_json", 0}) && flag(row.blocking_wins, {"Meta.blocking_wins", 0}) &&
         flag(row.stripped, {"Meta.stripped", 0}) &&
         require(row.horizon_from_ns <= row.horizon_to_ns, {"Meta.horizon_to_ns", 0}, "before horizon_from_ns") &&
         require(row.horizon_from_ns >= kFirstInstant_ns && row.horizon_to_ns - 1 <= kLastInstant_ns,
                 {"Meta.horizon_from_ns", 0}, "the horizon holds instants outside 1678 to 2261");
}

// Sets of constants are sorted and distinct: they are searched by halving.
bool Checker::pools() {
  for (size_t i = 0; i < view_.StringSets.size(); ++i) {
    if (!strings_sorted(view_.StringSets[i], {"StringSets.strings", i})) return false;
  }
  for (size_t i = 0; i < view_.NumberSets.size(); ++i) {
    const At at{"NumberSets.numbers", i};
    const Range r = view_.NumberSets[i];
    if (!range(r, view_.Numbers.size(), at, "Numbers") || !spend(r.count, at)) return false;
    const int64_t* numbers = view_.Numbers.data() + r.first;
    for (uint32_t n = 1; n < r.count; ++n) {
      if (numbers[n - 1] >= numbers[n]) return fail(at, "not sorted, or one number twice");
    }
  }
  return true;
}

bool Checker::enums() {
  for (size_t i = 0; i < view_.Enums.size(); ++i) {
    const format::EnumRow& row = view_.Enums[i];
    const At words{"Enums.words", i};
    if (!text(row.name, {"Enums.name", i}) || !range(row.words, view_.Strings.size(), words, "Strings") ||
        !require(row.words.count >= 1, words, "no words") ||
        !index(row.words.count, kLimitEnumWords + 1, words, "words") ||
        !index(row.ordered, 2, {"Enums.ordered", i}, "flag") || !spend_texts(row.words, words)) {
      return false;
    }
  }
  return true;
}

bool Checker::json_path(Range path, At at) {
  return range(path, view_.Strings.size(), at, "Strings") && require(path.count >= 1, at, "no keys") &&
         index(path.count, kLimitRecordDepth + 1, at, "keys") && spend_texts(path, at);
}

// The leaves of a kind, or the columns of a list.
bool Checker::leaves(Range own, bool columns, At at) {
  if (!range(own, view_.Leaves.size(), at, "Leaves") || !index(own.count, kLimitLeaves + 1, at, "leaves") ||
      !spend(own.count, at)) {
    return false;
  }
  for (uint32_t i = 0; i < own.count; ++i) {
    const size_t absolute = size_t{own.first} + i;
    if (!leaf(view_.Leaves[absolute], absolute, columns) || !leaf_parents(own, i)) return false;
  }
  return true;
}

bool Checker::leaf(const LeafRow& row, size_t i, bool column) {
  if (!text(row.path, At{"Leaves.path", i}) || !json_path(row.json, At{"Leaves.json", i}) ||
      !word(row.type, Type::Signal, At{"Leaves.type", i}) ||
      !word(row.element, Type::Signal, At{"Leaves.element", i}) || !flag(row.optional, At{"Leaves.optional", i}) ||
      !flag(row.sensitive, At{"Leaves.sensitive", i}) ||
      !require(row.min <= row.max, At{"Leaves.max", i}, "less than min") ||
      !require(row.max_age_ns >= 0, At{"Leaves.max_age_ns", i}, "negative") ||
      !require(row.precision <= kMostDigits, At{"Leaves.precision", i}, "more than 18 digits") ||
      !require(row.scale <= row.precision, At{"Leaves.scale", i}, "more than the precision")) {
    return false;
  }
  if (row.type == Type::Set && !require(is_element(row.element), At{"Leaves.element", i}, "not a type that sets hold"))
    return false;
  const bool words = row.type == Type::Enum || (row.type == Type::Set && row.element == Type::Enum);
  if (words ? !index(row.enum_id, view_.Enums.size(), At{"Leaves.enum_id", i}, "enum")
            : !require(row.enum_id == kNone, At{"Leaves.enum_id", i}, "an enum on a leaf that has none")) {
    return false;
  }
  if (column) {
    return require(row.type != Type::List && row.type != Type::Signal, At{"Leaves.type", i},
                   "a list or signal inside a list") &&
           require(row.columns.count == 0, At{"Leaves.columns", i}, "columns inside a list");
  }
  if (row.type != Type::List)
    return require(row.columns.count == 0, At{"Leaves.columns", i}, "columns of a leaf that is no list");
  return leaves(row.columns, true, At{"Leaves.columns", i});
}

// Parents and signals come before what they hold, and have the type of something that holds.
bool Checker::leaf_parents(Range own, uint32_t relative) {
  const size_t i = size_t{own.first} + relative;
  const LeafRow& row = view_.Leaves[i];
  const At parent{"Leaves.parent", i}, signal{"Leaves.signal", i};
  if (row.parent != kNone) {
    if (!index(row.parent, relative, parent, "leaf")) return false;
    const Type type = view_.Leaves[own.first + row.parent].type;
    if (!require(type == Type::Presence || type == Type::Signal, parent, "neither a record nor a signal")) return false;
  }
  if (row.signal == kNone) {
    return row.parent == kNone || require(view_.Leaves[own.first + row.parent].signal == kNone &&
                                              view_.Leaves[own.first + row.parent].type != Type::Signal,
                                          signal, "the parent belongs to a signal, the leaf does not");
  }
  if (!index(row.signal, relative, signal, "leaf")) return false;
  const bool below =
      row.parent != kNone && (row.parent == row.signal || view_.Leaves[own.first + row.parent].signal == row.signal);
  return require(view_.Leaves[own.first + row.signal].type == Type::Signal, signal, "not a signal") &&
         require(row.type != Type::Signal, signal, "a signal inside a signal") &&
         require(below, signal, "the parent does not belong to the signal");
}

const LeafRow* Checker::leaf_of(const format::KindRow& kind, uint32_t index) const {
  return index < kind.leaves.count ? &view_.Leaves[kind.leaves.first + index] : nullptr;
}

bool Checker::kind(size_t i) {
  const format::KindRow& row = view_.Kinds[i];
  const At outcome{"Kinds.default_outcome", i};
  return text(row.name, {"Kinds.name", i}) && leaves(row.leaves, false, {"Kinds.leaves", i}) && kind_roles(row, i) &&
         break_glass_roles(row, i) && flag(row.default_outcome, outcome) &&
         flag(row.unguarded, {"Kinds.unguarded", i}) && flag(row.uses_windows, {"Kinds.uses_windows", i});
}

// The leaves that deciding itself reads: the instant, the actor, the approvals.
bool Checker::kind_roles(const format::KindRow& kind, size_t i) {
  const LeafRow* now = leaf_of(kind, kind.now);
  if (now == nullptr) return fail_index({"Kinds.now", i}, "leaf", kind.now, kind.leaves.count);
  if (!require(now->type == Type::Timestamp && now->optional == 0 && now->parent == kNone, {"Kinds.now", i},
               "not a required timestamp")) {
    return false;
  }
  const At at{"Kinds.actor", i};
  if (!index_or_none(kind.actor, kind.leaves.count, at, "leaf")) return false;
  if (kind.actor != kNone && !require(leaf_of(kind, kind.actor)->type == Type::String, at, "not a string"))
    return false;
  const At approvals{"Kinds.approvals", i};
  if (kind.approvals == kNone) return true;
  const LeafRow* list = leaf_of(kind, kind.approvals);
  if (list == nullptr) return fail_index(approvals, "leaf", kind.approvals, kind.leaves.count);
  if (!require(list->type == Type::List, approvals, "not a list")) return false;
  const uint32_t columns = list->columns.count;
  if (!index(kind.approval_by, columns, {"Kinds.approval_by", i}, "column") ||
      !index(kind.approval_groups, columns, {"Kinds.approval_groups", i}, "column") ||
      !index(kind.approval_at, columns, {"Kinds.approval_at", i}, "column")) {
    return false;
  }
  const LeafRow* rows = view_.Leaves.data() + list->columns.first;
  const LeafRow& groups = rows[kind.approval_groups];
  return require(rows[kind.approval_by].type == Type::String, {"Kinds.approval_by", i}, "not a string") &&
         require(groups.type == Type::Set && groups.element == Type::String, {"Kinds.approval_groups", i},
                 "not a set of strings") &&
         require(rows[kind.approval_at].type == Type::Timestamp, {"Kinds.approval_at", i}, "not a timestamp");
}

bool Checker::break_glass_roles(const format::KindRow& kind, size_t i) {
  const At at{"Kinds.break_glass", i};
  if (kind.break_glass == kNone) {
    return require(kind.break_glass_by == kNone && kind.break_glass_reason == kNone && kind.break_glass_at == kNone, at,
                   "leaves of a break-glass record that is not there");
  }
  const LeafRow* record = leaf_of(kind, kind.break_glass);
  if (record == nullptr) return fail_index(at, "leaf", kind.break_glass, kind.leaves.count);
  const struct {
    uint32_t leaf;
    Type type;
    const char* place;
  } parts[] = {{kind.break_glass_by, Type::String, "Kinds.break_glass_by"},
               {kind.break_glass_reason, Type::String, "Kinds.break_glass_reason"},
               {kind.break_glass_at, Type::Timestamp, "Kinds.break_glass_at"}};
  for (const auto& part : parts) {
    const At place{part.place, i};
    const LeafRow* leaf = leaf_of(kind, part.leaf);
    if (leaf == nullptr) return fail_index(place, "leaf", part.leaf, kind.leaves.count);
    if (!require(leaf->type == part.type, place, "of the wrong type")) return false;
  }
  return require(record->type == Type::Presence, at, "not an optional record") &&
         require(kind.actor != kNone, at, "a break-glass record without an actor");
}

bool Checker::data() {
  for (size_t i = 0; i < view_.Data.size(); ++i) {
    const format::DataRow& row = view_.Data[i];
    const At keys{"Data.keys", i}, fields{"Data.fields", i}, cells{"Data.cells", i};
    if (!text(row.name, {"Data.name", i}) || !text(row.file, {"Data.file", i}) || !strings_sorted(row.keys, keys) ||
        !range(row.fields, view_.DataFields.size(), fields, "DataFields") || !spend(row.fields.count, fields)) {
      return false;
    }
    const uint64_t count = uint64_t{row.keys.count} * row.fields.count;
    if (row.cells > view_.DataCells.size() || count > view_.DataCells.size() - row.cells) {
      return fail(cells, "%llu cells from %u, of %zu", static_cast<unsigned long long>(count), row.cells,
                  view_.DataCells.size());
    }
    for (uint32_t f = 0; f < row.fields.count; ++f) {
      const size_t own = size_t{row.fields.first} + f;
      const format::DataFieldRow& field = view_.DataFields[own];
      const At type{"DataFields.type", own};
      if (!text(field.name, {"DataFields.name", own}) || !word(field.type, Type::Signal, type) ||
          !require(is_scalar(field.type) || field.type == Type::Set, type, "not a type that data has") ||
          !require(field.type != Type::Set || field.element == Type::String, {"DataFields.element", own},
                   "not a set of strings") ||
          !flag(field.optional, {"DataFields.optional", own}) ||
          !require(field.scale <= kMostDigits, {"DataFields.scale", own}, "more than 18 digits")) {
        return false;
      }
      if (field.type == Type::Enum && !index(field.enum_id, view_.Enums.size(), {"DataFields.enum_id", own}, "enum")) {
        return false;
      }
    }
    if (!spend(count, cells) || !data_cells(row)) return false;
  }
  return true;
}

bool Checker::data_cells(const format::DataRow& data) {
  size_t at = data.cells;
  for (uint32_t k = 0; k < data.keys.count; ++k) {
    for (uint32_t f = 0; f < data.fields.count; ++f) {
      if (!data_cell(view_.DataFields[data.fields.first + f], at++)) return false;
    }
  }
  return true;
}

bool Checker::data_cell(const format::DataFieldRow& field, size_t i) {
  const format::DataCell& cell = view_.DataCells[i];
  const At number{"DataCells.number", i};
  if (!text(cell.text, {"DataCells.text", i}) || !index(cell.present, 2, {"DataCells.present", i}, "flag"))
    return false;
  if (cell.present == 0) return true;
  if (field.type == Type::Set) return index(cell.set, view_.StringSets.size(), {"DataCells.set", i}, "string set");
  if (field.type == Type::Bool) return require(cell.number == 0 || cell.number == 1, number, "neither true nor false");
  if (field.type == Type::Enum) {
    return index(static_cast<uint64_t>(cell.number), view_.Enums[field.enum_id].words.count, number, "word");
  }
  if (field.type == Type::Timestamp) {
    return require(cell.number >= kFirstInstant_ns && cell.number <= kLastInstant_ns, number, "outside 1678 to 2261");
  }
  const At version{"DataCells.text", i};
  return field.type != Type::Version ||
         (spend_text(cell.text, version) && require(is_version(view_text(cell.text)), version, "not a version"));
}

bool Checker::zones() {
  for (size_t i = 0; i < view_.Zones.size(); ++i) {
    const format::ZoneRow& row = view_.Zones[i];
    const At at{"Zones.offsets", i};
    if (!text(row.name, {"Zones.name", i}) || !range(row.offsets, view_.ZoneOffsets.size(), at, "ZoneOffsets") ||
        !spend(row.offsets.count, at) || !require(row.offsets.count >= 1, at, "no rows")) {
      return false;
    }
    const format::ZoneOffset* rows = view_.ZoneOffsets.data() + row.offsets.first;
    if (!require(rows[0].from_ns <= view_.Meta[0].horizon_from_ns, at, "starts after the horizon")) return false;
    for (uint32_t r = 0; r < row.offsets.count; ++r) {
      if (r > 0 && rows[r - 1].from_ns >= rows[r].from_ns) return fail(at, "not sorted");
      if (rows[r].offset_s < -kDaySeconds || rows[r].offset_s > kDaySeconds)
        return fail(at, "an offset of more than a day");
    }
  }
  return true;
}

// Windows may contain earlier windows, so there are no cycles; the cost of asking the last one stays within what the
// limits windows and window-steps allow.
bool Checker::windows() {
  const At all{"Windows.count", view_.Windows.size()};
  if (!require(view_.Windows.size() <= kLimitWindows, all, "more than the limit windows")) return false;
  if (!view_.Windows.empty() && !require(view_.Meta[0].horizon_from_ns < view_.Meta[0].horizon_to_ns,
                                         {"Meta.horizon_to_ns", 0}, "windows without a horizon")) {
    return false;
  }
  constexpr uint64_t kMostCost = kLimitWindows * kLimitWindowSteps;
  std::vector<uint64_t> costs(view_.Windows.size());
  for (size_t i = 0; i < view_.Windows.size(); ++i) {
    const format::WindowRow& row = view_.Windows[i];
    const At at{"Windows.steps", i};
    if (!text(row.name, {"Windows.name", i}) || !range(row.steps, view_.WindowSteps.size(), at, "WindowSteps") ||
        !index(row.steps.count, kLimitWindowSteps + 1, at, "steps") || !spend(row.steps.count, at)) {
      return false;
    }
    uint64_t cost = 1;
    for (uint32_t s = 0; s < row.steps.count; ++s) {
      const size_t own = size_t{row.steps.first} + s;
      const format::WindowStepRow& step = view_.WindowSteps[own];
      if (!window_step(step, own, i, cost)) return false;
      if (step.kind == format::StepKind::Window) cost += costs[step.window];
      if (cost > kMostCost) return fail(at, "windows within windows: too many steps");
    }
    costs[i] = cost;
  }
  return true;
}

bool Checker::window_step(const format::WindowStepRow& step, size_t i, size_t window, uint64_t& cost) {
  using format::StepKind;
  if (!word(step.kind, StepKind::Window, At{"WindowSteps.kind", i}) ||
      !flag(step.exclude, At{"WindowSteps.exclude", i}))
    return false;
  cost += 1;
  switch (step.kind) {
    case StepKind::Window:
      return index(step.window, window, At{"WindowSteps.window", i}, "window");
    case StepKind::Interval:
      return require(step.from <= step.to, At{"WindowSteps.to", i}, "before from");
    case StepKind::LocalDay:
      return index(step.zone, view_.Zones.size(), At{"WindowSteps.zone", i}, "zone") &&
             require(step.from >= -kMostDay && step.from <= kMostDay, At{"WindowSteps.from", i},
                     "a day outside 1678 to 2261");
    case StepKind::Weekly:
      break;
  }
  constexpr uint32_t kWeekMinutes = 7 * 1440;
  if (!index(step.zone, view_.Zones.size(), At{"WindowSteps.zone", i}, "zone") ||
      !range(step.minutes, view_.MinuteRanges.size(), At{"WindowSteps.minutes", i}, "MinuteRanges") ||
      !spend(step.minutes.count, At{"WindowSteps.minutes", i})) {
    return false;
  }
  cost += step.minutes.count;
  for (uint32_t m = 0; m < step.minutes.count; ++m) {
    const size_t own = size_t{step.minutes.first} + m;
    const format::MinuteRange& range = view_.MinuteRanges[own];
    if (!index(range.begin, kWeekMinutes, {"MinuteRanges.begin", own}, "minute") ||
        !require(range.begin < range.end && range.end <= range.begin + kWeekMinutes, {"MinuteRanges.end", own},
                 "not within a week after begin")) {
      return false;
    }
  }
  return true;
}

}  // namespace guardvm::load
