// The sections of a bundle while it is written: one growing array per section, and what is shared in them.
//
// Equal texts, numbers, sets, operands and pieces of code are stored once. Everything stands in order of first use, so
// that the same policy set always gives the same bytes.
#pragma once
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "guardvm/format.hpp"
#include "guardvm/hash.hpp"

namespace guard::codegen {

namespace format = guardvm::format;

namespace detail {
using namespace guardvm::format;  // NOLINT: the section table names its structs without their namespace
struct Sections {
#define GUARD_SECTION_VECTOR(id, name, item) std::vector<item> name;
  GUARD_SECTIONS(GUARD_SECTION_VECTOR)
#undef GUARD_SECTION_VECTOR
};
}  // namespace detail
using detail::Sections;

// A set of ids found by hash; what an id stands for is the caller's.
class HashIndex {
 public:
  // The known id that `same(id)` accepts, or `fresh`, which is known from now on.
  template <typename Same>
  uint32_t find_or_add(uint64_t hash, uint32_t fresh, const Same& same) {
    if ((used_ + 1) * 2 > slots_.size()) grow();
    const size_t mask = slots_.size() - 1;
    for (size_t at = hash & mask;; at = (at + 1) & mask) {
      Slot& slot = slots_[at];
      if (slot.id == kEmpty) {
        slot = {hash, fresh};
        ++used_;
        return fresh;
      }
      if (slot.hash == hash && same(slot.id)) return slot.id;
    }
  }

 private:
  static constexpr uint32_t kEmpty = 0xffffffffu;
  struct Slot {
    uint64_t hash = 0;
    uint32_t id = kEmpty;
  };
  void grow() {
    std::vector<Slot> old = std::move(slots_);
    slots_.assign(old.empty() ? 64 : old.size() * 2, {});
    const size_t mask = slots_.size() - 1;
    for (const Slot& slot : old) {
      if (slot.id == kEmpty) continue;
      size_t at = slot.hash & mask;
      while (slots_[at].id != kEmpty) at = (at + 1) & mask;
      slots_[at] = slot;
    }
  }
  std::vector<Slot> slots_;
  size_t used_ = 0;
};

template <typename T>
[[nodiscard]] uint64_t hash_items(std::span<const T> items) {
  return guardvm::hash_text({reinterpret_cast<const char*>(items.data()), items.size_bytes()});
}

// Ranges of one array, equal ranges shared. T has no padding that is not written.
template <typename T>
class RangePool {
 public:
  explicit RangePool(std::vector<T>& items) : items_(&items) {}

  format::Range add(std::span<const T> items) {
    if (items.empty()) return {0, 0};
    const auto fresh = static_cast<uint32_t>(known_.size());
    const uint32_t id = index_.find_or_add(hash_items(items), fresh, [&](uint32_t known) {
      const format::Range range = known_[known];
      return range.count == items.size() &&
             std::memcmp(items_->data() + range.first, items.data(), items.size_bytes()) == 0;
    });
    if (id == fresh) {
      known_.push_back({static_cast<uint32_t>(items_->size()), static_cast<uint32_t>(items.size())});
      items_->insert(items_->end(), items.begin(), items.end());
    }
    return known_[id];
  }
  uint32_t add_one(const T& item) { return add({&item, 1}).first; }

 private:
  std::vector<T>* items_;
  std::vector<format::Range> known_;
  HashIndex index_;
};

class Pools {
 public:
  Sections sections;

  Pools();
  Pools(const Pools&) = delete;
  Pools& operator=(const Pools&) = delete;

  // Bytes, each text once. A new text that stands inside `near` (the excerpt of a rule, say) takes no bytes of its own.
  format::Text text(std::string_view text, format::Text near = {0, 0});
  [[nodiscard]] std::string_view view(format::Text text) const;

  uint32_t string(std::string_view text);  // index into Strings
  format::Range strings(const std::vector<std::string>& texts);
  uint32_t number(int64_t number);  // index into Numbers
  format::Range numbers(std::span<const int64_t> numbers);
  format::Range indices(std::span<const uint32_t> indices);
  uint32_t number_set(std::span<const int64_t> numbers);       // index into NumberSets
  uint32_t string_set(const std::vector<std::string>& texts);  // index into StringSets

  RangePool<format::OperandRow> operands;
  RangePool<format::PatternRow> patterns;
  RangePool<format::LinearRow> linears;
  RangePool<format::LinearTermRow> linear_terms;
  RangePool<format::RequirementGroupRow> groups;
  RangePool<format::MessagePartRow> message_parts;
  RangePool<format::MessageElementRow> message_elements;
  RangePool<format::Range> possibly_codes;
  RangePool<format::ObligationRow> obligations;
  RangePool<format::ConditionNode> nodes;
  RangePool<format::AtomList> atom_lists;

 private:
  std::vector<format::Text> texts_;
  HashIndex text_index_;
  RangePool<format::Text> strings_;
  RangePool<int64_t> numbers_;
  RangePool<uint32_t> indices_;
  RangePool<format::Range> number_sets_, string_sets_;
};

}  // namespace guard::codegen
