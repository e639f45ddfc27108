// See frame.hpp.
#include "log/frame.hpp"

#include <algorithm>

namespace guardvm::log {

namespace {

constexpr std::string_view kPrevious = ",\"prev\":\"", kHash = ",\"hash\":\"", kEnd = "\"}";
constexpr std::string_view kTorn = ",\"torn\":{\"bytes\":", kTornHash = ",\"sha256\":\"";
constexpr size_t kHashTail = kHash.size() + kHashDigits + kEnd.size();
constexpr size_t kPreviousTail = kPrevious.size() + kHashDigits + 1;  // with its closing quote

}  // namespace

bool is_hash(std::string_view text) {
  return text.size() == kHashDigits &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

Head seal(std::string& line, const Head& before) {
  line.append(kPrevious).append(before.hash) += '"';
  Head head{before.sequence + 1, sha256(line)};
  line.append(kHash).append(head.hash).append(kEnd);
  return head;
}

bool parse_frame(std::string_view line, Frame& frame) {
  if (line.size() < kRecordStart.size() + 1 + kPreviousTail + kHashTail) return false;
  if (!line.starts_with(kRecordStart) || !line.ends_with(kEnd)) return false;
  const std::string_view tail = line.substr(line.size() - kHashTail);
  const std::string_view hashed = line.substr(0, line.size() - kHashTail);
  const std::string_view previous = hashed.substr(hashed.size() - kPreviousTail);
  if (!tail.starts_with(kHash) || !previous.starts_with(kPrevious) || previous.back() != '"') return false;
  Frame found;
  found.hash = tail.substr(kHash.size(), kHashDigits);
  found.previous = previous.substr(kPrevious.size(), kHashDigits);
  found.hashed = hashed;
  if (!is_hash(found.hash) || !is_hash(found.previous)) return false;
  size_t at = kRecordStart.size(), digits = 0;
  for (; line[at] >= '0' && line[at] <= '9'; ++at, ++digits)
    found.sequence = found.sequence * 10 + static_cast<uint64_t>(line[at] - '0');
  // 19 digits fit into 64 bits; no log is as long.
  if (digits == 0 || digits > 19 || line[kRecordStart.size()] == '0' || line[at] != ',') return false;
  frame = found;
  return true;
}

// Found by its form: an action that ends like that has one more brace behind it.
Torn torn_before(const Frame& frame) {
  std::string_view text = frame.hashed.substr(0, frame.hashed.size() - kPreviousTail);
  constexpr size_t kTail = kTornHash.size() + kHashDigits + kEnd.size();
  if (!text.ends_with(kEnd) || text.size() < kTail) return {};
  const std::string_view tail = text.substr(text.size() - kTail);
  const std::string_view hash = tail.substr(kTornHash.size(), kHashDigits);
  if (!tail.starts_with(kTornHash) || !is_hash(hash)) return {};
  text.remove_suffix(kTail);
  const size_t digits = text.find_last_not_of("0123456789") + 1;
  const std::string_view number = text.substr(digits);
  if (number.empty() || number.size() > 19 || !text.substr(0, digits).ends_with(kTorn)) return {};
  Torn torn{0, std::string(hash)};
  for (const char c : number) torn.bytes = torn.bytes * 10 + static_cast<uint64_t>(c - '0');
  return torn;
}

}  // namespace guardvm::log
