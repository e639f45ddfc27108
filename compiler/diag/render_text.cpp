// Diagnostics for people: a header `path:line:col: error[id]: message`, the source lines with what matters underlined,
// `= help:` lines, and at the end a summary.
//
//   7 | rule r on deploy  deny when canary > "ten"
//     |                             ~~~~~~ ^ ~~~~~ `string`
//     |                             `int 0..100`
//
// The primary place starts with `^`; the text of the rightmost mark stands behind it, the others below their marks.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "diag/annotation.hpp"
#include "diag/render.hpp"
#include "diag/utf8.hpp"

namespace guard::rendering {

namespace {

constexpr uint32_t kTabWidth = 4;
constexpr size_t kMinGutter = 3;
// Lines longer than this are shown in part: from kShownBefore bytes before the first mark.
constexpr size_t kMaxShownBytes = 400;
constexpr size_t kShownBefore = 120;

struct Mark {
  Span span;
  std::string text;
  bool primary = false;
  uint32_t first_cell = 0, end_cell = 0;
};

struct Excerpt {  // one source line and what to underline on it
  FileId file;
  uint32_t line;
  std::vector<Mark> marks;
};

std::string plain(std::string_view text) {
  std::string out = utf8::printable(text);
  std::replace(out.begin(), out.end(), '\n', ' ');
  return out;
}

std::string header(const Diagnostic& diagnostic, const Sources& sources) {
  const DiagInfo& row = info(diagnostic.id);
  std::string out;
  if (has_place(diagnostic.span, sources)) {
    const LineColumn at = sources.locate(diagnostic.span.file, diagnostic.span.begin);
    out += plain(sources.file(diagnostic.span.file).path) + ":" + std::to_string(at.line) + ":" +
           std::to_string(at.column) + ": ";
  }
  out +=
      std::string(severity_word(row.severity)) + "[" + std::string(row.id) + "]: " + plain(diagnostic.message) + "\n";
  return out;
}

std::vector<Excerpt> excerpts(const Diagnostic& diagnostic, const Sources& sources) {
  std::vector<Excerpt> out;
  const auto add = [&](Span span, std::string text, bool primary) {
    if (!has_place(span, sources)) return;
    const uint32_t line = sources.locate(span.file, span.begin).line;
    const auto same = [&](const Excerpt& e) { return e.file == span.file && e.line == line; };
    auto place = std::find_if(out.begin(), out.end(), same);
    if (place == out.end()) place = out.insert(out.end(), Excerpt{span.file, line, {}});
    place->marks.push_back({span, std::move(text), primary, 0, 0});
  };
  add(diagnostic.span, {}, true);
  for (const Label& label : diagnostic.labels) add(label.span, plain(label.text), false);
  return out;
}

bool continues_code_point(char c) { return (static_cast<unsigned char>(c) & 0xC0u) == 0x80u; }

// Cuts a long line around the first mark; gives the bytes of the line that are shown.
std::pair<size_t, size_t> shown_part(std::string_view line, size_t mark) {
  if (line.size() <= kMaxShownBytes) return {0, line.size()};
  size_t from = mark > kShownBefore ? mark - kShownBefore : 0;
  while (from > 0 && from < line.size() && continues_code_point(line[from])) --from;
  size_t to = std::min(line.size(), from + kMaxShownBytes);
  while (to < line.size() && continues_code_point(line[to])) ++to;
  return {from, to};
}

// Makes the line printable and tells each mark its first and last terminal column.
std::string lay_out(std::string_view line, size_t line_begin, std::vector<Mark>& marks) {
  const auto [from, to] = shown_part(line, marks.front().span.begin - line_begin);
  std::string out = from > 0 ? "…" : "";
  uint32_t cell = from > 0 ? 1 : 0;
  std::vector<uint32_t> cells(to - from + 1);
  for (size_t at = from; at < to;) {
    const utf8::Decoded next = utf8::decode(line, at);
    const size_t bytes = std::min<size_t>(next.bytes, to - at);
    for (size_t i = 0; i < bytes; ++i) cells[at - from + i] = cell;
    if (line[at] == '\t') {
      out.append(kTabWidth, ' ');
      cell += kTabWidth;
    } else {
      out += utf8::printable(line.substr(at, bytes));
      cell += utf8::width(next.code);
    }
    at += bytes;
  }
  cells.back() = cell;
  if (to < line.size()) out += "…";
  for (Mark& mark : marks) {
    const auto cell_of = [&, from = from, to = to](uint32_t offset) {
      const size_t in_line = offset > line_begin ? offset - line_begin : 0;
      return cells[std::clamp(in_line, from, to) - from];
    };
    mark.first_cell = cell_of(mark.span.begin);
    mark.end_cell = std::max(mark.first_cell + 1, cell_of(mark.span.end));
  }
  return out;
}

void draw(std::string& underline, const Mark& mark) {
  if (underline.size() < mark.end_cell) underline.resize(mark.end_cell, ' ');
  std::fill(underline.begin() + mark.first_cell, underline.begin() + mark.end_cell, '~');
  if (mark.primary) underline[mark.first_cell] = '^';
}

void show(std::string& out, Excerpt& excerpt, const Sources& sources, size_t gutter) {
  const std::string_view line = sources.line_text(excerpt.file, excerpt.line);
  const size_t line_begin = sources.file(excerpt.file).line_starts[excerpt.line - 1];
  const std::string text = lay_out(line, line_begin, excerpt.marks);
  const std::string number = std::to_string(excerpt.line);
  const std::string margin = std::string(gutter, ' ') + " | ";
  out += std::string(gutter - number.size(), ' ') + number + " |" + (text.empty() ? "" : " ") + text + "\n";

  std::string underline;
  for (const bool primary : {false, true}) {
    for (const Mark& mark : excerpt.marks) {
      if (mark.primary == primary) draw(underline, mark);
    }
  }
  std::stable_sort(excerpt.marks.begin(), excerpt.marks.end(),
                   [](const Mark& a, const Mark& b) { return a.first_cell > b.first_cell; });
  const bool inline_text = !excerpt.marks.front().text.empty() && excerpt.marks.front().end_cell == underline.size();
  out += margin + underline + (inline_text ? " " + excerpt.marks.front().text : "") + "\n";
  for (size_t i = inline_text ? 1 : 0; i < excerpt.marks.size(); ++i) {
    if (excerpt.marks[i].text.empty()) continue;
    out += margin + std::string(excerpt.marks[i].first_cell, ' ') + excerpt.marks[i].text + "\n";
  }
}

std::string plural(size_t number, std::string_view noun) {
  return std::to_string(number) + " " + std::string(noun) + (number == 1 ? "" : "s");
}

std::string summary(const Diagnostics& diagnostics) {
  std::string out;
  for (const Severity severity : {Severity::Error, Severity::Warning, Severity::Note}) {
    const size_t number = count(diagnostics, severity);
    if (number == 0) continue;
    if (!out.empty()) out += ", ";
    out += plural(number, severity_word(severity));
  }
  return out.empty() ? out : out + "\n";
}

}  // namespace

size_t count(const Diagnostics& diagnostics, Severity severity) {
  const auto& all = diagnostics.all();
  const auto same = [severity](const Diagnostic& d) { return info(d.id).severity == severity; };
  return static_cast<size_t>(std::count_if(all.begin(), all.end(), same));
}

bool has_place(Span span, const Sources& sources) {
  return span.file != kNoFile && static_cast<uint32_t>(span.file) < sources.size();
}

Region region(Span span, const Sources& sources) {
  return {sources.locate(span.file, span.begin), sources.locate(span.file, std::max(span.begin, span.end))};
}

std::string text(const Diagnostics& diagnostics, const Sources& sources) {
  std::string out;
  for (const Diagnostic& diagnostic : diagnostics.all()) {
    out += header(diagnostic, sources);
    std::vector<Excerpt> shown = excerpts(diagnostic, sources);
    size_t gutter = kMinGutter;
    for (const Excerpt& e : shown) gutter = std::max(gutter, std::to_string(e.line).size());
    FileId current = diagnostic.span.file;
    for (Excerpt& e : shown) {
      if (e.file != current) {
        out +=
            std::string(gutter, ' ') + "--> " + plain(sources.file(e.file).path) + ":" + std::to_string(e.line) + "\n";
      }
      current = e.file;
      show(out, e, sources, gutter);
    }
    for (const std::string& note : diagnostic.notes) out += std::string(gutter, ' ') + "= help: " + plain(note) + "\n";
  }
  return out + summary(diagnostics);
}

}  // namespace guard::rendering
