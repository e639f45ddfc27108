// An action as bytes that do not depend on how its record was written, nor on the order in which the schema declares.
#include <algorithm>
#include <vector>

#include "gate/digest.hpp"
#include "gate/edit.hpp"
#include "read/json_writer.hpp"
#include "read/values.hpp"

namespace guardvm::gate {

namespace {

using format::Type;

struct Canonical {
  const Bundle& bundle;
  const Action& action;

  void quoted(std::string& out, std::string_view text) const { append_json_string(out, text); }

  void scalar(std::string& out, const Slot& slot, Type type, const format::LeafRow& row) const {
    switch (type) {
      case Type::Bool:
      case Type::Presence:
        out += slot.number != 0 || type == Type::Presence ? "true" : "false";
        return;
      case Type::Int:
        out += std::to_string(slot.number);
        return;
      case Type::Decimal:
        append_decimal(out, slot.number, row.scale);
        return;
      case Type::String:
      case Type::Version:
        quoted(out, slot.string());
        return;
      case Type::Enum: {
        const format::Range words = bundle.view().Enums[row.enum_id].words;
        quoted(out, bundle.text(bundle.view().Strings[words.first + static_cast<uint32_t>(slot.number)]));
        return;
      }
      case Type::Timestamp:
      case Type::Duration: {
        std::string text;
        type == Type::Timestamp ? append_timestamp(text, slot.number) : append_duration(text, slot.number);
        quoted(out, text);
        return;
      }
      case Type::Set:
      case Type::List:
      case Type::Signal:
        return;
    }
  }

  static void join(std::string& out, std::vector<std::string>& parts, char open, char close) {
    out += open;
    for (size_t i = 0; i < parts.size(); ++i) out.append(i > 0 ? "," : "").append(parts[i]);
    out += close;
  }

  void value(std::string& out, const Slot& slot, const format::LeafRow& row) const {
    std::vector<std::string> parts;
    if (row.type == Type::Set) {
      for (uint32_t i = 0; i < slot.size; ++i)
        scalar(parts.emplace_back(), action.elements[slot.first + i], row.element, row);
      std::sort(parts.begin(), parts.end());
      join(out, parts, '[', ']');
    } else if (row.type == Type::List) {
      for (uint32_t i = 0; i < slot.size; ++i) {
        std::vector<std::string> columns;
        for (uint32_t c = 0; c < row.columns.count; ++c) {
          const format::LeafRow& column = bundle.view().Leaves[row.columns.first + c];
          const Slot& cell = action.rows[slot.first + uint64_t{i} * row.columns.count + c];
          if (cell.present == 0) continue;
          std::string& text = columns.emplace_back();
          quoted(text, bundle.text(column.path));
          text += ':';
          value(text, cell, column);
        }
        std::sort(columns.begin(), columns.end());
        join(parts.emplace_back(), columns, '{', '}');
      }
      join(out, parts, '[', ']');
    } else {
      scalar(out, slot, row.type, row);
    }
  }
};

}  // namespace

std::string canonical_action(const Bundle& bundle, const Action& action) {
  const format::KindRow& kind = bundle.view().Kinds[action.kind];
  const Canonical canonical{bundle, action};
  std::vector<std::string> lines;
  for (uint32_t i = 0; i < kind.leaves.count; ++i) {
    const format::LeafRow& row = leaf_of(bundle, kind, i);
    const bool left_out =
        i == kind.now || i == kind.approvals || row.type == Type::Signal || row.signal != format::kNone;
    if (left_out || action.slots[i].present == 0) continue;
    std::string& line = lines.emplace_back(bundle.text(row.path));
    line += '=';
    canonical.value(line, action.slots[i], row);
    line += '\n';
  }
  std::sort(lines.begin(), lines.end());
  std::string out = "guard action 1\nkind=";
  canonical.quoted(out, bundle.text(kind.name));
  out += '\n';
  for (const std::string& line : lines) out += line;
  return out;
}

}  // namespace guardvm::gate
