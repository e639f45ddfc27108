// Declared names: which item may stand where, what may be called how, who is visible to whom.
#pragma once
#include "check/context.hpp"

namespace guard::check {

// Makes the scopes (the schema's, and one per policy, by name) and declares their lets, defines, windows, data tables,
// fixtures and templates. REQUIRES: the schema was built. The symbols' meanings are resolved later, on use.
void declare_names(Context& context);

// Lets that nobody used must still be sound.
void resolve_all_lets(Context& context);

// One warning per name that nobody used.
void report_unused(Context& context);

// Everything a path may begin with here, for suggestions.
[[nodiscard]] std::vector<std::string> visible_names(const Context& context, const Site& site);

// A local name (a parameter, a quantifier's variable) may hide nothing. False when it was reported.
[[nodiscard]] bool check_local_name(Context& context, const Site& site, const syntax::Name& name);

// The kinds that an item speaks of, ascending and distinct; unknown ones are reported.
[[nodiscard]] std::vector<KindId> resolve_kinds(Context& context, const syntax::Kinds& kinds);
// One kind; reports when it does not exist.
[[nodiscard]] std::optional<KindId> resolve_kind(Context& context, const syntax::Name& name);

[[nodiscard]] const char* symbol_word(Symbol::Kind kind);  // "a constant", "a window", …

}  // namespace guard::check
