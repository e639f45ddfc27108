// Charts as inline SVG, coloured by the classes of the page's style, and text escaped for HTML.
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "rehearse/parts.hpp"

namespace guardvm::rehearse {

// As text of an element or of a quoted attribute; control characters become spaces.
[[nodiscard]] std::string escaped(std::string_view text);

struct Series {
  std::string_view kind, name;  // the class of its colour, and what it is called
  size_t count = 0;             // which of a bin's counts
};
// A column per bin, the series on top of each other; the scale's largest value and the first and last day are written.
void append_columns(std::string& out, const Bins& bins, std::span<const Series> series, int height);

}  // namespace guardvm::rehearse
