// See signal_fit.hpp.
#include "gate/signal_fit.hpp"

#include "gate/compose.hpp"
#include "gate/edit.hpp"
#include "read/json_writer.hpp"
#include "read/reader.hpp"
#include "read/values.hpp"

namespace guardvm::gate {

namespace {

using format::Type;

// Some value of the attribute's type, as JSON.
std::string some_value(const Bundle& bundle, const format::LeafRow& row) {
  std::string out;
  switch (row.type) {
    case Type::Bool:
      return "false";
    case Type::Int:
      return std::to_string(row.min);
    case Type::Decimal:
      append_decimal(out, row.min, row.scale);
      return out;
    case Type::Enum:
      append_json_string(out, bundle.text(bundle.view().Strings[bundle.view().Enums[row.enum_id].words.first]));
      return out;
    case Type::Version:
      return "\"0.0.0\"";
    case Type::Timestamp:
      return "\"2000-01-01T00:00:00Z\"";
    case Type::Duration:
      return "\"0s\"";
    case Type::Set:
    case Type::List:
      return "[]";
    case Type::String:
    case Type::Presence:
    case Type::Signal:
      return "\"\"";
  }
  return "null";
}

}  // namespace

std::string signal_misfit(const Bundle& bundle, const format::KindRow& kind, const format::LeafRow& signal,
                          std::string_view json) {
  // All else that a record needs, since the reader tells of one error only.
  std::vector<Edit> edits{{keys_of(bundle, signal), std::string(json)}};
  for (uint32_t i = 0; i < kind.leaves.count; ++i) {
    const format::LeafRow& row = leaf_of(bundle, kind, i);
    if (row.type == Type::Signal || row.optional != 0 || row.parent != format::kNone) continue;
    edits.push_back({keys_of(bundle, row), some_value(bundle, row)});
  }
  std::string record;
  append_edited(record, JsonValue(), edits);
  Reader reader(bundle);
  Action action;
  ReadError error;
  const ReadOptions given{bundle.text(kind.name), false, 0, false};
  return reader.read(record, given, action, error) ? std::string() : read_problem(error);
}

}  // namespace guardvm::gate
