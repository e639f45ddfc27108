// See log_filter.hpp.
#include "tool/log_filter.hpp"

#include "read/values.hpp"
#include "rehearse/counts.hpp"

namespace guardvm::tool {

bool names_rule(std::string_view name, std::string_view id) {
  return id == name || (id.ends_with(name) && id.size() > name.size() && id[id.size() - name.size() - 1] == '.');
}

bool parse_moment(Arguments& words, int64_t& out_ns) {
  std::string text;
  if (!words.value(text)) return false;
  return parse_timestamp(text, out_ns) || parse_timestamp(text + "T00:00:00Z", out_ns) ||
         words.fail("`" + words.word() + "` needs a date or an RFC 3339 timestamp such as 2026-03-02T09:30:00Z, not `" +
                    text + "`");
}

bool LogFilter::option(Arguments& words) {
  static constexpr std::string_view kOutcomes[] = {"allow", "deny", "hold", "error"};
  static constexpr std::string_view kModes[] = {"enforce", "dry-run"};
  size_t chosen = 0;
  if (words.is("--rule"))
    words.value(rule);
  else if (words.is("--status"))
    words.value(status);
  else if (words.is("--service"))
    words.value(service);
  else if (words.is("--actor"))
    words.value(actor);
  else if (words.is("--kind"))
    words.value(kind);
  else if (words.is("--since"))
    parse_moment(words, since_ns);
  else if (words.is("--until"))
    parse_moment(words, until_ns);
  else if (words.is("--outcome")) {
    if (words.choice({kOutcomes[0], kOutcomes[1], kOutcomes[2], kOutcomes[3]}, chosen)) outcome = kOutcomes[chosen];
  } else if (words.is("--mode")) {
    if (words.choice({kModes[0], kModes[1]}, chosen)) mode = kModes[chosen];
  } else {
    return false;
  }
  return true;
}

bool LogFilter::fits(const log::RecordView& record) const {
  if (!outcome.empty() && record.outcome != outcome) return false;
  if (!kind.empty() && record.kind != kind) return false;
  if (!mode.empty() && record.mode != mode) return false;
  if (!service.empty() && log::text_of(record.service) != service) return false;
  if (!actor.empty() && log::text_of(record.actor) != actor) return false;
  if (since_ns != INT64_MIN || until_ns != INT64_MAX) {
    int64_t time_ns = 0;
    if (!parse_timestamp(record.time, time_ns) || time_ns < since_ns || time_ns >= until_ns) return false;
  }
  if (rule.empty()) return true;
  for (JsonElements e(record.rules); e.next();) {
    if (!names_rule(rule, e.value().member("id").plain_text())) continue;
    if (status.empty() || e.value().member("status").plain_text() == status) return true;
  }
  return false;
}

}  // namespace guardvm::tool
