// What the renderings of annotations share.
#include "diag/annotation.hpp"

namespace guard {

std::string_view severity_word(Severity severity) {
  switch (severity) {
    case Severity::Error:
      return "error";
    case Severity::Warning:
      return "warning";
    case Severity::Note:
      return "note";
  }
  return {};
}

std::string xml_escaped(std::string_view raw) {
  std::string out;
  for (const char c : raw) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"') {
      out += "&quot;";
    } else if (c == '\n' || c == '\t') {
      out += "&#" + std::to_string(byte) + ";";
    } else {
      out += byte < 0x20 ? '?' : c;  // XML 1.0 has no way to write the other control characters
    }
  }
  return out;
}

}  // namespace guard
