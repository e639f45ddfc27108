// See checkpoint.hpp.
#include "log/checkpoint.hpp"

#include "read/json_value.hpp"
#include "read/json_writer.hpp"

namespace guardvm::log {

namespace {

constexpr std::string_view kDomain = "guard checkpoint\n", kSignature = ",\"signature\":\"", kEnd = "\"}";
constexpr size_t kSignatureDigits = 128;

std::string signed_text(std::string_view line) { return std::string(kDomain).append(line); }

}  // namespace

std::string make_checkpoint(const Head& head, int64_t time_ns, const Key& secret) {
  std::string line;
  JsonWriter json(line);
  json.open('{');
  json.key("seq");
  json.number(head.sequence);
  json.member("hash", head.hash);
  json.key("time");
  json.instant(time_ns);
  json.member("key", hex(public_key(secret)));
  const std::string signature = sign(secret, signed_text(line));
  return line.append(kSignature).append(signature).append(kEnd);
}

Loaded<Checkpoint> read_checkpoint(std::string_view line, const Key& public_key) {
  const LoadError none{"this line is no checkpoint"};
  constexpr size_t kTail = kSignature.size() + kSignatureDigits + kEnd.size();
  if (line.size() < kTail || !line.ends_with(kEnd)) return none;
  const std::string_view tail = line.substr(line.size() - kTail);
  if (!tail.starts_with(kSignature)) return none;
  const std::string_view signature = tail.substr(kSignature.size(), kSignatureDigits);
  JsonText text;
  if (!text.parse(line)) return none;
  Checkpoint found;
  const std::string_view hash = text.value().member("hash").plain_text();
  if (!text.value().member("seq").number(found.head.sequence) || found.head.sequence == 0 || !is_hash(hash))
    return none;
  if (!signed_by(public_key, signed_text(line.substr(0, line.size() - kTail)), signature))
    return LoadError{"this checkpoint of record " + std::to_string(found.head.sequence) +
                     " is not signed with the key " + hex(public_key)};
  found.head.hash = hash;
  return found;
}

}  // namespace guardvm::log
