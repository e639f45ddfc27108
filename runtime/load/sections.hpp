// From a file's bytes to typed views: header, section table, checksum. Nothing inside the sections is looked at.
#pragma once
#include <cstdint>
#include <span>

#include "guardvm/bundle.hpp"

namespace guardvm::load {

struct Sections {
  const format::Header* header = nullptr;
  format::View view;
};

// REQUIRES: `bytes` is 8-aligned. The result points into it.
[[nodiscard]] Loaded<Sections> read_sections(std::span<const uint8_t> bytes, bool verify_checksum);

}  // namespace guardvm::load
