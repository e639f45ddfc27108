// Text and Markdown; document_html.cpp has HTML.
#include "tool/document.hpp"

#include <algorithm>

#include "tool/document_html.hpp"

namespace guardvm::tool {

namespace {

// Characters as a terminal shows them, near enough: bytes that do not continue one.
size_t width_of(const std::string& text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

void append_plain(std::string& out, const std::string& text) {
  for (const char c : text) out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
}

// One character per step, from low to high; a space for nothing.
std::string sparkline(const std::vector<uint64_t>& counts, uint64_t most) {
  static constexpr const char* kBars[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  std::string out;
  for (const uint64_t count : counts) out += count == 0 ? " " : kBars[(count * 8 - 1) / most];
  return out;
}

void append_text_chart(std::string& out, const Chart& chart, const char* indent) {
  if (chart.steps.size() < 2) return;
  size_t width = 0;
  for (const Chart::Series& series : chart.series) width = std::max(width, width_of(series.name));
  for (const Chart::Series& series : chart.series) {
    const uint64_t most = series.counts.empty() ? 0 : *std::max_element(series.counts.begin(), series.counts.end());
    if (most == 0) continue;
    out += indent;
    append_plain(out, series.name);
    out.append(width - width_of(series.name), ' ');
    out += " |" + sparkline(series.counts, most) + "|  at most " + std::to_string(most) + '\n';
  }
  out += indent;
  out += std::string(width, ' ') + "  " + chart.steps.front();
  out += " … " + chart.steps.back() + ", " + std::to_string(chart.steps.size()) + " steps\n";
}

void append_text_table(std::string& out, const Table& table) {
  std::vector<size_t> widths;
  for (const std::string& cell : table.head) widths.push_back(width_of(cell));
  for (const auto& row : table.rows)
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  const auto line = [&](const std::vector<std::string>& cells) {
    std::string text = "  ";
    for (size_t i = 0; i < cells.size(); ++i) {
      const std::string space(widths[i] - width_of(cells[i]), ' ');
      if (i >= table.numbers_from) text += space;
      append_plain(text, cells[i]);
      if (i < table.numbers_from) text += space;
      text += "  ";
    }
    text.resize(text.find_last_not_of(' ') + 1);
    out += text + '\n';
  };
  line(table.head);
  for (const auto& row : table.rows) line(row);
}

void append_text(std::string& out, const Document& document) {
  append_plain(out, document.title);
  out += '\n';
  append_plain(out, document.subtitle);
  out += '\n';
  for (const Section& section : document.sections) {
    out += '\n';
    append_plain(out, section.title);
    out += '\n';
    for (const auto& [name, number] : section.figures) {
      out += "  " + std::string(number.size() < 10 ? 10 - number.size() : 0, ' ') + number + "  ";
      append_plain(out, name);
      out += '\n';
    }
    for (const std::string& text : section.lines) {
      out += "  ";
      append_plain(out, text);
      out += '\n';
    }
    for (const Chart& chart : section.charts) append_text_chart(out, chart, "  ");
    for (const Table& table : section.tables) append_text_table(out, table);
  }
}

// What Markdown or the HTML in it would take for its own.
void append_markdown_text(std::string& out, const std::string& text) {
  for (const char c : text) {
    if (std::string_view("\\`*_{}[]<>#|~&!").find(c) != std::string_view::npos) out += '\\';
    out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
  }
}

void append_markdown_table(std::string& out, const Table& table) {
  const auto line = [&out](const std::vector<std::string>& cells) {
    out += '|';
    for (const std::string& cell : cells) {
      out += ' ';
      append_markdown_text(out, cell);
      out += " |";
    }
    out += '\n';
  };
  out += '\n';
  line(table.head);
  out += '|';
  for (size_t i = 0; i < table.head.size(); ++i) out += i < table.numbers_from ? " --- |" : " ---: |";
  out += '\n';
  for (const auto& row : table.rows) line(row);
}

void append_markdown(std::string& out, const Document& document) {
  out += "# ";
  append_markdown_text(out, document.title);
  out += "\n\n";
  append_markdown_text(out, document.subtitle);
  out += '\n';
  for (const Section& section : document.sections) {
    out += "\n## ";
    append_markdown_text(out, section.title);
    out += '\n';
    if (!section.figures.empty()) out += '\n';
    for (const auto& [name, number] : section.figures) {
      out += "- **" + number + "** ";
      append_markdown_text(out, name);
      out += '\n';
    }
    for (const std::string& text : section.lines) {
      out += '\n';
      append_markdown_text(out, text);
      out += '\n';
    }
    for (const Chart& chart : section.charts) {
      if (chart.steps.size() < 2) continue;
      out += "\n```text\n";
      append_text_chart(out, chart, "");
      out += "```\n";
    }
    for (const Table& table : section.tables) append_markdown_table(out, table);
  }
}

}  // namespace

void append_document(std::string& out, const Document& document, DocumentForm form) {
  switch (form) {
    case DocumentForm::Text:
      return append_text(out, document);
    case DocumentForm::Markdown:
      return append_markdown(out, document);
    case DocumentForm::Html:
      return append_html(out, document);
  }
}

}  // namespace guardvm::tool
