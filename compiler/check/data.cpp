// Reading of data tables. What does not fit is reported once per file, with the places as JSON pointers.
#include "check/data.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "check/constants.hpp"
#include "check/json_tree.hpp"
#include "check/schema.hpp"

namespace guard::check {

namespace {

std::string pointer_part(const std::string& key) {
  std::string out = "/";
  for (char c : key) out += c == '~' ? std::string("~0") : c == '/' ? std::string("~1") : std::string(1, c);
  return out;
}

class TableBuilder {
 public:
  TableBuilder(Context& context, Symbol& symbol)
      : context_(context), symbol_(symbol), item_(std::get<syntax::DataItem>(symbol.item->node)) {}

  void build() {
    symbol_.state = Symbol::State::Broken;
    table_.name = item_.name.text;
    table_.policy = symbol_.scope->policy;
    table_.file = item_.file.value;
    table_.span = symbol_.item->span;
    const bool typed = key_type() && value_type();
    bool readable = false;
    const std::string& text = context_.read(symbol_.item->span.file, item_.file, readable);
    if (!typed || !readable) return;
    table_.sha256 = sha256_hex(text);
    const Result<Json> json = parse_json(text);
    if (!json.ok()) {
      problem("", json.error());
    } else {
      rows(json.value());
    }
    if (problems_.empty()) {
      symbol_.state = Symbol::State::Done;
      symbol_.data = DataId{static_cast<uint32_t>(context_.set.data.size())};
      context_.set.data.push_back(std::move(table_));
      return;
    }
    Diagnostic& diagnostic = context_.report(DiagId::BadData, item_.file.span,
                                             "`" + item_.file.value + "` does not fit its type: " + problems_[0]);
    for (size_t i = 1; i < problems_.size() && i < kShownProblems; ++i) diagnostic.help("and " + problems_[i]);
    if (problems_.size() > kShownProblems)
      diagnostic.help("and " + std::to_string(problems_.size() - kShownProblems) + " more");
  }

 private:
  static constexpr size_t kShownProblems = 5;

  void problem(const std::string& pointer, const std::string& what) {
    problems_.push_back(pointer.empty() ? what : "at `" + pointer + "`, " + what);
  }

  bool key_type() {
    const bool string = item_.key.kind == syntax::Type::Kind::Named && item_.key.name.text == "string";
    if (!string) context_.report(DiagId::BadType, item_.key.span, "the keys of a data table are strings");
    return string;
  }

  bool value_type() {
    if (const auto* fields = record_fields()) {
      std::set<std::string> seen;
      bool good = true;
      for (const syntax::Field& f : *fields) {
        good = field(f.name.text, f.type) && good;
        if (!seen.insert(f.name.text).second) {
          context_.report(DiagId::DuplicateName, f.name.span, "`" + f.name.text + "` is already a field");
          good = false;
        }
        if (f.signal || !f.marks.empty()) {
          context_.report(f.signal ? DiagId::BadSignal : DiagId::BadMark, f.span, "data has neither signals nor marks");
          good = false;
        }
      }
      const bool required =
          std::any_of(table_.fields.begin(), table_.fields.end(), [](const DataField& d) { return !d.optional; });
      if (good && !required) {
        context_.report(DiagId::BadType, item_.value.span, "a record in data needs at least one required field");
        return false;
      }
      return good;
    }
    return field("", item_.value);
  }

  const std::vector<syntax::Field>* record_fields() const {
    if (item_.value.kind == syntax::Type::Kind::Record) return &item_.value.fields;
    if (item_.value.kind != syntax::Type::Kind::Named) return nullptr;
    const auto it = context_.records.find(item_.value.name.text);
    return it == context_.records.end() ? nullptr : &it->second->fields;
  }

  bool field(const std::string& name, const syntax::Type& syntax) {
    const bool optional = syntax.kind == syntax::Type::Kind::Optional;
    const syntax::Type& inner = optional ? syntax.inner[0] : syntax;
    const size_t before = context_.diagnostics.error_count();
    const auto type = scalar_type(context_, inner, table_.name + (name.empty() ? "" : "." + name));
    const bool strings = type && (type->kind != TypeKind::Set || type->element == TypeKind::String);
    if (!type || !strings || (optional && name.empty())) {
      if (context_.diagnostics.error_count() == before) {
        context_.report(DiagId::BadType, syntax.span,
                        optional && name.empty() ? "a key that may lack a value is left out; drop the `?`"
                                                 : "data holds scalars, sets of strings, or records of them");
      }
      return false;
    }
    table_.fields.push_back({name, *type, optional});
    return true;
  }

  void rows(const Json& json) {
    if (json.kind != Json::Kind::Object) return problem("", "it is not a JSON object");
    if (json.members.size() > limits::kDataRows.value)
      return problem("", "it has more than " + std::to_string(limits::kDataRows.value) + " keys");
    const bool scalar = table_.fields.size() == 1 && table_.fields[0].name.empty();
    for (const auto& [key, value] : json.members) {
      const std::string pointer = pointer_part(key);
      std::vector<DataCell>& cells = table_.rows[key];
      if (scalar) {
        cells.push_back(cell(table_.fields[0], &value, pointer));
      } else if (value.kind == Json::Kind::Object) {
        record(value, pointer, cells);
      } else {
        problem(pointer, "a record is needed");
      }
    }
  }

  void record(const Json& value, const std::string& pointer, std::vector<DataCell>& cells) {
    for (const DataField& field : table_.fields) {
      const auto member = std::find_if(value.members.begin(), value.members.end(),
                                       [&](const JsonMember& m) { return m.name == field.name; });
      cells.push_back(
          cell(field, member == value.members.end() ? nullptr : &member->value, pointer + pointer_part(field.name)));
    }
    for (const JsonMember& member : value.members) {
      const bool known = std::any_of(table_.fields.begin(), table_.fields.end(),
                                     [&](const DataField& f) { return f.name == member.name; });
      if (!known) problem(pointer + pointer_part(member.name), "the record type has no such field");
    }
  }

  DataCell cell(const DataField& field, const Json* json, const std::string& pointer) {
    DataCell cell;
    if (json == nullptr || json->kind == Json::Kind::Null) {
      cell.present = false;
      if (!field.optional) problem(pointer, "a value is missing");
      return cell;
    }
    if (field.type.kind == TypeKind::Set) {
      if (json->kind != Json::Kind::Array) problem(pointer, "an array of strings is needed");
      for (const Json& element : json->items) {
        if (element.kind != Json::Kind::String) problem(pointer, "an array of strings is needed");
        cell.texts.push_back(element.text);
      }
      std::sort(cell.texts.begin(), cell.texts.end());
      cell.texts.erase(std::unique(cell.texts.begin(), cell.texts.end()), cell.texts.end());
      return cell;
    }
    cell.constant.type = field.type;
    scalar(field.type, *json, pointer, cell.constant);
    return cell;
  }

  void scalar(const Type& type, const Json& json, const std::string& pointer, Constant& constant) {
    const auto needs = [&](const std::string& what) { problem(pointer, what + " is needed"); };
    const bool text = json.kind == Json::Kind::String;
    std::optional<int64_t> number;
    switch (type.kind) {
      case TypeKind::Bool:
        if (json.kind != Json::Kind::Bool) return needs("`true` or `false`");
        number = json.truth ? 1 : 0;
        break;
      case TypeKind::Int:
      case TypeKind::Decimal: {
        if (json.kind != Json::Kind::Number) return needs("a number");
        const bool negative = json.text.starts_with('-');
        const auto fixed = parse_fixed(std::string_view(json.text).substr(negative ? 1 : 0), negative);
        const bool whole = json.text.find('.') == std::string::npos;
        if (fixed && (whole || type.kind == TypeKind::Decimal)) number = rescale(*fixed, type.scale);
        if (!number || *number < type.min || *number > type.max) return needs("`" + type_text(context_, type) + "`");
        break;
      }
      case TypeKind::String:
      case TypeKind::Version:
        if (!text) return needs("a string");
        if (type.kind == TypeKind::Version && !is_version(json.text)) return needs("a semantic version");
        constant.text = json.text;
        return;
      case TypeKind::Enum: {
        const auto word = text ? context_.word(type.enum_id, json.text) : std::nullopt;
        if (!word) return needs("a word of `" + context_.enum_type(type.enum_id).name + "`");
        number = *word;
        break;
      }
      case TypeKind::Timestamp:
        if (text) number = parse_timestamp(json.text);
        if (!number) return needs("a timestamp");
        break;
      case TypeKind::Duration: {
        const bool negative = text && json.text.starts_with('-');
        if (text) number = parse_duration(std::string_view(json.text).substr(negative ? 1 : 0), negative);
        if (!number) return needs("a duration");
        break;
      }
      case TypeKind::Set:
      case TypeKind::List:
      case TypeKind::Presence:
      case TypeKind::Signal:
        return;
    }
    constant.number = *number;
  }

  Context& context_;
  Symbol& symbol_;
  const syntax::DataItem& item_;
  DataTable table_;
  std::vector<std::string> problems_;
};

}  // namespace

void build_data(Context& context) {
  const auto build = [&](Scope& scope) {
    std::vector<Symbol*> tables;
    for (Symbol* symbol : scope.order) {
      if (symbol->kind == Symbol::Kind::Data) tables.push_back(symbol);
    }
    std::sort(tables.begin(), tables.end(),
              [](const Symbol* a, const Symbol* b) { return a->name.text < b->name.text; });
    for (Symbol* symbol : tables) TableBuilder(context, *symbol).build();
  };
  build(context.schema_scope);
  for (const auto& scope : context.policies) build(*scope);
}

std::string sha256_hex(std::string_view bytes) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
  crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  std::string out;
  for (const unsigned char byte : hash) {
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
  }
  return out;
}

}  // namespace guard::check
