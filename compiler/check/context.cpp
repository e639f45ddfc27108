// Reporting and small services of the checker's context.
#include "check/context.hpp"

#include <algorithm>

namespace guard::check {

Diagnostic& Context::report(DiagId id, Span span, std::string message) {
  std::string key(sizeof(id) + 3 * sizeof(uint32_t), '\0');
  const uint32_t parts[4] = {static_cast<uint32_t>(id), static_cast<uint32_t>(span.file), span.begin, span.end};
  key.assign(reinterpret_cast<const char*>(parts), sizeof(parts));
  if (!reported_.insert(std::move(key)).second) {
    dropped_ = {};
    return dropped_;
  }
  return diagnostics.report(id, span, std::move(message));
}

Diagnostic& Context::report(const Site& site, DiagId id, Span span, std::string message) {
  Diagnostic& diagnostic = report(id, span, std::move(message));
  if (!site.expansions.empty()) diagnostic.label(site.expansions.back(), "used here");
  if (site.several_kinds) diagnostic.help("this is so on `" + kind(site.kind).name + "`");
  return diagnostic;
}

void Context::exceeded(const Limit& limit, Span span) {
  report(DiagId::LimitExceeded, span,
         "more than " + std::to_string(limit.value) + " " + std::string(limit.unit) + ": the limit `" +
             std::string(limit.id) + "` " + std::string(limit.help));
}

bool Context::is_finding(const syntax::Name& name) {
  const std::vector<std::string>& known = options.findings;
  if (known.empty() || std::find(known.begin(), known.end(), name.text) != known.end()) return true;
  Diagnostic& diagnostic =
      report(DiagId::UnknownFinding, name.span, "`" + name.text + "` is no finding of verification");
  const std::string near = nearest(name.text, known);
  diagnostic.help(near.empty() ? "`guardc verify --format sarif` lists every finding as a rule"
                               : "did you mean `" + near + "`?");
  return false;
}

const std::string& Context::read(FileId from, const syntax::Text& path, bool& ok) {
  const std::string key = std::to_string(static_cast<uint32_t>(from)) + ":" + path.value;
  auto it = read_files.find(key);
  if (it == read_files.end()) {
    Result<std::string> text = options.read_file ? options.read_file(from, path.value)
                                                 : Result<std::string>(Failure{"no files can be read here"});
    it = read_files.emplace(key, std::move(text)).first;
  }
  static const std::string kNothing;
  ok = it->second.ok();
  if (!ok) {
    report(DiagId::UnreadableFile, path.span, "cannot read `" + path.value + "`: " + it->second.error());
    return kNothing;
  }
  if (it->second.value().size() > limits::kSourceFileBytes.value) {
    ok = false;
    exceeded(limits::kSourceFileBytes, path.span);
    return kNothing;
  }
  return it->second.value();
}

std::optional<uint32_t> Context::word(EnumId id, const std::string& text) const {
  const std::vector<std::string>& known = enum_type(id).words;
  const auto it = std::find(known.begin(), known.end(), text);
  if (it == known.end()) return std::nullopt;
  return static_cast<uint32_t>(it - known.begin());
}

std::string one_line(const Sources& sources, Span span) {
  const std::string_view text = sources.text(span);
  std::string out;
  out.reserve(text.size());
  char quote = 0;
  bool space = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote == 0 && c == '/' && i + 1 < text.size() && text[i + 1] == '/') {
      while (i < text.size() && text[i] != '\n') ++i;
      space = true;
      continue;
    }
    if (quote == 0 && (c == ' ' || c == '\t' || c == '\n' || c == '\r')) {
      space = true;
      continue;
    }
    if (space && !out.empty()) out += ' ';
    space = false;
    out += c;
    if (quote != 0 && c == '\\' && i + 1 < text.size()) {
      out += text[++i];
    } else if (c == quote) {
      quote = 0;
    } else if (quote == 0 && (c == '"' || c == '/')) {
      quote = c;
    }
  }
  return out;
}

constexpr size_t kMostListed = 8;

void suggest(Diagnostic& diagnostic, std::string_view word, const std::vector<std::string>& known) {
  const std::string near = nearest(word, known);
  if (!near.empty()) {
    diagnostic.help("did you mean `" + near + "`?");
  } else if (!known.empty() && known.size() <= kMostListed) {
    std::string all;
    for (const std::string& name : known) all += (all.empty() ? "`" : ", `") + name + "`";
    diagnostic.help("known here: " + all);
  }
}

std::string dotted(const syntax::Path& path) {
  if (path.parts.size() == 1) return path.parts[0].text;
  std::string out;
  for (const syntax::Name& part : path.parts) {
    if (!out.empty()) out += '.';
    out += part.text;
  }
  return out;
}

}  // namespace guard::check
