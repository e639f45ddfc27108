// Resolution of paths.
#include "check/operands.hpp"

#include "check/names.hpp"

namespace guard::check {

namespace {

class Resolver {
 public:
  Resolver(Context& context, const Site& site, const syntax::Operand& operand, bool quiet)
      : context_(context), site_(site), syntax_(operand), quiet_(quiet) {}

  Found find() {
    const std::string& first = syntax_.path.parts[0].text;
    if (const Variable* variable = find_variable(first)) return no_brackets() ? in_variable(*variable) : Found{};
    if (site_.parameters != nullptr) {
      const auto it = site_.parameters->find(first);
      if (it != site_.parameters->end()) return literal(it->second, nullptr);
    }
    const AttributeMap& map = context_.map(site_.kind);
    if (map.nodes.contains(first)) return no_brackets() ? attribute(map) : Found{};
    if (Symbol* symbol = site_.scope->find(first)) return in_symbol(*symbol);
    if (syntax_.path.parts.size() == 1 && syntax_.key.empty()) {
      if (first == "now") return instant();
      if (context_.words.contains(first)) {
        Found found;
        found.kind = Found::Kind::Word;
        return found;
      }
    }
    return unknown();
  }

 private:
  const Variable* find_variable(const std::string& name) const {
    for (auto it = site_.variables.rbegin(); it != site_.variables.rend(); ++it) {
      if (it->name->text == name) return &*it;
    }
    return nullptr;
  }

  Diagnostic* report(DiagId id, Span span, std::string message) {
    return quiet_ ? nullptr : &context_.report(site_, id, span, std::move(message));
  }

  bool no_brackets() {
    if (syntax_.key.empty()) return true;
    report(DiagId::MisusedName, syntax_.path.span,
           "`" + dotted(syntax_.path) + "` is not a data table; only `data` is looked up with `[ ]`");
    return false;
  }

  Found value(Operand::From from, const Type& type, uint32_t index) const {
    Found found;
    found.kind = Found::Kind::Value;
    found.operand.from = from;
    found.operand.type = type;
    found.operand.index = index;
    found.operand.span = syntax_.span;
    found.operand.text = one_line(context_.sources, syntax_.span);
    return found;
  }

  Found in_variable(const Variable& variable) {
    if (!variable.row) {
      if (syntax_.path.parts.size() == 1) return value(Operand::From::Element, variable.element, 0);
      report(DiagId::UnknownAttribute, syntax_.path.span,
             "`" + variable.name->text + "` is an element of a set and has no attributes");
      return {};
    }
    if (syntax_.path.parts.size() == 1) return record();
    const AttributeMap& rows = context_.map(site_.kind).rows.at(static_cast<uint32_t>(variable.list));
    const Leaf& list = context_.leaf(site_.kind, variable.list);
    return walk(rows, 1, Operand::From::Column, list.columns, "a row of `" + list.path + "`");
  }

  Found attribute(const AttributeMap& map) {
    const Kind& kind = context_.kind(site_.kind);
    return walk(map, 0, Operand::From::Leaf, kind.leaves, "`" + kind.name + "`");
  }

  static Found record() {
    Found found;
    found.kind = Found::Kind::Record;
    return found;
  }

  // Follows the path from part `begin` through `map`.
  Found walk(const AttributeMap& map, size_t begin, Operand::From from, const std::vector<Leaf>& leaves,
             const std::string& owner) {
    std::string path;
    const AttributeNode* node = nullptr;
    for (size_t i = begin; i < syntax_.path.parts.size(); ++i) {
      const syntax::Name& part = syntax_.path.parts[i];
      const AttributeNode* outer = node;
      const std::string outer_path = path;
      path += (path.empty() ? "" : ".") + part.text;
      node = map.find(path);
      if (node == nullptr) {
        unknown_part(map, outer, outer_path, part, owner);
        return {};
      }
      if (node->broken) return {};
    }
    if (node->leaf == kNoLeaf) {
      Found found = record();
      found.signal = node->signal;
      return found;
    }
    const auto index = static_cast<uint32_t>(node->leaf);
    Found found = value(from, leaves[index].type, index);
    found.signal = node->signal;
    return found;
  }

  void unknown_part(const AttributeMap& map, const AttributeNode* outer, const std::string& outer_path,
                    const syntax::Name& part, const std::string& owner) {
    if (outer != nullptr && !outer->record) {
      Diagnostic* diagnostic = report(DiagId::UnknownAttribute, part.span,
                                      "`" + outer_path + "` is no record, so it has no `" + part.text + "`");
      if (diagnostic != nullptr && outer->leaf != kNoLeaf && map.rows.contains(static_cast<uint32_t>(outer->leaf))) {
        diagnostic->help("ask its rows with `any x in " + outer_path + ": …`");
      }
      return;
    }
    const std::string whole = outer == nullptr ? owner : "`" + outer_path + "`";
    Diagnostic* diagnostic =
        report(DiagId::UnknownAttribute, part.span, whole + " has no attribute `" + part.text + "`");
    if (diagnostic != nullptr) suggest(*diagnostic, part.text, outer == nullptr ? map.top : outer->fields);
  }

  Found literal(const Literal& literal, Symbol* symbol) {
    if (syntax_.path.parts.size() > 1 || !syntax_.key.empty()) {
      report(DiagId::MisusedName, syntax_.span,
             "`" + syntax_.path.parts[0].text + "` is a constant and has no attributes");
      return {};
    }
    Found found;
    found.kind = Found::Kind::Literal;
    found.literal = &literal;
    found.symbol = symbol;
    return found;
  }

  Found instant() {
    const LeafId now = context_.kind(site_.kind).now;
    if (now == kNoLeaf) return {};
    return value(Operand::From::Leaf, context_.leaf(site_.kind, now).type, static_cast<uint32_t>(now));
  }

  Found in_symbol(Symbol& symbol) {
    if (!quiet_) symbol.used = true;
    switch (symbol.kind) {
      case Symbol::Kind::Let: {
        const Literal* resolved = resolve_let(context_, symbol);
        return resolved == nullptr ? Found{} : literal(*resolved, &symbol);
      }
      case Symbol::Kind::Data:
        return lookup(symbol);
      case Symbol::Kind::Define:
      case Symbol::Kind::Window:
        break;
      case Symbol::Kind::Fixture:
      case Symbol::Kind::Template:
        report(DiagId::MisusedName, syntax_.path.span,
               "`" + symbol.name.text + "` is " + symbol_word(symbol.kind) + " and has no value here");
        return {};
    }
    if (syntax_.path.parts.size() > 1 || !syntax_.key.empty()) {
      report(DiagId::MisusedName, syntax_.span,
             "`" + symbol.name.text + "` is " + symbol_word(symbol.kind) + " and has no attributes");
      return {};
    }
    Found found;
    found.kind = symbol.kind == Symbol::Kind::Define ? Found::Kind::Define : Found::Kind::Window;
    found.symbol = &symbol;
    return found;
  }

  Found lookup(const Symbol& symbol) {
    if (symbol.state != Symbol::State::Done) return {};
    const DataTable& table = context_.set.data[static_cast<uint32_t>(symbol.data)];
    if (syntax_.key.empty() || syntax_.path.parts.size() > 1) {
      Diagnostic* d = report(DiagId::MisusedName, syntax_.path.span, "`" + table.name + "` is a data table");
      if (d != nullptr) d->help("look a key up with `" + table.name + "[service]`");
      return {};
    }
    auto key = lookup_key(syntax_.key[0]);
    if (!key) return {};
    Found found = value(Operand::From::Lookup, Type{}, 0);
    found.operand.data = symbol.data;
    found.operand.key.push_back(std::move(*key));
    return field(table, std::move(found));
  }

  std::optional<Operand> lookup_key(const syntax::Operand& syntax) {
    Found key = find_operand(context_, site_, syntax, quiet_);
    if (key.kind == Found::Kind::Error) return std::nullopt;
    const char* why = nullptr;
    if (key.kind != Found::Kind::Value)
      why = "the key of a lookup is an attribute";
    else if (key.operand.from == Operand::From::Lookup)
      why = "the key of a lookup may not itself be looked up";
    else if (key.operand.type.kind != TypeKind::String)
      why = "the key of a lookup is a string";
    else if (reads_signal(context_, site_, key.operand))
      why = "the key of a lookup may not be a signal's value";
    if (why == nullptr) return std::move(key.operand);
    report(DiagId::TypeMismatch, syntax.span, why);
    return std::nullopt;
  }

  Found field(const DataTable& table, Found found) {
    const bool scalars = table.fields.size() == 1 && table.fields[0].name.empty();
    if (!syntax_.rest) {
      uint32_t index = 0;
      while (!scalars && table.fields[index].optional) ++index;  // data.cpp made sure that one is required
      found.operand.index = index;
      found.operand.type = table.fields[index].type;
      if (!scalars) {
        found.operand.type = Type{};
        found.operand.type.kind = TypeKind::Presence;
      }
      return found;
    }
    const std::string name = dotted(*syntax_.rest);
    std::vector<std::string> known;
    for (uint32_t i = 0; i < table.fields.size(); ++i) {
      if (!scalars && table.fields[i].name == name) {
        found.operand.index = i;
        found.operand.type = table.fields[i].type;
        return found;
      }
      known.push_back(table.fields[i].name);
    }
    Diagnostic* d = report(DiagId::UnknownAttribute, syntax_.rest->span,
                           scalars ? "the values of `" + table.name + "` are no records"
                                   : "the records of `" + table.name + "` have no `" + name + "`");
    if (d != nullptr && !scalars) suggest(*d, name, known);
    return {};
  }

  Found unknown() {
    const syntax::Name& first = syntax_.path.parts[0];
    const auto elsewhere = context_.attribute_kinds.find(first.text);
    if (elsewhere != context_.attribute_kinds.end()) {
      Diagnostic* d = report(DiagId::UnknownAttribute, first.span,
                             "`" + context_.kind(site_.kind).name + "` has no attribute `" + first.text + "`");
      if (d != nullptr) d->help("`" + context_.kind(elsewhere->second[0]).name + "` has it");
      return {};
    }
    Diagnostic* d = report(DiagId::UnknownName, first.span, "`" + first.text + "` is not declared");
    if (d != nullptr) suggest(*d, first.text, visible_names(context_, site_));
    return {};
  }

  Context& context_;
  const Site& site_;
  const syntax::Operand& syntax_;
  bool quiet_;
};

}  // namespace

Found find_operand(Context& context, const Site& site, const syntax::Operand& operand, bool quiet) {
  return Resolver(context, site, operand, quiet).find();
}

const Leaf* leaf_of(const Context& context, const Site& site, const Operand& operand) {
  if (operand.from == Operand::From::Leaf) return &context.leaf(site.kind, LeafId{operand.index});
  if (operand.from != Operand::From::Column) return nullptr;
  for (const Variable& variable : site.variables) {
    if (variable.row) return &context.leaf(site.kind, variable.list).columns[operand.index];
  }
  return nullptr;
}

bool reads_signal(const Context& context, const Site& site, const Operand& operand) {
  return operand.from == Operand::From::Leaf && context.leaf(site.kind, LeafId{operand.index}).signal != kNoLeaf;
}

}  // namespace guard::check
