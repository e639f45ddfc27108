// Values and decisions as text: messages, JSON, and text for people. No I/O.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "decide/engine.hpp"

namespace guardvm {

// The value of an operand as messages show it: see grammar/LANGUAGE.md, "Text of values". Sensitive values give
// "(sensitive)".
void append_value(std::string& out, const Facts& facts, uint32_t operand, const Frame& frame = {});
// One value (or one element, when the leaf is a set) of a leaf; sensitive ones give "(sensitive)".
void append_slot(std::string& out, const Facts& facts, const format::LeafRow& leaf, const Slot& slot);

// The rule's message with the action's values filled in.
void append_message(std::string& out, const Facts& facts, const format::EntryRow& entry);

// The id of what excepted or overrode a rule; empty for nothing.
[[nodiscard]] std::string_view by_id(const Facts& facts, const FiredRule& rule);
// Until when an excepted rule stays excepted.
[[nodiscard]] int64_t excepted_until(const Facts& facts, const FiredRule& rule);
// A condition in one line: the texts of its atoms with `and`, `or`, `not` and parentheses.
[[nodiscard]] std::string node_text(const Facts& facts, uint32_t node);
[[nodiscard]] std::string_view effect_word(format::Effect effect);

// The obligations of applied rules and active break-glasses: names in order of appearance, each with its distinct
// values (JSON).
using Obligations = std::vector<std::pair<std::string_view, std::vector<std::string_view>>>;
[[nodiscard]] Obligations obligations_of(const Facts& facts, const Decision& decision);

void append_decision_json(std::string& out, Engine& engine, const Decision& decision, const Action& action,
                          const JsonOptions& options);
void append_decision_text(std::string& out, Engine& engine, const Decision& decision, const Action& action,
                          const JsonOptions& options);

}  // namespace guardvm
