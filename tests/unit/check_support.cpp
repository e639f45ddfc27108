// Markers, files, and the prefix form of conditions.
#include "check_support.hpp"

#include <algorithm>
#include <sstream>

#include "syntax/parse.hpp"

namespace guard::checktest {

using check::Condition;
using K = Condition::Kind;

const char* const kSchema = R"(schema shop
default allow
enum Environment { dev, staging, production }
enum Level { low < middle < high }
record Actor { id: string, groups: set<string>, kind: enum { human, bot } }
record Approval { by: string, groups: set<string>, at: timestamp }
record Glass { by: string, reason: string, at: timestamp }
record Part { name: string, wanted: version, got: version?, size: int 0..9, labels: set<string>, box: record { id: string }? }
action {
  time: timestamp now, actor: Actor identity id, author: string?, approvals: list<Approval> approvals(by, groups, at),
  emergency: Glass? break glass(by, reason, at), environment: Environment, level: Level, wished: Level,
  origin: record { host: string, port: int? }?,
  signal load: int 0..100 max age 5m,
  signal incident: record { severity: Level, open: int?, tags: set<string> } max age 10m,
}
action deploy {
  canary: int 0..100, share: decimal(5, 2), service: string, release: version, old: version?, tags: set<string>, ports: set<int 0..65535>,
  parts: list<Part>, staged: timestamp?, took: duration, hot: bool, cold: bool
}
action migrate { rows: int, tables: int 0..1000, destructive: bool, token: string? sensitive }
)";

namespace {

struct File {
  std::string name, text;
};

std::vector<File> split(const std::string& text) {
  std::vector<File> files = {{"a.guard", ""}};
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("//--- ")) {
      files.push_back({line.substr(6), ""});
    } else {
      files.back().text += line + "\n";
    }
  }
  std::erase_if(files, [](const File& f) { return f.text.empty() || f.text == "\n"; });
  return files;
}

// Takes the markers out of the text and notes where they stood.
std::string take_markers(const File& file, std::vector<std::string>& expected) {
  static const std::string kOpen = "«", kClose = "»";
  std::string out;
  size_t line = 1, column = 1;
  for (size_t i = 0; i < file.text.size();) {
    if (file.text.compare(i, kOpen.size(), kOpen) == 0) {
      const size_t end = file.text.find(kClose, i);
      const size_t begin = i + kOpen.size();
      expected.push_back(file.text.substr(begin, end - begin) + "@" + file.name + ":" + std::to_string(line) + ":" +
                         std::to_string(column));
      i = end + kClose.size();
      continue;
    }
    const char c = file.text[i++];
    out += c;
    const bool continuation = (static_cast<unsigned char>(c) & 0xC0) == 0x80;
    if (c == '\n') {
      ++line;
      column = 1;
    } else if (!continuation) {
      ++column;
    }
  }
  return out;
}

std::string names(const std::vector<std::string>& texts) {
  std::string out = "[";
  for (size_t i = 0; i < texts.size(); ++i) out += (i == 0 ? "" : " ") + texts[i];
  return out + "]";
}
std::string names(const std::vector<int64_t>& numbers) {
  std::vector<std::string> texts;
  for (int64_t n : numbers) texts.push_back(std::to_string(n));
  return names(texts);
}

const char* sign(check::Compare compare) {
  static constexpr const char* kSigns[] = {"==", "!=", "<", "<=", ">", ">="};
  return kSigns[static_cast<size_t>(compare)];
}

std::string operand(const check::PolicySet& set, const check::Operand& o, const check::Leaf* list) {
  switch (o.from) {
    case check::Operand::From::Leaf:
      return set.kinds[0].leaves[o.index].path;
    case check::Operand::From::Column:
      return "row." + list->columns[o.index].path;
    case check::Operand::From::Element:
      return "element";
    case check::Operand::From::Lookup: {
      const check::DataTable& table = set.data[static_cast<uint32_t>(o.data)];
      return table.name + "[" + operand(set, o.key[0], list) + "]." + table.fields[o.index].name;
    }
  }
  return "";
}

std::string print(const check::PolicySet& set, const Condition& c, const check::Leaf* list) {
  const auto o = [&] { return operand(set, c.operand, list); };
  const auto children = [&](const std::string& word) {
    const check::Leaf* inner = list;
    const bool quantifier = c.kind >= K::Any;
    if (quantifier && c.operand.type.kind == check::TypeKind::List) inner = &set.kinds[0].leaves[c.operand.index];
    std::string out = "(" + word;
    for (const Condition& child : c.children) out += " " + print(set, child, inner);
    return out + ")";
  };
  const std::string number = std::to_string(c.number);
  switch (c.kind) {
    case K::Constant:
      return c.value ? "true" : "false";
    case K::And:
      return children("and");
    case K::Or:
      return children("or");
    case K::Not:
      return children("not");
    case K::Bool:
      return o();
    case K::NumberCompare:
      return "(" + o() + " " + sign(c.compare) + " " + number + ")";
    case K::NumberIn:
      return "(" + o() + " in " + names(c.numbers) + ")";
    case K::StringIn:
      return "(" + o() + " in " + names(c.texts) + ")";
    case K::StringMatch: {
      static constexpr const char* kWords[] = {"starts", "ends", "contains", "glob", "regex"};
      return "(" + o() + " " + kWords[static_cast<size_t>(c.match)] + " " + c.texts[0] + ")";
    }
    case K::VersionCompare:
      return "(" + o() + " ver" + sign(c.compare) + " " + c.texts[0] + ")";
    case K::VersionIn:
      return "(" + o() + " ver-in " + names(c.texts) + ")";
    case K::Present:
      return "(present " + o() + ")";
    case K::SignalIs: {
      static constexpr const char* kWords[] = {"fresh", "missing", "stale"};
      return std::string("(") + kWords[static_cast<size_t>(c.signal_state)] + " " + o() + ")";
    }
    case K::SetHasAny:
    case K::SetHasAll:
      return "(" + o() + (c.kind == K::SetHasAny ? " any " : " all ") +
             (c.texts.empty() ? names(c.numbers) : names(c.texts)) + ")";
    case K::SetEmpty:
      return "(empty " + o() + ")";
    case K::InWindow:
      return "(in " + set.windows[static_cast<uint32_t>(c.window)].name + ")";
    case K::StringEqual:
      return "(" + o() + " same " + operand(set, c.second, list) + ")";
    case K::EnumEqual:
      return "(" + o() + " same-word " + operand(set, c.second, list) + ")";
    case K::VersionOrder:
      return "(" + o() + " ver" + sign(c.compare) + " " + operand(set, c.second, list) + ")";
    case K::Linear: {
      std::string out = "(";
      for (const check::LinearTerm& term : c.terms)
        out += std::to_string(term.coefficient) + "*" + operand(set, term.operand, list) + " ";
      return out + sign(c.compare) + " " + number + ")";
    }
    case K::Approvals: {
      const check::Requirement& r = set.requirements[static_cast<uint32_t>(c.requirement)];
      return "(approvals " + std::to_string(r.count) + " " + names(r.from) + ")";
    }
    case K::Any:
      return children("any " + o());
    case K::All:
      return children("all " + o());
    case K::AtLeast:
      return children("at-least " + std::to_string(c.count) + " " + o());
    case K::AtMost:
      return children("at-most " + std::to_string(c.count) + " " + o());
    case K::Exactly:
      return children("exactly " + std::to_string(c.count) + " " + o());
  }
  return "";
}

}  // namespace

Outcome check_text(const std::string& text, const Options& options) {
  Outcome outcome;
  Sources sources;
  Diagnostics diagnostics;
  check::CheckOptions check_options;
  check_options.findings = {"conflict", "dead-condition", "dead-end"};
  std::vector<syntax::File> files;
  for (const File& file : split(text)) {
    const FileId id = sources.add(file.name, take_markers(file, outcome.expected));
    if (std::find(options.baseline.begin(), options.baseline.end(), file.name) != options.baseline.end())
      check_options.baseline.push_back(id);
    files.push_back(syntax::parse(id, sources, diagnostics));
  }
  check_options.read_file = [&](FileId, const std::string& path) -> Result<std::string> {
    const auto it = options.data.find(path);
    if (it == options.data.end()) return Failure{"no such file"};
    return it->second;
  };
  if (!diagnostics.has_errors()) outcome.set = check::check(files, sources, check_options, diagnostics);
  diagnostics.finish();
  for (const Diagnostic& d : diagnostics.all()) {
    const LineColumn place = sources.locate(d.span.file, d.span.begin);
    outcome.got.push_back(std::string(info(d.id).id) + "@" + sources.file(d.span.file).path + ":" +
                          std::to_string(place.line) + ":" + std::to_string(place.column));
  }
  outcome.text = render(diagnostics, sources, DiagFormat::Text);
  return outcome;
}

Outcome check_policy(const std::string& text, const Options& options) {
  return check_text(std::string(kSchema) + "policy q rule z on deploy, migrate warn\npolicy p\n" + text, options);
}

std::string shape(const check::PolicySet& set, const Condition& condition) { return print(set, condition, nullptr); }

std::string shape_of_rule(const std::string& condition) {
  const Outcome outcome = check_policy(condition);
  if (!outcome.set) return outcome.text;
  for (const check::Rule& rule : outcome.set->rules) {
    if (rule.id == "p.r") return shape(*outcome.set, rule.on[0].condition);
  }
  return "no rule p.r";
}

}  // namespace guard::checktest
