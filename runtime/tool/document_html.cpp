// See document_html.hpp.
#include "tool/document_html.hpp"

#include <algorithm>

namespace guardvm::tool {

namespace {

constexpr std::string_view kHead =
    "<!doctype html>\n"
    "<html lang=\"en\">\n"
    "<head>\n"
    "<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
    "<style>\n"
    ":root { --ink: #1b1f24; --soft: #57606a; --line: #d8dee4; --paper: #ffffff; --band: #f6f8fa;\n"
    "  --allow: #2f9e58; --hold: #d9930d; --deny: #cf3a3a; --error: #7d4cc2; --would: #3b6fd4; }\n"
    "@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #9198a1; --line: #30363d; --paper: "
    "#0d1117;\n"
    "  --band: #161b22; --allow: #3fb96a; --hold: #e3a53a; --deny: #f06a6a; --error: #a98bea; --would: #6f9df0; } }\n"
    "body { margin: 0 auto; max-width: 62rem; padding: 2rem 1.5rem 4rem; color: var(--ink); background: var(--paper);\n"
    "  font: 16px/1.5 system-ui, -apple-system, \"Segoe UI\", sans-serif; }\n"
    "h1 { font-size: 1.7rem; margin: 0; } h2 { font-size: 1.2rem; margin: 2.2rem 0 .6rem; }\n"
    ".subtitle, figcaption, .axis { color: var(--soft); } .subtitle { margin: .2rem 0 1.5rem; }\n"
    ".figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: .8rem; margin: .8rem "
    "0; }\n"
    ".figures div { padding: .7rem .9rem; background: var(--band); border: 1px solid var(--line);\n"
    "  border-radius: 8px; } .figures b { display: block; font-size: 1.5rem; font-variant-numeric: tabular-nums; }\n"
    "table { border-collapse: collapse; width: 100%; margin: .8rem 0 1.4rem; font-size: .92rem; }\n"
    "th, td { padding: .35rem .7rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }\n"
    "th { color: var(--soft); font-weight: 600; } .n { text-align: right; font-variant-numeric: tabular-nums; }\n"
    "td { overflow-wrap: break-word; } figure { margin: 1rem 0; } svg { display: block; width: 100%; height: auto; }\n"
    ".legend span { margin-right: 1.1rem; } .legend i { display: inline-block; width: .8em; height: .8em;\n"
    "  margin-right: .35em; border-radius: 2px; } text { fill: var(--soft); font-size: 11px; }\n"
    ".allow { fill: var(--allow); background: var(--allow); } .hold { fill: var(--hold); background: var(--hold); }\n"
    ".deny { fill: var(--deny); background: var(--deny); } .error { fill: var(--error); background: var(--error); }\n"
    ".would { fill: var(--would); background: var(--would); } line { stroke: var(--line); }\n"
    "@media print { body { max-width: none; padding: 0; } figure, table { break-inside: avoid; } }\n"
    "</style>\n";

void append_escaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
    }
  }
}

void append_element(std::string& out, std::string_view open, std::string_view text, std::string_view close) {
  out += open;
  append_escaped(out, text);
  out += close;
}

// Bars of a step stand on each other, the first series at the foot.
void append_bars(std::string& out, const Chart& chart, uint64_t most, size_t width, size_t height) {
  const size_t steps = chart.steps.size();
  for (size_t i = 0; i < steps; ++i) {
    const size_t left = i * width / steps, right = (i + 1) * width / steps;
    const size_t gap = right - left > 4 ? 2 : right - left > 2 ? 1 : 0;
    uint64_t below = 0;
    for (const Chart::Series& series : chart.series) {
      const uint64_t count = series.counts[i];
      if (count == 0) continue;
      // A part that is there is seen, however small.
      const size_t top = static_cast<size_t>((most - below - count) * height / most);
      const size_t bottom = std::max(static_cast<size_t>((most - below) * height / most), top + 1);
      out += "<rect class=\"" + series.role + "\" x=\"" + std::to_string(left) + "\" y=\"" + std::to_string(top) +
             "\" width=\"" + std::to_string(std::max<size_t>(1, right - left - gap)) + "\" height=\"" +
             std::to_string(bottom - top) + "\"><title>";
      append_escaped(out, chart.steps[i] + ", " + series.name + ": " + std::to_string(count));
      out += "</title></rect>\n";
      below += count;
    }
  }
}

void append_chart(std::string& out, const Chart& chart) {
  constexpr size_t kWidth = 920, kHeight = 180, kFoot = 18;
  if (chart.steps.size() < 2) return;
  uint64_t most = 1;
  for (size_t i = 0; i < chart.steps.size(); ++i) {
    uint64_t sum = 0;
    for (const Chart::Series& series : chart.series) sum += series.counts[i];
    most = std::max(most, sum);
  }
  out += "<figure>\n<figcaption class=\"legend\">";
  for (const Chart::Series& series : chart.series) {
    out += "<span><i class=\"" + series.role + "\"></i>";
    append_element(out, "", series.name, "</span>");
  }
  out += "</figcaption>\n<svg viewBox=\"0 0 " + std::to_string(kWidth) + ' ' + std::to_string(kHeight + kFoot) +
         "\" role=\"img\">\n";
  append_bars(out, chart, most, kWidth, kHeight);
  const std::string y = std::to_string(kHeight), text_y = std::to_string(kHeight + kFoot - 4);
  out += "<line x1=\"0\" y1=\"" + y + "\" x2=\"" + std::to_string(kWidth) + "\" y2=\"" + y + "\"/>\n";
  append_element(out, "<text x=\"0\" y=\"11\">", std::to_string(most), "</text>\n");
  append_element(out, "<text x=\"0\" y=\"" + text_y + "\">", chart.steps.front(), "</text>\n");
  append_element(out, "<text text-anchor=\"end\" x=\"" + std::to_string(kWidth) + "\" y=\"" + text_y + "\">",
                 chart.steps.back(), "</text>\n");
  out += "</svg>\n</figure>\n";
}

void append_table(std::string& out, const Table& table) {
  const auto cell = [&](std::string_view name, size_t column, const std::string& text) {
    std::string open = "<";
    open.append(name).append(column >= table.numbers_from ? " class=\"n\">" : ">");
    append_element(out, open, text, std::string("</").append(name).append(">"));
  };
  out += "<table>\n<tr>";
  for (size_t i = 0; i < table.head.size(); ++i) cell("th", i, table.head[i]);
  out += "</tr>\n";
  for (const auto& row : table.rows) {
    out += "<tr>";
    for (size_t i = 0; i < row.size(); ++i) cell("td", i, row[i]);
    out += "</tr>\n";
  }
  out += "</table>\n";
}

}  // namespace

void append_html(std::string& out, const Document& document) {
  out += kHead;
  append_element(out, "<title>", document.title, "</title>\n</head>\n<body>\n");
  append_element(out, "<h1>", document.title, "</h1>\n");
  append_element(out, "<p class=\"subtitle\">", document.subtitle, "</p>\n");
  for (const Section& section : document.sections) {
    append_element(out, "<section>\n<h2>", section.title, "</h2>\n");
    if (!section.figures.empty()) {
      out += "<div class=\"figures\">\n";
      for (const auto& [name, number] : section.figures) {
        append_element(out, "<div><b>", number, "</b>");
        append_element(out, "", name, "</div>\n");
      }
      out += "</div>\n";
    }
    for (const std::string& text : section.lines) append_element(out, "<p>", text, "</p>\n");
    for (const Chart& chart : section.charts) append_chart(out, chart);
    for (const Table& table : section.tables) append_table(out, table);
    out += "</section>\n";
  }
  out += "</body>\n</html>\n";
}

}  // namespace guardvm::tool
