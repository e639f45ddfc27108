// Header and section table, every count and offset checked without overflow before it is used.
#include "load/sections.hpp"

#include <array>
#include <cstring>
#include <string>

#include "guardvm/limits.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace guardvm::load {
namespace {

using namespace format;  // The section list names its structs without it.

struct Known {
  uint32_t id;
  uint32_t item_bytes;
  const char* name;
};
constexpr std::array kKnown = {
#define GUARD_KNOWN(id, name, item) Known{id, sizeof(item), #name},
    GUARD_SECTIONS(GUARD_KNOWN)
#undef GUARD_KNOWN
};

const Known* find_known(uint32_t id) {
  for (const Known& known : kKnown) {
    if (known.id == id) return &known;
  }
  return nullptr;
}

uint64_t aligned(uint64_t n) { return (n + 7) & ~uint64_t{7}; }

LoadError refused(std::string message) { return LoadError{std::move(message)}; }

// The header by itself. Empty: fine.
std::string check_header(std::span<const uint8_t> bytes, bool verify_checksum) {
  if (bytes.size() < sizeof(Header)) return "too short for a bundle: " + std::to_string(bytes.size()) + " bytes";
  if (bytes.size() > kLimitBundleBytes) {
    return "larger than the limit bundle-bytes: " + std::to_string(bytes.size()) + " of " +
           std::to_string(kLimitBundleBytes);
  }
  const auto* header = reinterpret_cast<const Header*>(bytes.data());
  if (std::memcmp(header->magic, format::kMagic, sizeof format::kMagic) != 0)
    return "not a bundle: the magic bytes differ";
  if (header->version != format::kVersion) {
    return "format version " + std::to_string(header->version) + "; this guardvm reads version " +
           std::to_string(format::kVersion);
  }
  if (header->file_bytes != bytes.size()) {
    return "cut or grown: the header says " + std::to_string(header->file_bytes) + " bytes, the file has " +
           std::to_string(bytes.size());
  }
  if (verify_checksum) {
    constexpr size_t kCovered = offsetof(Header, checksum) + sizeof(Header::checksum);
    if (XXH3_64bits(bytes.data() + kCovered, bytes.size() - kCovered) != header->checksum) {
      return "damaged: the checksum differs";
    }
  }
  return {};
}

template <typename Item>
void set_span(std::span<const Item>& span, const uint8_t* bytes, const SectionRow& row) {
  span = {reinterpret_cast<const Item*>(bytes + row.offset), static_cast<size_t>(row.count)};
}

void set_view(format::View& view, const uint8_t* bytes, const SectionRow& row) {
  switch (static_cast<format::SectionId>(row.id)) {
#define GUARD_SET_VIEW(id, name, item) \
  case format::SectionId::name:        \
    set_span(view.name, bytes, row);   \
    break;
    GUARD_SECTIONS(GUARD_SET_VIEW)
#undef GUARD_SET_VIEW
  }
}

}  // namespace

Loaded<Sections> read_sections(std::span<const uint8_t> bytes, bool verify_checksum) {
  if (std::string problem = check_header(bytes, verify_checksum); !problem.empty()) return refused(std::move(problem));
  Sections sections;
  sections.header = reinterpret_cast<const Header*>(bytes.data());
  const uint32_t count = sections.header->section_count;
  if (count > kKnown.size())
    return refused("section_count: " + std::to_string(count) + " of " + std::to_string(kKnown.size()));
  uint64_t end = sizeof(Header) + uint64_t{count} * sizeof(SectionRow);
  if (end > bytes.size()) return refused("the section table ends after the file");
  const auto* rows = reinterpret_cast<const SectionRow*>(bytes.data() + sizeof(Header));
  for (uint32_t i = 0; i < count; ++i) {
    const SectionRow& row = rows[i];
    const Known* known = find_known(row.id);
    if (known == nullptr) return refused("section " + std::to_string(i) + ": unknown id " + std::to_string(row.id));
    const std::string name = "section " + std::string(known->name);
    if (i > 0 && rows[i - 1].id >= row.id) return refused(name + ": ids are not ascending");
    if (row.item_bytes != known->item_bytes) {
      return refused(name + ": items of " + std::to_string(row.item_bytes) + " bytes, not " +
                     std::to_string(known->item_bytes));
    }
    if (row.offset != end)
      return refused(name + ": starts at " + std::to_string(row.offset) + ", not at " + std::to_string(end));
    if (row.count > (bytes.size() - end) / row.item_bytes) {
      return refused(name + ": " + std::to_string(row.count) + " items do not fit into the file");
    }
    const uint64_t last = end + row.count * row.item_bytes;
    end = aligned(last);
    if (end > bytes.size()) return refused(name + ": its padding ends after the file");
    for (uint64_t at = last; at < end; ++at) {
      if (bytes[at] != 0) return refused(name + ": the padding after it is not zero");
    }
    set_view(sections.view, bytes.data(), row);
  }
  if (end != bytes.size())
    return refused("the sections end at byte " + std::to_string(end) + " of " + std::to_string(bytes.size()));
  return sections;
}

}  // namespace guardvm::load
