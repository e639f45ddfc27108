// What the checker knows while it works: the schema's tables, the declared names, the set being built, and where it is.
//
// Internal to check/. `Context` lives for one call of check(); a `Site` says where in it a condition stands (which
// policy, which kind, which parameters and quantifier variables are in scope).
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "check/check.hpp"
#include "check/limits.hpp"
#include "check/literals.hpp"
#include "check/model.hpp"

namespace guard::check {

// ---- attributes by path ----
struct AttributeNode {
  LeafId leaf = kNoLeaf;    // the value: scalar, set, list, or the Presence leaf of an optional record
  LeafId signal = kNoLeaf;  // the Signal leaf when the path itself is a signal
  bool record = false;
  bool broken = false;              // already reported: stay silent about it
  std::vector<std::string> fields;  // of a record, for suggestions
  Span span;
};
struct AttributeMap {
  std::unordered_map<std::string, AttributeNode> nodes;  // by dotted path
  std::vector<std::string> top;                          // names at the top, in order
  std::unordered_map<uint32_t, AttributeMap> rows;       // list leaf -> its columns
  [[nodiscard]] const AttributeNode* find(const std::string& path) const {
    const auto it = nodes.find(path);
    return it == nodes.end() ? nullptr : &it->second;
  }
};

// ---- declared names ----
struct Scope;
struct Symbol {
  enum class Kind : uint8_t { Let, Define, Window, Data, Fixture, Template };
  enum class State : uint8_t { Fresh, Working, Done, Broken };
  Kind kind = Kind::Let;
  State state = State::Fresh;
  bool used = false;
  const syntax::Item* item = nullptr;
  syntax::Name name;
  Scope* scope = nullptr;
  std::optional<Literal> literal;                  // Let, once resolved
  std::vector<std::pair<Type, ConstantSet>> sets;  // Let of a set: made once per element type
  WindowId window{};
  DataId data{};
  KindId kind_id{};  // Fixture of a kind
};
struct Scope {
  std::string policy;  // empty: the schema's
  Scope* outer = nullptr;
  std::string owner;
  std::unordered_map<std::string, std::unique_ptr<Symbol>> symbols;
  std::vector<Symbol*> order;  // as declared
  std::vector<const syntax::Section*> sections;
  bool baseline = false;
  [[nodiscard]] Symbol* find(const std::string& name) const {
    for (const Scope* scope = this; scope != nullptr; scope = scope->outer) {
      const auto it = scope->symbols.find(name);
      if (it != scope->symbols.end()) return it->second.get();
    }
    return nullptr;
  }
};

// ---- where a condition stands ----
using Parameters = std::unordered_map<std::string, Literal>;
struct Variable {
  const syntax::Name* name = nullptr;
  bool row = false;       // of a list; else the element of a set
  LeafId list = kNoLeaf;  // row
  Type element;           // element
};
struct Site {
  Scope* scope = nullptr;
  KindId kind{};
  bool several_kinds = false;
  const Parameters* parameters = nullptr;  // inside a template
  std::vector<Variable> variables;
  std::vector<Span> expansions;        // uses of defines and templates that led here
  std::vector<const Symbol*> defines;  // being expanded
  uint64_t nodes = 0;                  // made so far for one condition
  uint32_t depth = 0;                  // of the condition being built
};

struct Context {
  Context(const std::vector<syntax::File>& all_files, const Sources& all_sources, const CheckOptions& given,
          Diagnostics& into)
      : files(all_files), sources(all_sources), options(given), diagnostics(into) {}

  const std::vector<syntax::File>& files;
  const Sources& sources;
  const CheckOptions& options;
  Diagnostics& diagnostics;
  PolicySet set;

  const syntax::Section* schema = nullptr;
  Scope schema_scope;
  std::vector<std::unique_ptr<Scope>> policies;  // by name

  std::unordered_map<std::string, KindId> kinds;
  std::vector<AttributeMap> attributes;                                  // per kind
  std::unordered_map<std::string, std::vector<KindId>> attribute_kinds;  // top attribute name -> kinds that have it
  std::unordered_map<std::string, EnumId> enums;                         // named ones
  std::unordered_map<std::string, std::vector<EnumId>> words;            // enum word -> enums with it
  std::unordered_map<std::string, const syntax::RecordItem*> records;    // named ones
  std::unordered_set<const syntax::RecordItem*> used_records;
  std::unordered_map<const syntax::EnumBody*, EnumId> anonymous_enums;
  std::unordered_map<std::string, RuleId> rules;  // by id
  std::unordered_map<std::string, Span> ids;      // of rules, exceptions, break glasses, invariants
  std::unordered_set<std::string> broken_ids;     // uses of templates that were reported
  std::unordered_map<std::string, std::vector<RequirementId>> requirements;  // by canonical key
  bool unknown_kind = false;                                                 // one was reported
  std::set<std::string> zones;                                               // in use
  std::unordered_map<std::string, Result<std::string>> read_files;

  // One root cause, one diagnostic: a second report of one id at one span is dropped. While a condition is checked, the
  // uses that led to it and, when its item speaks of several kinds, the kind are added.
  Diagnostic& report(DiagId id, Span span, std::string message);
  Diagnostic& report(const Site& site, DiagId id, Span span, std::string message);
  void exceeded(const Limit& limit, Span span);
  // Whether every rule that was written is known with its kinds, whatever else is wrong with it.
  [[nodiscard]] bool rules_are_whole() const { return broken_ids.empty() && !unknown_kind; }
  // Whether verification has a check of this name; reports it if not. Else a misspelt one would change nothing, unseen.
  bool is_finding(const syntax::Name& name);
  const std::string& read(FileId from, const syntax::Text& path, bool& ok);

  [[nodiscard]] Kind& kind(KindId id) { return set.kinds[static_cast<uint32_t>(id)]; }
  [[nodiscard]] const Kind& kind(KindId id) const { return set.kinds[static_cast<uint32_t>(id)]; }
  [[nodiscard]] const AttributeMap& map(KindId id) const { return attributes[static_cast<uint32_t>(id)]; }
  [[nodiscard]] const Leaf& leaf(KindId kind_id, LeafId id) const {
    return kind(kind_id).leaves[static_cast<uint32_t>(id)];
  }
  [[nodiscard]] const EnumType& enum_type(EnumId id) const { return set.enums[static_cast<uint32_t>(id)]; }
  [[nodiscard]] std::optional<uint32_t> word(EnumId id, const std::string& text) const;

 private:
  std::unordered_set<std::string> reported_;
  Diagnostic dropped_{};
};

// The text of a span on one line, comments left out.
[[nodiscard]] std::string one_line(const Sources& sources, Span span);

// "did you mean `x`?" as a help line, when something is near; else all of `known`, when they are few.
void suggest(Diagnostic& diagnostic, std::string_view word, const std::vector<std::string>& known);

[[nodiscard]] std::string dotted(const syntax::Path& path);

}  // namespace guard::check
