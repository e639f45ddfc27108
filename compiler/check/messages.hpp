// Message templates: "{d.service} must reach {d.required} first".
#pragma once
#include <optional>
#include <vector>

#include "check/context.hpp"

namespace guard::check {

// The parts of a rule's message on the site's kind. `condition` is the rule's condition there: its quantifiers say what
// `{d.service}` quotes. Nothing when something was reported.
[[nodiscard]] std::optional<std::vector<MessagePart>> build_message(Context& context, const Site& site,
                                                                    const syntax::Text& text,
                                                                    const Condition& condition);

}  // namespace guard::check
