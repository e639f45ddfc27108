// See record.hpp.
#include "log/record.hpp"

#include "guardvm/limits.hpp"
#include "read/json_writer.hpp"
#include "read/scan.hpp"

namespace guardvm::log {

namespace {

bool is_utf8(const std::string& text) {
  for (const char* p = text.c_str(); p != text.c_str() + text.size();) {
    const unsigned size = static_cast<unsigned char>(*p) < 0x80 ? 1 : scan::utf8_sequence(p);
    if (size == 0) return false;
    p += size;
  }
  return true;
}

void optional_text(JsonWriter& json, std::string_view key, std::string_view text) {
  json.key(key);
  if (text.empty() || !is_utf8(std::string(text)))
    json.raw("null");
  else
    json.text(text);
}

void append_given(JsonWriter& json, const ReadOptions& given) {
  json.key("given");
  json.open('{');
  if (!given.kind.empty()) optional_text(json, "kind", given.kind);
  if (given.has_at) {
    json.key("at");
    json.instant(given.at_ns);
  }
  if (given.strict) {
    json.key("strict");
    json.boolean(true);
  }
  json.close('}');
}

void append_evaluation(JsonWriter& json, std::string& line, const Evaluation& evaluation) {
  optional_text(json, "revision", evaluation.revision);
  json.key("evaluation_ns");
  json.number(evaluation.evaluation_ns);
  json.key("decision");
  json.raw("");
  evaluation.session->append_json(line, {.valid_until = true, .explain = false});
}

}  // namespace

std::string_view mode_word(Mode mode) { return mode == Mode::Enforce ? "enforce" : "dry-run"; }

Loaded<bool> RecordWriter::append(std::string& line, uint64_t sequence, const std::string& id, const Entry& entry,
                                  const Torn& torn, KeySource& keys) {
  if (bundle_ != entry.decided.bundle) {
    bundle_ = entry.decided.bundle;
    redactor_.emplace(*bundle_);
    subjects_.emplace(*bundle_);
  }
  const Session& session = *entry.decided.session;
  const Decision& decision = session.decision();
  const uint32_t kind = decision.kind_known ? decision.kind : format::kNone;

  JsonWriter json(line);
  json.open('{');
  json.key("seq");
  json.number(sequence);
  json.member("id", id);
  json.key("time");
  json.instant(entry.time_ns);
  json.member("mode", mode_word(entry.mode));
  if (!entry.run.empty()) {
    optional_text(json, "run", entry.run);
    json.key("attempt");
    json.number(entry.attempt);
  }
  const bool was_read = decision.outcome != Outcome::Error;
  optional_text(json, "service", was_read ? subjects_->service(session.action()) : "");
  optional_text(json, "actor", was_read ? subjects_->actor(session.action()) : "");
  append_given(json, entry.given);
  append_evaluation(json, line, entry.decided);
  if (entry.candidate.bundle != nullptr) {
    json.key("candidate");
    json.open('{');
    append_evaluation(json, line, entry.candidate);
    json.close('}');
  }
  if (Loaded<bool> written = append_action(json, line, entry, kind, keys); !written.ok()) return written;
  if (torn.bytes > 0) {
    json.key("torn");
    json.open('{');
    json.key("bytes");
    json.number(torn.bytes);
    json.member("sha256", torn.sha256);
    json.close('}');
  }
  if (line.size() > kLimitLogRecordBytes)
    return LoadError{"the record would have more than " + std::to_string(kLimitLogRecordBytes) + " bytes"};
  return true;
}

Loaded<bool> RecordWriter::append_action(JsonWriter& json, std::string& line, const Entry& entry, uint32_t kind,
                                         KeySource& keys) {
  // What cannot be read, or not as a kind when some kind hides something, cannot be searched for what to hide.
  const bool hides = redactor_->hides(kind);
  const bool whole = entry.action.size() <= kLimitRecordBytes && text_.parse(entry.action) &&
                     text_.value().is_object() && (kind != format::kNone || !hides);
  const Key* key = nullptr;
  if (hides || !whole) {
    const Loaded<const Key*> found = keys.key();
    if (!found.ok()) return found.error();
    key = found.value();
  }
  json.key("action");
  if (!whole) {
    json.raw("null");
    json.key("action_bytes");
    json.number(entry.action.size());
    json.member("action_digest", digest_of(*key, "", entry.action));
    return true;
  }
  json.raw("");
  std::vector<std::string> replaced;
  redactor_->append(line, text_.value(), kind, key, replaced);
  if (replaced.empty()) return true;
  json.key("replaced");
  json.open('[');
  for (const std::string& pointer : replaced) json.text(pointer);
  json.close(']');
  return true;
}

}  // namespace guardvm::log
