// A bundle in parts that a test can bend: one vector per section, a small set in it that uses every feature, and the
// bytes.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "guardvm/format.hpp"
#include "guardvm/hash.hpp"
#include "guardvm/opcodes.hpp"

namespace guardvm::testing {

using namespace format;

struct Parts {
#define GUARD_PARTS(id, name, item) std::vector<item> name;
  GUARD_SECTIONS(GUARD_PARTS)
#undef GUARD_PARTS

  Text text(std::string_view s) {
    const auto offset = static_cast<uint32_t>(Bytes.size());
    Bytes.insert(Bytes.end(), s.begin(), s.end());
    return {offset, static_cast<uint32_t>(s.size())};
  }
  Range strings(const std::vector<std::string>& all) {
    const auto first = static_cast<uint32_t>(Strings.size());
    for (const std::string& s : all) Strings.push_back(text(s));
    return {first, static_cast<uint32_t>(all.size())};
  }
  Range numbers(const std::vector<int64_t>& all) { return append(Numbers, all); }
  Range indices(const std::vector<uint32_t>& all) { return append(Indices, all); }
  uint32_t string_set(const std::vector<std::string>& all) {
    StringSets.push_back(strings(all));
    return static_cast<uint32_t>(StringSets.size() - 1);
  }
  uint32_t number_set(const std::vector<int64_t>& all) {
    NumberSets.push_back(numbers(all));
    return static_cast<uint32_t>(NumberSets.size() - 1);
  }
  Range code(const std::vector<Instr>& all) { return append(Code, all); }

  // A hash table of the last strings added by `strings`, with these values.
  Range hash_table(Range keys, const std::vector<uint32_t>& values, uint32_t slots) {
    const auto first = static_cast<uint32_t>(HashSlots.size());
    HashSlots.resize(first + slots);
    for (uint32_t k = 0; k < keys.count; ++k) {
      const Text t = Strings[keys.first + k];
      const std::string_view key(reinterpret_cast<const char*>(Bytes.data()) + t.offset, t.size);
      const uint64_t hash = hash_text(key);
      auto at = static_cast<uint32_t>(hash) & (slots - 1);
      while (HashSlots[first + at].tag != 0) at = (at + 1) & (slots - 1);
      HashSlots[first + at] = {t, values[k], hash_tag(hash)};
    }
    return {first, slots};
  }

  template <typename T>
  Range append(std::vector<T>& to, const std::vector<T>& all) {
    const auto first = static_cast<uint32_t>(to.size());
    to.insert(to.end(), all.begin(), all.end());
    return {first, static_cast<uint32_t>(all.size())};
  }

  // The file. The name (SHA-256) stays zero; the checksum is right.
  [[nodiscard]] std::string bytes() const {
    std::vector<SectionRow> rows;
    std::string body;
#define GUARD_PARTS(id, name, item)                                                      \
  if (!name.empty()) {                                                                   \
    rows.push_back({id, sizeof(item), body.size(), name.size()});                        \
    body.append(reinterpret_cast<const char*>(name.data()), name.size() * sizeof(item)); \
    body.resize((body.size() + 7) / 8 * 8);                                              \
  }
    GUARD_SECTIONS(GUARD_PARTS)
#undef GUARD_PARTS
    const size_t start = sizeof(Header) + rows.size() * sizeof(SectionRow);
    for (SectionRow& row : rows) row.offset += start;
    Header header{};
    std::memcpy(header.magic, kMagic, sizeof header.magic);
    header.version = kVersion;
    header.section_count = static_cast<uint32_t>(rows.size());
    header.file_bytes = start + body.size();
    std::string file(reinterpret_cast<const char*>(&header), sizeof header);
    file.append(reinterpret_cast<const char*>(rows.data()), rows.size() * sizeof(SectionRow));
    file += body;
    seal(file);
    return file;
  }

  // Makes the checksum of a file right again.
  static void seal(std::string& file) {
    constexpr size_t kCovered = offsetof(Header, checksum) + sizeof(Header::checksum);
    if (file.size() < kCovered) return;
    const uint64_t checksum = XXH3_64bits(file.data() + kCovered, file.size() - kCovered);
    std::memcpy(file.data() + offsetof(Header, checksum), &checksum, sizeof checksum);
  }
};

// One kind `deploy` with a leaf of every type, four entries, a dim of every classifier.
[[nodiscard]] Parts small_set();

}  // namespace guardvm::testing
