// Inside the set generator: what it knows of the schema it made, and how it writes conditions.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "generate.hpp"
#include "random.hpp"

namespace guard::property {

enum class Word : uint8_t { Bool, Int, Decimal, String, Enum, Version, Timestamp, Duration, Set, List };

struct ValueType {
  Word word = Word::Bool;
  int64_t min = 0, max = 0;           // Int
  unsigned precision = 0, scale = 0;  // Decimal
  size_t enum_index = 0;              // Enum, set of enum
  Word element = Word::String;        // Set
  bool operator==(const ValueType&) const = default;
};

struct EnumDeclaration {
  std::string name;
  std::vector<std::string> words;
  bool ordered = false;
};

// Something a condition can read: an attribute, a column, an element or a lookup.
struct Readable {
  std::string path;
  ValueType type;
  std::vector<std::string> guards;  // what must be present first, outermost first
  std::string signal;               // its signal's path, or empty
  bool sensitive = false;
  bool now = false;
  std::vector<Readable> columns;       // List: paths without the variable
  std::vector<std::string> constants;  // literals of its type (of its elements for a set)
};

struct KindModel {
  std::string name;
  std::vector<Readable> readables;  // its own, without the common ones
};

// Where a condition stands.
struct Stand {
  std::vector<size_t> kinds;
  std::vector<const Readable*> readables;  // visible attributes
  std::vector<Readable> locals;            // columns of the row and the element in scope
  bool in_list = false, in_set = false;
  bool allow_windows = true;
  size_t section = 1;
  // A template's parameters: name, type, and two values for its uses.
  struct Parameter {
    std::string name, type, first, second;
  };
  std::vector<Parameter>* parameters = nullptr;
  std::vector<std::string>* quotable = nullptr;  // message parts that the rule may quote
  bool quotes = false;                           // elements may be quoted (not below a define)
};

class SetBuilder {
 public:
  explicit SetBuilder(uint64_t seed) : random_(seed) { out_.seed = seed; }
  GeneratedSet build();

 private:
  // schema
  void make_schema();
  void make_enums();
  std::string type_text(const ValueType& type) const;
  std::string simple_type_text(const ValueType& type) const;
  ValueType random_type(bool allow_set);
  std::vector<std::string> random_constants(const ValueType& type);
  std::string field_text(const std::string& prefix, const std::string& name, std::vector<std::string> guards,
                         std::vector<Readable>& out, int depth);
  std::string list_text(const std::string& prefix, const std::string& name, std::vector<std::string> guards,
                        std::vector<Readable>& out);
  std::string signal_text(const std::string& name, std::vector<Readable>& out);
  std::string common_text();
  void make_data(size_t section);
  void make_windows(size_t section, size_t count);
  std::string window_term(bool zone);
  std::string zone_text();

  // conditions
  Stand stand(std::vector<size_t> kinds, size_t section);
  std::string condition(Stand& s, int depth);
  std::string guarded(const std::vector<std::string>& guards, const std::string& atom);
  std::string atom(Stand& s);
  std::string atom_on(Stand& s, const Readable& r);
  std::string special_atom(Stand& s);
  std::string number_atom(Stand& s, const Readable& r);
  std::string string_atom(Stand& s, const Readable& r);
  std::string enum_atom(Stand& s, const Readable& r);
  std::string version_atom(Stand& s, const Readable& r);
  std::string time_atom(Stand& s, const Readable& r);
  std::string set_atom(Stand& s, const Readable& r);
  std::string quantifier(Stand& s, const Readable& r, int depth);
  std::string quantifier_word();
  std::string in_list(Stand& s, const Readable& r);
  std::string constant(Stand& s, const Readable& r);
  std::string set_constant(Stand& s, const Readable& r, size_t count);
  std::string glob_text(const Readable& r);
  std::string regex_text();
  std::string compare_word(bool order = true);
  const Readable* other_of(Stand& s, const Readable& r);
  const Readable* any_of(Stand& s, Word word);
  std::string approval_terms(Stand& s);
  std::string tests_of_one(Stand& s);
  std::string define_use(Stand& s);
  std::string lookup_guarded(const std::vector<std::string>& guards, const std::string& path, const std::string& atom);
  std::vector<Readable> lookups(const Stand& s);

  // policies
  void make_policy(size_t section);
  void make_rule(size_t section);
  void make_template(size_t section);
  std::string rule_clauses(Stand& s, const std::string& effect, bool mandatory, bool in_template);
  std::string message(Stand& s);
  std::string obligation();
  std::string until_condition(Stand& s);
  std::string kinds_text(const std::vector<size_t>& kinds);
  std::vector<size_t> random_kinds();
  std::string rule_ref(size_t rule, size_t section) const;
  void make_exception(size_t section);
  void make_break_glass(size_t section);
  void make_assumption(size_t section);
  std::string moment();

  void add(size_t section, std::string text, bool fixed = false) {
    out_.pieces.push_back({section, std::move(text), fixed});
  }
  std::string fresh(const char* prefix) { return prefix + std::to_string(counter_++); }
  std::string let_for(size_t section, const std::string& value);

  struct RuleModel {
    std::string name;
    size_t section;
    std::vector<size_t> kinds;
    bool blocking, mandatory;
    bool off = false;
  };
  struct DataModel {
    std::string name;
    size_t section = 0;
    std::vector<Readable> fields;  // paths: field names, empty for a map of scalars
    std::vector<std::string> keys;
  };
  struct NamedText {
    std::string name;
    size_t section;
    std::vector<size_t> kinds;
  };

  Random random_;
  GeneratedSet out_;
  size_t counter_ = 0;
  std::vector<EnumDeclaration> enums_;
  std::vector<Readable> common_;
  std::vector<KindModel> kinds_;
  std::vector<std::string> signals_;    // paths of common signals
  std::vector<std::string> optionals_;  // paths of common optional records, sets and values
  std::vector<RuleModel> rules_;
  std::vector<DataModel> data_;
  std::vector<NamedText> windows_, defines_;
  std::string now_ = "time";
  std::string actor_ = "actor.id";
  bool break_glass_ = false;
};

}  // namespace guard::property
