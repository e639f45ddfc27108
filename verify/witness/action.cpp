// An action as JSON from the values of a solution. Objects are made along each leaf's keys, in order of declaration.
#include <algorithm>
#include <memory>
#include <utility>

#include "read/values.hpp"
#include "verify/solve/free_texts.hpp"
#include "verify/witness/witness.hpp"

namespace guard::verify {
namespace {

constexpr int64_t kSecond = 1'000'000'000;

std::string quoted(std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += "\\u00";
      out += kHex[static_cast<unsigned char>(c) >> 4];
      out += kHex[static_cast<unsigned char>(c) & 15];
    } else {
      out += c;
    }
  }
  return out + "\"";
}

// A JSON value under construction: a text, or an object whose keys keep their order.
struct Tree {
  std::string text;
  std::vector<std::pair<std::string, std::unique_ptr<Tree>>> members;

  Tree& at(const std::string& key) {
    for (auto& [own, child] : members) {
      if (own == key) return *child;
    }
    members.emplace_back(key, std::make_unique<Tree>());
    return *members.back().second;
  }
  void write(std::string& out) const {
    if (members.empty()) {
      out += text.empty() ? "{}" : text;
      return;
    }
    out += '{';
    for (size_t i = 0; i < members.size(); ++i) {
      if (i > 0) out += ',';
      out += quoted(members[i].first) + ":";
      members[i].second->write(out);
    }
    out += '}';
  }
};

class Writer {
 public:
  Writer(KindModel& model, const Grounding& grounding, const Assignment& solution)
      : model_(model),
        grounding_(grounding),
        solution_(solution),
        bundle_(model.world().bundle),
        texts_(texts_of(grounding.problem, solution)) {}

  std::string write() {
    Tree root;
    const format::View& view = bundle_.view();
    place(root, view.Meta[0].kind_json).text = quoted(bundle_.text(model_.row().name));
    now_ns_ = number_of(model_.now_site(), kNoRow, model_.world().as_of);
    for (uint32_t i = 0; i < model_.row().leaves.count; ++i) write_leaf(root, SiteId{i}, kNoRow);
    std::string out;
    root.write(out);
    return out;
  }

 private:
  Tree& place(Tree& root, format::Range keys) {
    Tree* at = &root;
    for (uint32_t i = 0; i < keys.count; ++i) {
      at = &at->at(std::string(bundle_.text(bundle_.view().Strings[keys.first + i])));
    }
    return *at;
  }

  // The group's value that the solution gives a site, or nullptr.
  const GroupValue* value_of(SiteId site, uint32_t row) const {
    const Grounding::Instance* own = grounding_.find(site, row);
    if (own != nullptr && own->fixed != kNoRow) return &grounding_.groups[own->group][own->fixed];
    if (own == nullptr || own->variable == kNoRow) return nullptr;
    const Variable& variable = grounding_.problem.variables[own->variable];
    const uint32_t value = solution_.values[own->variable], offset = variable.absent ? 1 : 0;
    return value < offset ? nullptr : &grounding_.groups[own->group][value - offset];
  }

  Value given(const GroupValue& value) const {
    if (value.text == kNoRow) return value.value;
    return {true, 0, texts_[value.text]};
  }

  bool present(SiteId site, uint32_t row) const {
    const Site& own = model_.site(site);
    const Grounding::Instance* at = grounding_.find(site, row);
    if (own.kind == SiteKind::Signal) return at == nullptr || state_of(site, row) != SignalState::Missing;
    if (at != nullptr && at->variable != kNoRow) {
      if (own.kind == SiteKind::Set || own.kind == SiteKind::List) return solution_.values[at->variable] == 1;
      return value_of(site, row) != nullptr;
    }
    if (at != nullptr) return true;
    return !own.optional && (own.parent == kNoSite || present(own.parent, row));
  }

  SignalState state_of(SiteId site, uint32_t row) const {
    const GroupValue* value = value_of(site, row);
    return value == nullptr ? SignalState::Fresh : static_cast<SignalState>(value->value.number);
  }

  int64_t number_of(SiteId site, uint32_t row, int64_t otherwise) const {
    const GroupValue* value = value_of(site, row);
    if (value == nullptr) return otherwise;
    const uint32_t variable = grounding_.find(site, row)->variable;
    if (variable == kNoRow) return value->value.number;
    const auto exact = solution_.exact.find(variable);
    if (exact != solution_.exact.end()) return exact->second;
    const bool own_number = !grounding_.problem.variables[variable].intervals.empty();
    return own_number ? solution_.numbers[variable] : value->value.number;
  }

  void write_leaf(Tree& root, SiteId site, uint32_t row) {
    if (!present(site, row)) return;
    const Site& own = model_.site(site);
    const format::LeafRow& leaf = model_.leaf(site);
    Tree& at = place(root, leaf.json);
    switch (own.kind) {
      case SiteKind::Presence:
        return;  // Its attributes fill it.
      case SiteKind::Signal:
        at.at("value");
        at.at("as_of").text = signal_time(leaf, state_of(site, row));
        return;
      case SiteKind::Set:
        at.text = set_text(site, row);
        return;
      case SiteKind::List:
        at.text = list_text(site);
        return;
      default:
        at.text = scalar_text(site, row);
        return;
    }
  }

  std::string timestamp(int64_t ns) const {
    std::string text;
    guardvm::append_timestamp(text, ns);
    return quoted(text);
  }

  std::string signal_time(const format::LeafRow& leaf, SignalState state) const {
    if (state == SignalState::Fresh) return timestamp(now_ns_);
    const __int128 stale = static_cast<__int128>(now_ns_) - leaf.max_age_ns - kSecond;
    if (stale > guardvm::kFirstInstant_ns) return timestamp(static_cast<int64_t>(stale));
    return timestamp(now_ns_ + kSecond);  // Too old for a timestamp: one from the future is stale too.
  }

  std::string value_text(const format::LeafRow& leaf, format::Type type, const Value& value) const {
    std::string text;
    switch (type) {
      case format::Type::Bool:
        return value.number != 0 ? "true" : "false";
      case format::Type::Decimal:
        guardvm::append_decimal(text, value.number, leaf.scale);
        return text;
      case format::Type::String:
      case format::Type::Version:
        return quoted(value.text);
      case format::Type::Enum: {
        const format::Range words = bundle_.view().Enums[leaf.enum_id].words;
        return quoted(bundle_.text(bundle_.view().Strings[words.first + static_cast<uint32_t>(value.number)]));
      }
      case format::Type::Timestamp:
        return timestamp(value.number);
      case format::Type::Duration:
        guardvm::append_duration(text, value.number);
        return quoted(text);
      default:
        return std::to_string(value.number);
    }
  }

  std::string scalar_text(SiteId site, uint32_t row) {
    const format::LeafRow& leaf = model_.leaf(site);
    if (site == model_.now_site()) return timestamp(now_ns_);
    if (const GroupValue* own = value_of(site, row); own != nullptr) {
      Value value = given(*own);
      value.number = number_of(site, row, value.number);
      if (model_.site(site).age) value.number = now_ns_ - value.number;
      return value_text(leaf, leaf.type, value);
    }
    // Nothing depends on it.
    Value plain{true, 0, {}};
    if (leaf.type == format::Type::Int || leaf.type == format::Type::Decimal) {
      plain.number = std::clamp<int64_t>(0, leaf.min, leaf.max);
    } else if (leaf.type == format::Type::Timestamp) {
      plain.number = now_ns_;
    } else if (leaf.type == format::Type::String) {
      plain.text = model_.domain(site).members(0, 1)[0].text;
    } else if (leaf.type == format::Type::Version) {
      plain.text = "1.0.0";
    }
    return value_text(leaf, leaf.type, plain);
  }

  std::string set_text(SiteId site, uint32_t row) {
    const Grounding::Instance* own = grounding_.find(site, row);
    if (own == nullptr) return "[]";
    std::string out = "[";
    const format::LeafRow& leaf = model_.leaf(site);
    if (own->fixed != kNoRow) {
      return out + value_text(leaf, leaf.element, given(grounding_.groups[own->group][own->fixed])) + "]";
    }
    for (uint32_t i = 0; i < own->flags; ++i) {
      if (solution_.values[own->first_flag + i] == 0) continue;
      if (out.size() > 1) out += ',';
      out += value_text(leaf, leaf.element, given(grounding_.groups[own->group][i]));
    }
    return out + "]";
  }

  std::string list_text(SiteId site) {
    const Grounding::Instance* own = grounding_.find(site, kNoRow);
    if (own == nullptr) return "[]";
    std::string out = "[";
    for (uint32_t r = 0; r < own->flags; ++r) {
      if (solution_.values[own->first_flag + r] == 0) continue;
      if (out.size() > 1) out += ',';
      Tree row;
      const uint32_t columns = model_.leaf(site).columns.count;
      for (uint32_t c = 0; c < columns; ++c) write_leaf(row, model_.column_site(site, c), r);
      row.write(out);
    }
    return out + "]";
  }

  KindModel& model_;
  const Grounding& grounding_;
  const Assignment& solution_;
  const guardvm::Bundle& bundle_;
  const std::vector<std::string> texts_;  // of the problem's free texts
  int64_t now_ns_ = 0;
};

}  // namespace

std::string action_json(KindModel& model, const Grounding& grounding, const Assignment& solution) {
  return Writer(model, grounding, solution).write();
}

}  // namespace guard::verify
