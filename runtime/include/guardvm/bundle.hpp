// A loaded bundle: bytes that the validator has accepted, and typed views of their sections.
//
//   auto bundle = guardvm::Bundle::load("set.bundle");      // maps the file, checks checksum and every index
//   if (!bundle.ok()) refuse(bundle.error().message);
//
// INVARIANT: only load and from_bytes make one, and only from bytes in which every count, offset, index, arity, jump
// and table was checked (load/validate.cpp). So the decision path reads without checks. Ownership: owns its mapping or
// bytes; movable, not copyable; views live as long as it does. Threads: immutable; share it freely. Cost: O(bytes)
// once: checksum and validation, no parsing.
#pragma once
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "guardvm/error.hpp"
#include "guardvm/format.hpp"

namespace guardvm {

namespace format {
// One span per row of GUARD_SECTIONS.
struct View {
#define GUARD_SECTION_SPAN(id, name, item) std::span<const item> name;
  GUARD_SECTIONS(GUARD_SECTION_SPAN)
#undef GUARD_SECTION_SPAN
};
}  // namespace format

struct ReadPlan;  // read/plan.hpp: per kind, from JSON keys to leaves; made at load

class Bundle {
 public:
  // Maps and validates the file. Failure: why it is refused; the file may be anything.
  // REQUIRES: nobody writes into the file while it is loaded (replace a bundle by renaming a new file over it); what is
  // mapped
  //   is what was validated only as long as the file stays as it was.
  static Loaded<Bundle> load(const std::string& path);
  // Copies and validates the bytes. `verify_checksum` false is for tests that try the validator itself.
  static Loaded<Bundle> from_bytes(std::string_view bytes, bool verify_checksum = true);

  Bundle(Bundle&&) noexcept;
  Bundle& operator=(Bundle&&) noexcept;
  ~Bundle();

  // The sections as spans: `bundle.view().Rules[i]`; empty when the section is absent.
  [[nodiscard]] const format::View& view() const { return view_; }
  [[nodiscard]] const format::Header& header() const { return *header_; }
  [[nodiscard]] std::string_view bytes() const;                        // the whole file
  [[nodiscard]] const std::string& digest() const { return digest_; }  // "sha256:<hex>", as stored
  [[nodiscard]] const ReadPlan& read_plan() const { return *plan_; }
  [[nodiscard]] std::string_view text(format::Text t) const;

 private:
  Bundle();
  const format::Header* header_ = nullptr;
  format::View view_;
  std::unique_ptr<ReadPlan> plan_;
  std::string digest_;
  struct Storage;
  static Loaded<Bundle> accept(std::unique_ptr<Storage> storage, bool verify_checksum);
  std::unique_ptr<Storage> storage_;
};

}  // namespace guardvm
