// Messages of rules: values as text, and the first element of a quantifier that makes a rule fire.
#pragma once
#include <string>

#include "check/model.hpp"
#include "evaluate.hpp"

namespace guard::reference {

// The text of a value of `type`; REQUIRES: present.
[[nodiscard]] std::string value_text(const check::PolicySet& set, const check::Type& type, const Value& value);
[[nodiscard]] std::string render_message(const Evaluation& evaluation, const check::RuleOnKind& rule);

}  // namespace guard::reference
