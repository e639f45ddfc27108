// Record literals in two steps: merge what `with` says into what it is said of, then write it as the schema wants it.
#include "check/fixtures.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "check/constants.hpp"
#include "check/json_tree.hpp"
#include "check/names.hpp"

namespace guard::check {

namespace {

struct Tree;
struct Part {
  syntax::Name name;
  bool missing = false;
  const syntax::Value* value = nullptr;  // unless missing
  Scope* scope = nullptr;                // where it was written
  std::optional<syntax::Scalar> as_of;
  std::shared_ptr<const Tree> record;  // the value, when it is a record
};
struct Tree {
  std::optional<KindId> kind;
  std::vector<Part> parts;
  Span span;
  [[nodiscard]] const Part* find(const std::string& name) const {
    for (const Part& part : parts) {
      if (part.name.text == name) return &part;
    }
    return nullptr;
  }
};
using TreePtr = std::shared_ptr<const Tree>;

class Merger {
 public:
  explicit Merger(Context& context) : context_(context) {}

  TreePtr record(Scope& scope, const syntax::Record& syntax) {
    auto tree = std::make_shared<Tree>();
    if (syntax.head) {
      const auto kind = context_.kinds.find(syntax.head->text);
      Symbol* symbol = scope.find(syntax.head->text);
      if (kind != context_.kinds.end()) {
        if (syntax.with)
          context_.report(DiagId::MisusedName, syntax.head->span,
                          "`with` changes a fixture, and `" + syntax.head->text + "` is a kind");
        tree->kind = kind->second;
      } else if (symbol != nullptr && symbol->kind == Symbol::Kind::Fixture) {
        const TreePtr base = fixture(*symbol);
        if (base == nullptr) return nullptr;
        *tree = *base;
        if (syntax.braces && !syntax.with) {
          context_.report(DiagId::BadRecord, syntax.head->span,
                          "`" + syntax.head->text + "` is a fixture; change it with `with { … }`");
          return nullptr;
        }
      } else {
        unknown_head(scope, *syntax.head);
        return nullptr;
      }
    }
    tree->span = syntax.span;
    return add_entries(scope, syntax.entries, *tree) ? tree : nullptr;
  }

  TreePtr fixture(Symbol& symbol) {
    symbol.used = true;
    if (symbol.state == Symbol::State::Broken) return nullptr;
    if (symbol.state == Symbol::State::Working) {
      context_.report(DiagId::RecursiveDefinition, symbol.name.span, "`" + symbol.name.text + "` is made from itself");
      symbol.state = Symbol::State::Broken;
      return nullptr;
    }
    symbol.state = Symbol::State::Working;
    TreePtr tree = record(*symbol.scope, std::get<syntax::FixtureItem>(symbol.item->node).record);
    symbol.state = tree == nullptr ? Symbol::State::Broken : Symbol::State::Done;
    return tree;
  }

  // The record that a value is; null when it is none (`good` stays) or was reported (`good` becomes false).
  TreePtr record_value(Scope& scope, const syntax::Value& value, bool& good) {
    TreePtr tree;
    if (value.kind == syntax::Value::Kind::Record) {
      tree = record(scope, *value.record);
    } else if (value.kind == syntax::Value::Kind::Name && value.path.parts.size() == 1) {
      Symbol* symbol = scope.find(value.path.parts[0].text);
      if (symbol == nullptr || symbol->kind != Symbol::Kind::Fixture) return nullptr;
      tree = fixture(*symbol);
    } else {
      return nullptr;
    }
    good = good && tree != nullptr;
    return tree;
  }

 private:
  void unknown_head(const Scope& scope, const syntax::Name& head) {
    Diagnostic& diagnostic =
        context_.report(DiagId::UnknownName, head.span, "there is no action kind or fixture `" + head.text + "`");
    std::vector<std::string> known;
    for (const Kind& kind : context_.set.kinds) known.push_back(kind.name);
    for (const Scope* s = &scope; s != nullptr; s = s->outer) {
      for (const Symbol* symbol : s->order) {
        if (symbol->kind == Symbol::Kind::Fixture) known.push_back(symbol->name.text);
      }
    }
    suggest(diagnostic, head.text, known);
  }

  bool add_entries(Scope& scope, const std::vector<syntax::Entry>& entries, Tree& tree) {
    bool good = true;
    std::vector<std::string> seen;
    for (const syntax::Entry& entry : entries) {
      if (std::find(seen.begin(), seen.end(), entry.name.text) != seen.end()) {
        context_.report(DiagId::BadRecord, entry.name.span, "`" + entry.name.text + "` is given twice");
        good = false;
        continue;
      }
      seen.push_back(entry.name.text);
      Part part;
      part.name = entry.name;
      part.missing = entry.missing;
      part.scope = &scope;
      part.as_of = entry.as_of;
      if (!entry.missing) {
        part.value = &entry.value[0];
        part.record = record_value(scope, entry.value[0], good);
      }
      put(tree, std::move(part));
    }
    return good;
  }

  // A record without a head changes the attributes that it names; anything else replaces.
  static void put(Tree& tree, Part part) {
    const auto old = std::find_if(tree.parts.begin(), tree.parts.end(),
                                  [&](const Part& p) { return p.name.text == part.name.text; });
    if (old == tree.parts.end()) {
      tree.parts.push_back(std::move(part));
      return;
    }
    const bool plain =
        part.record != nullptr && part.value->kind == syntax::Value::Kind::Record && !part.value->record->head;
    if (plain && old->record != nullptr && !old->missing) {
      auto merged = std::make_shared<Tree>(*old->record);
      for (const Part& inner : part.record->parts) put(*merged, inner);
      merged->span = part.record->span;
      part.record = std::move(merged);
      if (!part.as_of) part.as_of = old->as_of;
    }
    *old = std::move(part);
  }

  Context& context_;
};

// Writes a tree as JSON, against the attribute map of a kind or of a list's row.
class Writer {
 public:
  Writer(Context& context, KindId kind, bool complete) : context_(context), kind_(kind), complete_(complete) {}

  std::optional<std::string> action(const Tree& tree) {
    Json root = Json::object();
    root.at(context_.set.kind_json) = Json::string(context_.kind(kind_).name);
    fields(tree, context_.map(kind_), context_.kind(kind_).leaves, "", root, context_.map(kind_).top);
    for (const auto& [leaf, span] : waiting_) {
      if (instant_.empty()) {
        if (complete_) bad(DiagId::NeedsAsOf, span, "the signal has no `as of`, and the record no instant");
        continue;
      }
      std::vector<std::string> keys = context_.leaf(kind_, leaf).json;
      keys.emplace_back("as_of");
      root.at(keys) = Json::string(instant_);
    }
    if (!good_) return std::nullopt;
    return print_json(root);
  }

 private:
  Diagnostic& bad(DiagId id, Span span, std::string message) {
    good_ = false;
    return context_.report(id, span, std::move(message));
  }

  void fields(const Tree& tree, const AttributeMap& map, const std::vector<Leaf>& leaves, const std::string& prefix,
              Json& root, const std::vector<std::string>& known) {
    for (const Part& part : tree.parts) {
      const std::string path = prefix + part.name.text;
      const AttributeNode* node = map.find(path);
      if (node == nullptr) {
        Diagnostic& diagnostic =
            bad(DiagId::UnknownAttribute, part.name.span, "there is no attribute `" + path + "` here");
        suggest(diagnostic, part.name.text, known);
        continue;
      }
      if (node->broken) {
        good_ = false;
        continue;
      }
      if (!part.missing) field(part, path, *node, map, leaves, root);
    }
  }

  void field(const Part& part, const std::string& path, const AttributeNode& node, const AttributeMap& map,
             const std::vector<Leaf>& leaves, Json& root) {
    if (node.signal == kNoLeaf && part.as_of)
      bad(DiagId::BadRecord, part.as_of->span, "`" + path + "` is not a signal");
    value(part, path, node, map, leaves, root);
    if (node.signal != kNoLeaf) signal(part, leaves[static_cast<uint32_t>(node.signal)], node.signal, root);
  }

  void value(const Part& part, const std::string& path, const AttributeNode& node, const AttributeMap& map,
             const std::vector<Leaf>& leaves, Json& root) {
    if (node.record) {
      record(part, path, node, map, leaves, root);
      return;
    }
    const Leaf& leaf = leaves[static_cast<uint32_t>(node.leaf)];
    if (part.record != nullptr) {
      bad(DiagId::BadRecord, part.value->span,
          "`" + path + "` is `" + type_name(context_, leaf.type) + "`, not a record");
    } else if (leaf.type.kind == TypeKind::List) {
      root.at(leaf.json) = list(part, leaf, map.rows.at(static_cast<uint32_t>(node.leaf)));
    } else {
      const auto json = constant(part, leaf.type);
      if (!json) return;
      root.at(leaf.json) = *json;
      if (&leaves == &context_.kind(kind_).leaves && node.leaf == context_.kind(kind_).now) instant_ = json->text;
    }
  }

  void signal(const Part& part, const Leaf& leaf, LeafId id, Json& root) {
    std::vector<std::string> keys = leaf.json;
    if (!part.as_of) {
      waiting_.emplace_back(id, part.value->span);
      return;
    }
    const auto ns = parse_timestamp(part.as_of->text);
    if (!ns) {
      bad(DiagId::BadTimestamp, part.as_of->span, "`" + part.as_of->text + "` is not a timestamp of 1678 to 2261");
      return;
    }
    keys.emplace_back("as_of");
    root.at(keys) = Json::string(timestamp_text(*ns));
  }

  void record(const Part& part, const std::string& path, const AttributeNode& node, const AttributeMap& map,
              const std::vector<Leaf>& leaves, Json& root) {
    const bool empty = part.value->kind == syntax::Value::Kind::Set && part.value->elements.empty();
    if (part.record == nullptr && !empty) {
      bad(DiagId::BadRecord, part.value->span, "`" + path + "` is a record: write `{ name: value, … }` or a fixture");
      return;
    }
    if (part.record != nullptr && part.record->kind) {
      bad(DiagId::BadRecord, part.value->span, "`" + path + "` is a record, not an action");
      return;
    }
    if (node.signal != kNoLeaf) {  // the value is there even when it has no attributes
      std::vector<std::string> keys = leaves[static_cast<uint32_t>(node.signal)].json;
      keys.emplace_back("value");
      root.at(keys) = Json::object();
    } else if (node.leaf != kNoLeaf) {
      root.at(leaves[static_cast<uint32_t>(node.leaf)].json) = Json::object();
    }
    if (part.record != nullptr) fields(*part.record, map, leaves, path + ".", root, node.fields);
  }

  Json list(const Part& part, const Leaf& leaf, const AttributeMap& rows) {
    Json json = Json::array();
    if (part.value->kind != syntax::Value::Kind::List) {
      bad(DiagId::BadRecord, part.value->span, "`" + leaf.path + "` is a list: write `[ … ]`");
      return json;
    }
    for (const syntax::Value& element : part.value->elements) {
      Merger merger(context_);
      const TreePtr row = merger.record_value(*part.scope, element, good_);
      if (row == nullptr) {
        if (good_) bad(DiagId::BadRecord, element.span, "a row of `" + leaf.path + "` is a record");
        continue;
      }
      if (row->kind) {
        bad(DiagId::BadRecord, element.span, "a row of `" + leaf.path + "` is a record, not an action");
        continue;
      }
      Json object = Json::object();
      fields(*row, rows, leaf.columns, "", object, rows.top);
      json.items.push_back(std::move(object));
    }
    return json;
  }

  std::optional<Json> constant(const Part& part, const Type& type) {
    Site site;
    site.scope = part.scope;
    if (part.value->kind == syntax::Value::Kind::List) {
      Diagnostic& diagnostic =
          bad(DiagId::BadRecord, part.value->span, "`" + type_name(context_, type) + "` is needed here, found a list");
      if (type.kind == TypeKind::Set) diagnostic.help("a set is written in braces: `{ … }`");
      return std::nullopt;
    }
    const auto literal = literal_of(context_, site, *part.value, true);
    if (!literal) {
      good_ = false;
      return std::nullopt;
    }
    if (type.kind != TypeKind::Set) return scalar(site, *literal, type, part.value->span);
    if (literal->kind != Literal::Kind::Set) {
      bad(DiagId::BadRecord, part.value->span,
          "`" + type_name(context_, type) + "` is needed here, found `" + std::string(literal_kind(*literal)) + "`");
      return std::nullopt;
    }
    Json json = Json::array();
    for (const Literal& element : literal->elements) {
      if (auto value = scalar(site, element, element_type(type), part.value->span))
        json.items.push_back(std::move(*value));
    }
    return json;
  }

  std::optional<Json> scalar(const Site& site, const Literal& literal, const Type& type, Span use) {
    if (!in_range(literal, type, use)) return std::nullopt;
    const auto constant = coerce(context_, site, literal, type, use);
    if (!constant) {
      good_ = false;
      return std::nullopt;
    }
    switch (type.kind) {
      case TypeKind::Bool:
        return Json::boolean(constant->number != 0);
      case TypeKind::Int:
        return Json::number(std::to_string(constant->number));
      case TypeKind::Decimal:
        return Json::number(decimal_text(constant->number, type.scale));
      case TypeKind::String:
      case TypeKind::Version:
        return Json::string(constant->text);
      case TypeKind::Enum:
        return Json::string(context_.enum_type(type.enum_id).words[static_cast<size_t>(constant->number)]);
      case TypeKind::Timestamp:
        return Json::string(timestamp_text(constant->number));
      case TypeKind::Duration:
        return Json::string(duration_text(constant->number));
      case TypeKind::Set:
      case TypeKind::List:
      case TypeKind::Presence:
      case TypeKind::Signal:
        break;
    }
    return std::nullopt;
  }

  bool in_range(const Literal& literal, const Type& type, Span use) {
    const bool number = literal.kind == Literal::Kind::Int || literal.kind == Literal::Kind::Decimal;
    if (!number || !is_number(type) || (literal.kind == Literal::Kind::Decimal && type.kind == TypeKind::Int))
      return true;
    if (literal.scale > type.scale) return true;  // coerce says what is wrong
    const auto value = rescale({literal.number, literal.scale}, type.scale);
    if (value && *value >= type.min && *value <= type.max) return true;
    const bool written_here =
        literal.span.file == use.file && literal.span.begin >= use.begin && literal.span.end <= use.end;
    bad(DiagId::BadRecord, written_here ? literal.span : use,
        "`" + literal_text(literal) + "` is outside `" + type_text(context_, type) + "`")
        .help("to test bad input, write the record as text: `given json \"…\"`");
    return false;
  }

  Context& context_;
  KindId kind_;
  bool complete_;
  std::string instant_;
  std::vector<std::pair<LeafId, Span>> waiting_;  // signals without `as of`
  bool good_ = true;
};

}  // namespace

std::optional<std::string> record_json(Context& context, Scope& scope, const syntax::Record& record) {
  const TreePtr tree = Merger(context).record(scope, record);
  if (tree == nullptr) return std::nullopt;
  if (!tree->kind) {
    context.report(DiagId::BadRecord, record.span, "the record does not say of which kind it is")
        .help("write `given deploy { … }`, or a fixture of a kind");
    return std::nullopt;
  }
  return Writer(context, *tree->kind, true).action(*tree);
}

void check_fixtures(Context& context) {
  const auto check = [&](Scope& scope) {
    for (Symbol* symbol : scope.order) {
      if (symbol->kind != Symbol::Kind::Fixture) continue;
      const bool used = symbol->used;
      const TreePtr tree = Merger(context).fixture(*symbol);
      symbol->used = used;
      if (tree != nullptr && tree->kind) (void)Writer(context, *tree->kind, false).action(*tree);
    }
  };
  check(context.schema_scope);
  for (const auto& scope : context.policies) check(*scope);
}

}  // namespace guard::check
