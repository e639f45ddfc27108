// Sections to bytes: header, section table, sections in order of id, each 8-aligned.
#include <sodium.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstddef>

#include "codegen/context.hpp"

namespace guard::codegen {
namespace {

struct Piece {
  format::SectionRow row;
  const void* data;
};

template <typename T>
void add(std::vector<Piece>& pieces, format::SectionId id, const std::vector<T>& items) {
  if (items.empty()) return;
  pieces.push_back({{static_cast<uint32_t>(id), sizeof(T), 0, items.size()}, items.data()});
}

uint64_t align(uint64_t bytes) { return (bytes + 7) & ~uint64_t{7}; }

}  // namespace

std::string write_bundle(const Sections& sections) {
  std::vector<Piece> pieces;
#define GUARD_SECTION_ADD(id, name, item) add(pieces, format::SectionId::name, sections.name);
  GUARD_SECTIONS(GUARD_SECTION_ADD)
#undef GUARD_SECTION_ADD
  uint64_t end = align(sizeof(format::Header) + pieces.size() * sizeof(format::SectionRow));
  for (Piece& piece : pieces) {
    piece.row.offset = end;
    end = align(end + piece.row.count * piece.row.item_bytes);
  }
  std::string bytes(end, '\0');
  format::Header header{};
  std::memcpy(header.magic, format::kMagic, sizeof header.magic);
  header.version = format::kVersion;
  header.section_count = static_cast<uint32_t>(pieces.size());
  header.file_bytes = end;
  char* table = bytes.data() + sizeof header;
  for (const Piece& piece : pieces) {
    std::memcpy(table, &piece.row, sizeof piece.row);
    table += sizeof piece.row;
    std::memcpy(bytes.data() + piece.row.offset, piece.data, piece.row.count * piece.row.item_bytes);
  }
  // The name covers the contents; the checksum covers the name as well, so that no flipped bit goes unseen.
  crypto_hash_sha256(header.sha256, reinterpret_cast<const unsigned char*>(bytes.data()) + sizeof header,
                     end - sizeof header);
  std::memcpy(bytes.data(), &header, sizeof header);
  constexpr size_t kAfterChecksum = offsetof(format::Header, checksum) + sizeof header.checksum;
  header.checksum = XXH3_64bits(bytes.data() + kAfterChecksum, end - kAfterChecksum);
  std::memcpy(bytes.data(), &header, sizeof header);
  return bytes;
}

}  // namespace guard::codegen
