// Flattening: the record tree of a kind becomes leaves with dotted paths and places in the JSON record.
//
// An optional record gives a Presence leaf before its fields, a signal a Signal leaf before its values; a required
// record gives no leaf. Lists of records keep their row's leaves as columns.
#include <algorithm>
#include <utility>

#include "check/constants.hpp"
#include "check/schema.hpp"

namespace guard::check {

namespace {

using MarkKind = syntax::Mark::Kind;

struct Place {
  std::string prefix;       // of paths, empty or ending in "."
  std::string enum_prefix;  // names anonymous enums
  std::vector<std::string> json;
  LeafId parent = kNoLeaf;
  LeafId signal = kNoLeaf;
  bool sensitive = false;
};

class Flattener {
 public:
  // `kind` is null for a list's row.
  Flattener(Context& context, Kind* kind, std::vector<Leaf>& leaves, AttributeMap& map,
            std::vector<const syntax::RecordItem*>& open_records)
      : context_(context), kind_(kind), leaves_(leaves), map_(map), open_records_(open_records) {}

  void fields(const std::vector<syntax::Field>& fields, const Place& place, std::vector<std::string>& names) {
    for (const syntax::Field& f : fields) {
      names.push_back(f.name.text);
      field(f, place);
    }
  }

  // Two values may not stand at one place, nor one inside another, unless the outer is the record or signal around the
  // inner.
  void check_places(const std::vector<std::string>* kind_json) {
    struct Stand {
      const std::vector<std::string>* json;
      uint32_t leaf;
    };
    std::vector<Stand> stands;
    for (uint32_t i = 0; i < leaves_.size(); ++i) stands.push_back({&leaves_[i].json, i});
    constexpr uint32_t kKindItself = 0xffffffffu;
    if (kind_json != nullptr) stands.push_back({kind_json, kKindItself});
    std::stable_sort(stands.begin(), stands.end(), [](const Stand& a, const Stand& b) { return *a.json < *b.json; });
    std::vector<Stand> around;
    for (const Stand& stand : stands) {
      while (!around.empty() && !is_prefix(*around.back().json, *stand.json)) around.pop_back();
      if (!around.empty()) {
        const Stand outer = around.back();
        const bool good = outer.leaf != kKindItself && stand.leaf != kKindItself && is_ancestor(outer.leaf, stand.leaf);
        if (!good)
          conflict(stand.leaf == kKindItself ? outer.leaf : stand.leaf,
                   stand.leaf == kKindItself ? stand.leaf : outer.leaf);
      }
      around.push_back(stand);
    }
  }

 private:
  static bool is_prefix(const std::vector<std::string>& a, const std::vector<std::string>& b) {
    return a.size() <= b.size() && std::equal(a.begin(), a.end(), b.begin());
  }
  bool is_ancestor(uint32_t outer, uint32_t inner) const {
    LeafId at = leaves_[inner].parent;
    while (at != kNoLeaf) {
      if (static_cast<uint32_t>(at) == outer) return true;
      at = leaves_[static_cast<uint32_t>(at)].parent;
    }
    return false;
  }
  void conflict(uint32_t leaf, uint32_t other) {
    std::string where;
    for (const std::string& key : leaves_[leaf].json) where += "/" + key;
    const bool kind = other >= leaves_.size();
    Diagnostic& diagnostic = context_.report(DiagId::DuplicateJsonPath, leaves_[leaf].span,
                                             "`" + leaves_[leaf].path + "` stands at `" + where + "`, where " +
                                                 (kind ? "the kind" : "`" + leaves_[other].path + "`") + " stands");
    if (!kind) diagnostic.label(leaves_[other].span, "this one");
  }

  void bad(DiagId id, Span span, std::string message) { context_.report(id, span, std::move(message)); }

  std::vector<std::string> place_of(const syntax::Field& f, const Place& place) {
    std::vector<std::string> json = place.json;
    for (const syntax::Mark& mark : f.marks) {
      if (mark.kind != MarkKind::At) continue;
      if (auto keys = pointer_keys(mark.pointer.value)) {
        json.insert(json.end(), keys->begin(), keys->end());
        return json;
      }
      bad(DiagId::BadPointer, mark.pointer.span, "`" + mark.pointer.value + "` is not a JSON pointer to a key");
    }
    json.push_back(f.name.text);
    return json;
  }

  LeafId add(Leaf leaf) {
    if (leaves_.size() >= limits::kLeaves.value) context_.exceeded(limits::kLeaves, leaf.span);
    leaves_.push_back(std::move(leaf));
    return LeafId{static_cast<uint32_t>(leaves_.size() - 1)};
  }

  void field(const syntax::Field& f, const Place& place) {
    const std::string path = place.prefix + f.name.text;
    const auto [it, fresh] = map_.nodes.emplace(path, AttributeNode{});
    AttributeNode& node = it->second;
    if (!fresh) {
      context_.report(DiagId::DuplicateName, f.name.span, "`" + path + "` is already an attribute")
          .label(node.span, "first here");
      return;
    }
    node.span = f.name.span;
    node.broken = true;  // until the type turns out well
    const bool optional = f.type.kind == syntax::Type::Kind::Optional;
    const syntax::Type& type = optional ? f.type.inner[0] : f.type;
    if (optional && type.kind == syntax::Type::Kind::Optional) {
      bad(DiagId::BadType, f.type.span, "the type is optional twice");
      return;
    }
    Place inner = place;
    inner.json = place_of(f, place);
    for (const syntax::Mark& mark : f.marks) inner.sensitive = inner.sensitive || mark.kind == MarkKind::Sensitive;
    if (f.signal ? !signal(f, path, optional, type, place, inner, node) : !no_max_age(f)) return;
    node.broken = !value(f, path, optional, type, inner, node);
    if (!node.broken) marks(f, path, optional, place, node);
  }

  bool no_max_age(const syntax::Field& f) {
    if (f.max_age) bad(DiagId::BadSignal, f.max_age->span, "only a signal has a maximum age");
    return !f.max_age;
  }

  bool signal(const syntax::Field& f, const std::string& path, bool optional, const syntax::Type& type,
              const Place& place, Place& inner, AttributeNode& node) {
    const char* why = nullptr;
    if (kind_ == nullptr)
      why = "a signal may not stand in a list";
    else if (place.signal != kNoLeaf)
      why = "a signal may not stand in a signal";
    else if (place.parent != kNoLeaf)
      why = "a signal may not stand in an optional record";
    else if (optional)
      why = "a signal may always be missing; leave out the `?`";
    else if (type.kind == syntax::Type::Kind::List)
      why = "a signal may not be a list";
    else if (!f.max_age)
      why = "a signal needs a maximum age: `max age 5m`";
    if (why != nullptr) {
      bad(DiagId::BadSignal, f.name.span, why);
      return false;
    }
    const auto age = parse_duration(f.max_age->text, f.max_age->negative);
    if (!age || *age <= 0) {
      bad(DiagId::BadDuration, f.max_age->span, "a maximum age is a duration above zero");
      return false;
    }
    Leaf leaf;
    leaf.path = path;
    leaf.type.kind = TypeKind::Signal;
    leaf.sensitive = inner.sensitive;
    leaf.json = inner.json;
    leaf.max_age_ns = *age;
    leaf.span = f.name.span;
    node.signal = add(std::move(leaf));
    inner.parent = inner.signal = node.signal;
    inner.json.emplace_back("value");
    return true;
  }

  // The record behind an inline or a named record type; `name` is what anonymous enums in it are called after.
  const std::vector<syntax::Field>* record_fields(const syntax::Type& type, const syntax::RecordItem*& named) {
    named = nullptr;
    if (type.kind == syntax::Type::Kind::Record) return &type.fields;
    if (type.kind != syntax::Type::Kind::Named) return nullptr;
    const auto it = context_.records.find(type.name.text);
    if (it == context_.records.end()) return nullptr;
    named = it->second;
    return &named->fields;
  }

  bool open(const syntax::RecordItem* named, const syntax::Type& type) {
    if (named == nullptr) return true;
    if (std::find(open_records_.begin(), open_records_.end(), named) != open_records_.end()) {
      bad(DiagId::RecursiveRecord, type.span, "`" + named->name.text + "` contains itself");
      return false;
    }
    open_records_.push_back(named);
    context_.used_records.insert(named);
    return true;
  }

  bool value(const syntax::Field& f, const std::string& path, bool optional, const syntax::Type& type, Place& inner,
             AttributeNode& node) {
    Leaf leaf;
    leaf.path = path;
    leaf.optional = optional;
    leaf.sensitive = inner.sensitive;
    leaf.parent = inner.parent;
    leaf.signal = inner.signal;
    leaf.json = inner.json;
    leaf.span = f.name.span;
    const std::string enum_path = inner.enum_prefix + "." + f.name.text;
    const syntax::RecordItem* named = nullptr;
    if (const auto* record = record_fields(type, named)) {
      if (!open(named, type)) return false;
      node.record = true;
      if (optional) {
        leaf.type.kind = TypeKind::Presence;
        node.leaf = inner.parent = add(std::move(leaf));
      }
      inner.prefix = path + ".";
      inner.enum_prefix = named != nullptr ? named->name.text : enum_path;
      fields(*record, inner, node.fields);
      if (named != nullptr) open_records_.pop_back();
      return true;
    }
    if (type.kind == syntax::Type::Kind::List) return list(type, enum_path, std::move(leaf), node);
    const auto scalar = scalar_type(context_, type, enum_path);
    if (!scalar) return false;
    leaf.type = *scalar;
    node.leaf = add(std::move(leaf));
    return true;
  }

  bool list(const syntax::Type& type, const std::string& enum_path, Leaf leaf, AttributeNode& node) {
    if (kind_ == nullptr) {
      bad(DiagId::BadType, type.span, "a list may not stand in a list");
      return false;
    }
    if (leaf.signal != kNoLeaf) {
      bad(DiagId::BadSignal, type.span, "a signal may not hold a list");
      return false;
    }
    const syntax::RecordItem* named = nullptr;
    const auto* record = record_fields(type.inner[0], named);
    if (record == nullptr) {
      const size_t before = context_.diagnostics.error_count();
      const auto scalar = scalar_type(context_, type.inner[0], enum_path);
      if (scalar || context_.diagnostics.error_count() == before) {
        bad(DiagId::BadType, type.inner[0].span,
            scalar ? "a list holds records; for scalars write `set<…>`" : "a list holds records");
      }
      return false;
    }
    if (!open(named, type.inner[0])) return false;
    leaf.type.kind = TypeKind::List;
    node.leaf = LeafId{static_cast<uint32_t>(leaves_.size())};
    AttributeMap& row = map_.rows[static_cast<uint32_t>(node.leaf)];
    Flattener flattener(context_, nullptr, leaf.columns, row, open_records_);
    Place place;
    place.enum_prefix = named != nullptr ? named->name.text : enum_path;
    place.sensitive = leaf.sensitive;
    flattener.fields(*record, place, row.top);
    flattener.check_places(nullptr);
    if (named != nullptr) open_records_.pop_back();
    add(std::move(leaf));
    return true;
  }

  // ---- marks ----
  void marks(const syntax::Field& f, const std::string& path, bool optional, const Place& place,
             const AttributeNode& node) {
    for (const syntax::Mark& mark : f.marks) {
      if (mark.kind == MarkKind::At || mark.kind == MarkKind::Sensitive) continue;
      if (kind_ == nullptr || place.parent != kNoLeaf) {
        bad(DiagId::BadMark, mark.span, "this mark may not stand in a list, a signal or an optional record");
        continue;
      }
      switch (mark.kind) {
        case MarkKind::Now:
          mark_now(mark, optional, node);
          break;
        case MarkKind::Identity:
          mark_identity(mark, path, optional, node);
          break;
        case MarkKind::Approvals:
          mark_approvals(mark, optional, node);
          break;
        case MarkKind::BreakGlass:
          mark_break_glass(mark, path, optional, node);
          break;
        case MarkKind::At:
        case MarkKind::Sensitive:
          break;
      }
    }
  }

  bool has_type(LeafId id, TypeKind kind) const {
    return id != kNoLeaf && leaves_[static_cast<uint32_t>(id)].type.kind == kind;
  }
  void once(LeafId& slot, LeafId leaf, const syntax::Mark& mark, const char* name) {
    if (slot != kNoLeaf) {
      context_
          .report(DiagId::DuplicateMark, mark.span,
                  "`" + kind_->name + "` already has an attribute marked `" + name + "`")
          .label(leaves_[static_cast<uint32_t>(slot)].span, "this one");
      return;
    }
    slot = leaf;
  }

  void mark_now(const syntax::Mark& mark, bool optional, const AttributeNode& node) {
    if (optional || node.signal != kNoLeaf || !has_type(node.leaf, TypeKind::Timestamp)) {
      bad(DiagId::BadMark, mark.span, "the decision's instant is a required timestamp");
      return;
    }
    once(kind_->now, node.leaf, mark, "now");
  }

  void mark_identity(const syntax::Mark& mark, const std::string& path, bool optional, const AttributeNode& node) {
    LeafId leaf = node.leaf;
    if (mark.path) {
      const AttributeNode* inner = map_.find(path + "." + dotted(*mark.path));
      leaf = inner == nullptr || inner->signal != kNoLeaf ? kNoLeaf : inner->leaf;
    }
    const bool plain = has_type(leaf, TypeKind::String) && !leaves_[static_cast<uint32_t>(leaf)].optional &&
                       leaves_[static_cast<uint32_t>(leaf)].parent == kNoLeaf;
    if (optional || node.signal != kNoLeaf || !plain) {
      bad(DiagId::BadMark, mark.span, "who acts is a required string: `identity`, or `identity id` on a record");
      return;
    }
    once(kind_->actor, leaf, mark, "identity");
  }

  void mark_approvals(const syntax::Mark& mark, bool optional, const AttributeNode& node) {
    if (optional || !has_type(node.leaf, TypeKind::List)) {
      bad(DiagId::BadMark, mark.span, "approvals are a required list of records");
      return;
    }
    const AttributeMap& row = map_.rows[static_cast<uint32_t>(node.leaf)];
    const Leaf& list = leaves_[static_cast<uint32_t>(node.leaf)];
    uint32_t columns[3] = {0, 0, 0};
    const TypeKind wanted[3] = {TypeKind::String, TypeKind::Set, TypeKind::Timestamp};
    const char* words[3] = {"the person, a required string", "the groups, a required set<string>",
                            "the time, a required timestamp"};
    for (size_t i = 0; i < 3; ++i) {
      const AttributeNode* column = row.find(mark.fields[i].text);
      const bool found = column != nullptr && column->leaf != kNoLeaf;
      const Leaf* leaf = found ? &list.columns[static_cast<uint32_t>(column->leaf)] : nullptr;
      if (leaf == nullptr || leaf->optional || leaf->type.kind != wanted[i] ||
          (wanted[i] == TypeKind::Set && leaf->type.element != TypeKind::String)) {
        if (column == nullptr || !column->broken) {
          bad(DiagId::BadMark, mark.fields[i].span, "`" + mark.fields[i].text + "` is not " + words[i] + " of the row");
        }
        return;
      }
      columns[i] = static_cast<uint32_t>(column->leaf);
    }
    if (kind_->approvals == kNoLeaf) {
      kind_->approval_by = columns[0];
      kind_->approval_groups = columns[1];
      kind_->approval_at = columns[2];
    }
    once(kind_->approvals, node.leaf, mark, "approvals");
  }

  void mark_break_glass(const syntax::Mark& mark, const std::string& path, bool optional, const AttributeNode& node) {
    if (!optional || !has_type(node.leaf, TypeKind::Presence)) {
      bad(DiagId::BadMark, mark.span, "break glass is an optional record");
      return;
    }
    LeafId found[3] = {kNoLeaf, kNoLeaf, kNoLeaf};
    const TypeKind wanted[3] = {TypeKind::String, TypeKind::String, TypeKind::Timestamp};
    const char* words[3] = {"the person, a required string", "the reason, a required string",
                            "the time, a required timestamp"};
    for (size_t i = 0; i < 3; ++i) {
      const AttributeNode* inner = map_.find(path + "." + mark.fields[i].text);
      if (inner != nullptr) found[i] = inner->leaf;
      if (!has_type(found[i], wanted[i]) || leaves_[static_cast<uint32_t>(found[i])].optional) {
        if (inner == nullptr || !inner->broken) {
          bad(DiagId::BadMark, mark.fields[i].span,
              "`" + mark.fields[i].text + "` is not " + words[i] + " of the record");
        }
        return;
      }
    }
    if (kind_->break_glass == kNoLeaf) {
      kind_->break_glass_by = found[0];
      kind_->break_glass_reason = found[1];
      kind_->break_glass_at = found[2];
    }
    once(kind_->break_glass, node.leaf, mark, "break glass");
  }

  Context& context_;
  Kind* kind_;
  std::vector<Leaf>& leaves_;
  AttributeMap& map_;
  std::vector<const syntax::RecordItem*>& open_records_;
};

}  // namespace

void check_unused_record(Context& context, const syntax::RecordItem& item) {
  if (!context.used_records.insert(&item).second) return;
  Kind kind;
  AttributeMap map;
  std::vector<const syntax::RecordItem*> open_records = {&item};
  Flattener flattener(context, &kind, kind.leaves, map, open_records);
  Place place;
  place.enum_prefix = item.name.text;
  flattener.fields(item.fields, place, map.top);
}

void flatten_kind(Context& context, KindId id, const std::vector<const syntax::ActionItem*>& common,
                  const syntax::ActionItem& action) {
  Kind& kind = context.kind(id);
  AttributeMap& map = context.attributes[static_cast<uint32_t>(id)];
  std::vector<const syntax::RecordItem*> open_records;
  const size_t before = context.diagnostics.error_count();
  Flattener flattener(context, &kind, kind.leaves, map, open_records);
  Place place;
  place.enum_prefix = "action";
  for (const syntax::ActionItem* block : common) flattener.fields(block->fields, place, map.top);
  place.enum_prefix = kind.name;
  flattener.fields(action.fields, place, map.top);
  flattener.check_places(&context.set.kind_json);
  for (const std::string& name : map.top) context.attribute_kinds[name].push_back(id);
  // A timestamp that is broken for another reason may have been the marked one.
  if (kind.now == kNoLeaf && context.diagnostics.error_count() == before) {
    context
        .report(DiagId::MissingInstant, kind.span, "`" + kind.name + "` marks no timestamp as the decision's instant")
        .help("write `time: timestamp now`, in the common `action { … }` for all kinds");
  }
}

}  // namespace guard::check
