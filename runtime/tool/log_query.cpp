// guardvm log query: the records that fit what is asked, as they stand, as a table, or as text for people.
#include <deque>
#include <string>

#include "log/record_view.hpp"
#include "tool/files.hpp"
#include "tool/log_command.hpp"
#include "tool/log_filter.hpp"
#include "tool/outcomes.hpp"

namespace guardvm::tool {

namespace {

enum class Form : uint8_t { Text, Json, Csv };

// RFC 4180.
void append_cell(std::string& out, std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

// "p.big applied, p.small shadow"
std::string rules_text(const log::RecordView& record) {
  std::string out;
  for (JsonElements e(record.rules); e.next();) {
    if (!out.empty()) out += ", ";
    out += log::text_of(e.value().member("id")) + ' ' + log::text_of(e.value().member("status"));
  }
  return out;
}

// The messages of the rules that the outcome rests on most likely: those that are applied; of an error, its own.
std::string messages_text(const log::RecordView& record) {
  if (const JsonValue error = record.decision.member("error"); error.is_object()) {
    const std::string at = log::text_of(error.member("at"));
    return log::text_of(error.member("code")) + (at.empty() ? "" : " at " + at) + ": " +
           log::text_of(error.member("message"));
  }
  std::string out;
  for (JsonElements e(record.rules); e.next();) {
    if (e.value().member("status").plain_text() != "applied") continue;
    if (!out.empty()) out += "; ";
    out += log::text_of(e.value().member("message"));
  }
  return out;
}

void append_csv(std::string& out, const log::RecordView& record) {
  out += std::to_string(record.sequence);
  for (const std::string& cell :
       {std::string(record.time), std::string(record.mode), std::string(record.outcome), std::string(record.kind),
        log::text_of(record.service), log::text_of(record.actor), rules_text(record), messages_text(record),
        std::string(record.id), std::string(record.bundle)}) {
    out += ',';
    append_cell(out, cell);
  }
  out += "\r\n";
}

// A line break in a value would look like a record of its own.
void append_line(std::string& out, std::string_view text) {
  for (const char c : text) out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
  out += '\n';
}

void append_text(std::string& out, const log::RecordView& record) {
  std::string line =
      std::to_string(record.sequence) + "  " + std::string(record.time) + "  " + std::string(record.outcome);
  if (record.mode != "enforce") line += " (" + std::string(record.mode) + ")";
  line += "  ";
  line += record.kind.empty() ? "-" : record.kind;
  if (record.service.is_string()) line += " of " + log::text_of(record.service);
  if (record.actor.is_string()) line += " by " + log::text_of(record.actor);
  append_line(out, line);
  for (JsonElements e(record.rules); e.next();) {
    const JsonValue rule = e.value();
    std::string text = "    " + log::text_of(rule.member("id")) + ": " + log::text_of(rule.member("effect")) + ", " +
                       log::text_of(rule.member("status"));
    if (rule.member("met").there()) text += rule.member("met").is_true() ? ", met" : ", unmet";
    if (rule.member("by").is_string()) text += " by " + log::text_of(rule.member("by"));
    if (rule.member("would").is_string()) text += ", would be " + log::text_of(rule.member("would"));
    append_line(out, text + ": " + log::text_of(rule.member("message")));
  }
  if (record.decision.member("error").is_object()) append_line(out, "    " + messages_text(record));
}

}  // namespace

int log_query(Arguments words) {
  std::vector<std::string> names;
  LogFilter filter;
  uint64_t limit = UINT64_MAX;
  size_t form = 0;
  while (words.next()) {
    if (!words.is_option())
      names.push_back(words.word());
    else if (words.is("--limit"))
      words.number(limit);
    else if (words.is("--format"))
      words.choice({"text", "json", "csv"}, form);
    else if (!filter.option(words))
      words.fail("`log query` has no option `" + words.word() + "`");
  }
  if (names.empty()) words.fail("`log query` needs a decision log");
  if (!filter.status.empty() && filter.rule.empty()) words.fail("`--status` is that of a `--rule`");
  if (!words.ok()) return usage_error(words.problem());

  Output output;
  if (static_cast<Form>(form) == Form::Csv)
    output.buffer() += "seq,time,mode,outcome,kind,service,actor,rules,message,id,bundle\r\n";
  std::deque<std::string> last;  // when there is a limit
  const Loaded<bool> read = read_records(names, [&](const log::RecordView& record) {
    if (!filter.fits(record)) return;
    std::string text;
    std::string& out = limit == UINT64_MAX ? output.buffer() : text;
    switch (static_cast<Form>(form)) {
      case Form::Text:
        append_text(out, record);
        break;
      case Form::Json:
        out.append(record.line()) += '\n';
        break;
      case Form::Csv:
        append_csv(out, record);
        break;
    }
    if (limit == UINT64_MAX) return output.flush_when_full();
    last.push_back(std::move(text));
    if (last.size() > limit) last.pop_front();
  });
  if (!read.ok()) return usage_error(read.error().message);
  for (const std::string& text : last) output.buffer() += text;
  if (!output.flush()) return usage_error("cannot write to standard output");
  return static_cast<int>(Exit::Ok);
}

}  // namespace guardvm::tool
