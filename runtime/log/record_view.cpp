// See record_view.hpp.
#include "log/record_view.hpp"

#include "log/frame.hpp"

namespace guardvm::log {

namespace {

constexpr size_t kPadding = 32;  // for JsonValue

}  // namespace

bool RecordView::read(std::string_view line) {
  if (!line.starts_with(kRecordStart)) return false;
  line_.assign(line);
  size_ = line.size();
  line_.append(kPadding, '\0');
  sequence = 0;
  attempt = 1;
  evaluation_ns = 0;
  id = time = mode = run = outcome = kind = bundle = would = {};
  service = actor = given = decision = candidate = action = replaced = torn = rules = missing = {};
  for (JsonMembers m(JsonValue::at(line_.data())); m.next();) {
    const std::string_view key = m.key();
    const JsonValue value = m.value();
    if (key == "seq")
      value.number(sequence);
    else if (key == "id")
      id = value.plain_text();
    else if (key == "time")
      time = value.plain_text();
    else if (key == "mode")
      mode = value.plain_text();
    else if (key == "run")
      run = value.plain_text();
    else if (key == "attempt")
      value.number(attempt);
    else if (key == "evaluation_ns")
      value.number(evaluation_ns);
    else if (key == "service")
      service = value;
    else if (key == "actor")
      actor = value;
    else if (key == "given")
      given = value;
    else if (key == "decision")
      decision = value;
    else if (key == "candidate")
      candidate = value;
    else if (key == "action")
      action = value;
    else if (key == "replaced")
      replaced = value;
    else if (key == "torn")
      torn = value;
  }
  for (JsonMembers m(decision); m.next();) {
    const std::string_view key = m.key();
    if (key == "decision")
      outcome = m.value().plain_text();
    else if (key == "kind")
      kind = m.value().plain_text();
    else if (key == "bundle")
      bundle = m.value().plain_text();
    else if (key == "would")
      would = m.value().plain_text();
    else if (key == "rules")
      rules = m.value();
    else if (key == "missing")
      missing = m.value();
  }
  return sequence > 0 && !outcome.empty();
}

std::string text_of(JsonValue value) {
  std::string text;
  value.append_text(text);
  return text;
}

}  // namespace guardvm::log
