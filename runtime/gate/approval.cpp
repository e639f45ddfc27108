// Reads, checks and writes approval records. See approval.hpp.
#include "gate/approval.hpp"

#include <algorithm>

#include "gate/folder.hpp"
#include "guardvm/limits.hpp"
#include "log/files.hpp"
#include "read/json_value.hpp"
#include "read/json_writer.hpp"
#include "read/values.hpp"

namespace guardvm::gate {

namespace {

constexpr std::string_view kSigned = "guard approval\n";
constexpr std::string_view kSignatureKey = ",\"signature\":\"";
constexpr size_t kSignatureDigits = 128;

// The record of one file as it says itself.
struct Record {
  Approval approval;
  log::Key key{};
  bool has_signature = false;
  std::string_view signed_part, signature;
};

bool instant_of(JsonValue value, int64_t& out) { return parse_timestamp(value.plain_text(), out); }

bool texts_of(JsonValue array, std::vector<std::string>& out) {
  if (!array.is_array()) return false;
  for (JsonElements e(array); e.next();)
    if (!e.value().append_text(out.emplace_back())) return false;
  return true;
}

// What is wrong with the form of the record; empty: nothing. The signature must stand last, so that it is clear what it
// is of.
std::string read_record(std::string_view line, JsonText& text, Record& out) {
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
  if (!text.parse(line)) return "is not JSON: " + text.problem();
  const JsonValue record = text.value();
  uint64_t form = 0;
  if (!record.member("guard_approval").number(form)) return "is no approval record";
  if (form != 1) return "is of a later form of approval records than this guardvm knows";
  Approval& approval = out.approval;
  if (!record.member("action").append_text(approval.action)) return "names no action";
  if (!instant_of(record.member("at"), approval.at_ns)) return "has no `at`, a timestamp";
  if (!instant_of(record.member("expires"), approval.expires_ns)) return "has no `expires`, a timestamp";
  if (record.member("by").there() && !record.member("by").append_text(approval.by)) return "has a `by` that is no text";
  if (record.member("groups").there() && !texts_of(record.member("groups"), approval.groups))
    return "has `groups` that are no list of texts";
  out.has_signature = record.member("signature").there();
  if (!out.has_signature) return {};
  const size_t cut = kSignatureKey.size() + kSignatureDigits + 2;  // `"}` behind the digits
  if (line.size() < cut || !line.substr(line.size() - cut).starts_with(kSignatureKey))
    return "has a signature that does not stand last";
  out.signed_part = line.substr(0, line.size() - cut);
  out.signature = line.substr(line.size() - 2 - kSignatureDigits, kSignatureDigits);
  if (!log::from_hex(record.member("key").plain_text(), out.key)) return "has a `key` that is no public key";
  return {};
}

const Person* owner_of(const Keyring& keyring, const log::Key& key) {
  for (const Person& person : keyring.people)
    if (std::find(person.keys.begin(), person.keys.end(), key) != person.keys.end()) return &person;
  return nullptr;
}

std::string time_text(int64_t ns) {
  std::string out;
  append_timestamp(out, ns);
  return out;
}

// Why the record does not count; empty: it does. With a keyring, its person becomes the keyring's.
std::string refuse_record(Record& record, const Keyring* keyring, std::string_view digest, std::string_view actor,
                          int64_t instant_ns) {
  Approval& approval = record.approval;
  if (keyring != nullptr) {
    if (!record.has_signature) return "is not signed";
    const Person* person = owner_of(*keyring, record.key);
    if (person == nullptr) return "is signed by a key that the keyring does not know";
    const std::string text = std::string(kSigned).append(record.signed_part);
    if (!log::signed_by(record.key, text, record.signature))
      return "has a signature that does not fit: it was changed after it was signed";
    approval.by = person->name;
    approval.groups = person->groups;
  }
  if (approval.action != digest) return "is for another action";
  if (approval.by.empty()) return "names nobody";
  if (approval.by == actor) return "is by the action's own actor";
  if (approval.expires_ns <= instant_ns) return "expired at " + time_text(approval.expires_ns);
  return {};
}

// One member of the keyring. False: it has another form.
bool read_person(JsonValue value, Person& out) {
  bool good = value.is_object();
  for (JsonMembers m(value); good && m.next();) {
    if (m.key() == "name") {
      good = m.value().append_text(out.name);
    } else if (m.key() == "groups") {
      good = texts_of(m.value(), out.groups);
    } else if (m.key() == "keys") {
      good = m.value().is_array();
      for (JsonElements e(m.value()); good && e.next();)
        good = log::from_hex(e.value().plain_text(), out.keys.emplace_back());
    } else {
      good = false;
    }
  }
  return good && !out.name.empty() && !out.keys.empty();
}

}  // namespace

Loaded<Keyring> read_keyring(const std::string& path) {
  const Loaded<std::string> bytes = log::read_file(path, kLimitGateFileBytes);
  if (!bytes.ok()) return bytes.error();
  JsonText text;
  if (!text.parse(bytes.value())) return LoadError{"the keyring `" + path + "` is not JSON: " + text.problem()};
  const JsonValue people = text.value().member("people");
  if (!people.is_array()) return LoadError{"the keyring `" + path + "` has no list `people`"};
  Keyring keyring;
  std::vector<log::Key> keys;
  std::vector<std::string> names;
  for (JsonElements e(people); e.next();) {
    Person& person = keyring.people.emplace_back();
    if (!read_person(e.value(), person))
      return LoadError{"the keyring `" + path + "`: person " + std::to_string(keyring.people.size()) +
                       " must have a `name`, `groups` (texts), `keys` (64 hexadecimal digits each), and nothing else"};
    names.push_back(person.name);
    keys.insert(keys.end(), person.keys.begin(), person.keys.end());
  }
  std::sort(names.begin(), names.end());
  if (const auto twice = std::adjacent_find(names.begin(), names.end()); twice != names.end())
    return LoadError{"the keyring `" + path + "` has `" + *twice + "` twice; give one person all their keys"};
  std::sort(keys.begin(), keys.end());
  if (const auto twice = std::adjacent_find(keys.begin(), keys.end()); twice != keys.end())
    return LoadError{"the keyring `" + path + "` has the key " + log::hex(*twice) + " twice; a key is one person's"};
  return keyring;
}

std::string approval_line(const Approval& approval, const log::Key* secret) {
  std::string out;
  JsonWriter json(out);
  json.open('{');
  json.key("guard_approval");
  json.number(1);
  json.member("action", approval.action);
  if (!approval.by.empty()) json.member("by", approval.by);
  if (!approval.groups.empty()) {
    json.key("groups");
    json.open('[');
    for (const std::string& group : approval.groups) json.text(group);
    json.close(']');
  }
  json.key("at");
  json.instant(approval.at_ns);
  json.key("expires");
  json.instant(approval.expires_ns);
  if (secret != nullptr) {
    json.member("key", log::hex(log::public_key(*secret)));
    json.member("signature", log::sign(*secret, std::string(kSigned) + out));
  }
  json.close('}');
  out += '\n';
  return out;
}

Loaded<Approvals> read_approvals(const std::string& folder, const Keyring* keyring, std::string_view digest,
                                 std::string_view actor, int64_t instant_ns) {
  const Loaded<std::vector<std::string>> names = files_of(folder);
  if (!names.ok()) return names.error();
  Approvals out;
  JsonText text;
  for (const std::string& name : names.value()) {
    if (!name.ends_with(".json")) continue;
    const Loaded<std::string> bytes = log::read_file(folder + '/' + name, kLimitGateFileBytes);
    Record record;
    std::string problem = bytes.ok() ? read_record(bytes.value(), text, record) : bytes.error().message;
    if (problem.empty()) problem = refuse_record(record, keyring, digest, actor, instant_ns);
    if (problem.empty())
      out.counted.push_back(std::move(record.approval));
    else
      out.notes.push_back("approval `" + name + "` does not count: it " + problem);
  }
  return out;
}

}  // namespace guardvm::gate
