// A document as one HTML file: styles and charts (SVG) inside, no script, and nothing that a browser would load.
#pragma once
#include <string>

#include "tool/document.hpp"

namespace guardvm::tool {

void append_html(std::string& out, const Document& document);

}  // namespace guardvm::tool
