// Reading a record of a known shape: from value to value; see shape.hpp.
//
// The place of every quote is noted while the record is copied, one bit a byte: so the end of a string is found in half
// the time that looking at its bytes would take, and each value waits for the end of the one before.
#if defined(__GNUC__) && !defined(__clang__)
// GCC 12 would keep pairs of words in vector registers, by way of memory.
#pragma GCC optimize("no-tree-slp-vectorize")
#endif
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "guardvm/limits.hpp"
#include "read/processor.hpp"
#include "read/reader.hpp"
#include "read/scan.hpp"
#include "read/values.hpp"

namespace guardvm {

namespace {

// What is done with many bytes at once: as any processor can, and with AVX2. `look` copies kBytes and tells where the
// quotes are, and in `special` whether any byte is a `\`, a control character or outside ASCII.
struct Baseline {
  static constexpr size_t kBytes = 16;
  using Mask = uint16_t;
  [[gnu::always_inline]] static Mask look(const char* from, char* to, uint32_t& special) {
#if defined(__SSE2__)
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), bytes);
    // Signed: bytes outside ASCII are negative, so one comparison finds them and the control characters.
    special |=
        mask_of(_mm_or_si128(_mm_cmplt_epi8(bytes, _mm_set1_epi8(' ')), _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'))));
    return static_cast<Mask>(mask_of(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'))));
#else
    Mask quotes = 0;
    for (size_t i = 0; i < kBytes; ++i) {
      to[i] = from[i];
      if (from[i] == '"') quotes = static_cast<Mask>(quotes | 1u << i);
      if (from[i] == '\\' || from[i] < ' ' || from[i] > '~') special = 1;
    }
    return quotes;
#endif
  }
  [[gnu::always_inline]] static bool fits(const char* p, const ShapeStep& step) {
    return scan::starts_with_lead(p, step.lead, step.mask);
  }

 private:
#if defined(__SSE2__)
  static uint32_t mask_of(__m128i bytes) { return static_cast<uint32_t>(_mm_movemask_epi8(bytes)); }
#endif
};

#if defined(__x86_64__)
struct Avx2 {
  static constexpr size_t kBytes = 32;
  using Mask = uint32_t;
  GUARDVM_AVX2 static Mask look(const char* from, char* to, uint32_t& special) {
    const __m256i bytes = load(from);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), bytes);
    special |= mask_of(_mm256_or_si256(_mm256_cmpgt_epi8(_mm256_set1_epi8(' '), bytes),
                                       _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('\\'))));
    return mask_of(_mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('"')));
  }
  GUARDVM_AVX2 static bool fits(const char* p, const ShapeStep& step) {
    return (~mask_of(_mm256_cmpeq_epi8(load(p), load(step.lead))) & step.mask) == 0;
  }

 private:
  GUARDVM_AVX2 static __m256i load(const char* p) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)); }
  GUARDVM_AVX2 static uint32_t mask_of(__m256i bytes) { return static_cast<uint32_t>(_mm256_movemask_epi8(bytes)); }
};
#endif

// Records mostly stand behind each other: the next one is asked for while this one is copied. Never read there.
constexpr size_t kAhead = 640;

// Copies a record of at least kBytes, with zeros behind it, and writes a bit for each quote, and one for the end. Goes
// forwards, since the first bytes are wanted first; memcpy does not promise that. True: there are no special bytes.
template <typename Bytes>
[[gnu::always_inline]] inline bool copy_and_look(std::string_view from, char* to, char* quotes) {
  constexpr size_t kBytes = Bytes::kBytes;
  const auto note = [quotes](size_t i, typename Bytes::Mask mask) { std::memcpy(quotes + i / 8, &mask, sizeof mask); };
  const size_t size = from.size();
  uint32_t special = 0;
  size_t i = 0;
  for (; i + kBytes <= size; i += kBytes) {
    __builtin_prefetch(reinterpret_cast<const void*>(reinterpret_cast<uintptr_t>(from.data()) + i + kAhead));
    note(i, Bytes::look(from.data() + i, to + i, special));
  }
  const size_t rest = size - i, last = size - kBytes;
  const uint64_t mask = Bytes::look(from.data() + last, to + last, special);
  note(i, static_cast<typename Bytes::Mask>(mask >> (kBytes - rest) | uint64_t{1} << rest));
  std::memset(to + size, 0, 64);
  return special == 0;
}

}  // namespace

// The first record of all is not learnt from: often there is no other.
void Reader::learn() {
  if (!has_read_) {
    has_read_ = true;
    return;
  }
  const KindPlan& kind = plan_.kinds[kind_];
  if (options_->has_at || !out_->ignored.empty() || kind.detached_count != 0) return;
  if (shapes_.empty()) {
    shapes_.resize(2 * plan_.kinds.size());
#if defined(__x86_64__)
    if (way_ == nullptr && has_avx2()) way_ = &kAvx2Way;
#endif
    if (way_ == nullptr) way_ = &kBaselineWay;
  }
  shapes().learn(plan_, kind.root, {begin_, static_cast<size_t>(end_ - begin_)}, pieces_);
}

[[gnu::always_inline]] inline const char* Reader::Quotes::after(const char* p) const {
  while (true) {
    const auto address = reinterpret_cast<uintptr_t>(p);
    uint64_t mask;
    std::memcpy(&mask, reinterpret_cast<const char*>(bits + address / 8), sizeof mask);
    mask >>= address % 8;
    if (mask != 0) [[likely]]
      return p + __builtin_ctzll(mask);
    p += 64 - address % 8;
  }
}

// Each of these reads what begins at `p`, or behind its opening bracket or quote, and gives the position behind it.
// Null: it does not fit, or only the pass can tell; a scalar's slot is as before then.

// A string that may hold anything.
const char* Reader::walk_odd_string(const char* p, Slot& slot) {
  constexpr uint32_t kNoIndex = 0;
  std::string_view text;
  const At behind = read_string_slowly({p - 1, &kNoIndex}, text);
  if (behind) set_text(slot, text);
  return behind.p;
}

// A word of a list that has no perfect hash, or a word that is not written as itself.
const char* Reader::walk_odd_word(const char* p, const ShapeStep& step, Slot& slot) {
  Slot text;
  p = walk_odd_string(p, text);
  if (p == nullptr) return nullptr;
  const uint32_t word = plan_.find_word(static_cast<uint32_t>(step.words - plan_.lists.data()), text.string());
  if (word == format::kNone) return nullptr;
  set_number(slot, word);
  return p;
}

// A timestamp of another form. What is not plain has an escape, or is none.
const char* Reader::walk_odd_timestamp(const char* p, Slot& slot, Quotes quotes) {
  const char* const close = quotes.after(p);
  int64_t ns = 0;
  if (!parse_timestamp({p, static_cast<size_t>(close - p)}, ns)) return nullptr;
  set_number(slot, ns);
  return close + 1;
}

template <StepOp op>
[[gnu::always_inline]] inline const char* Reader::walk_scalar(const char* p, const ShapeStep& step, Slot& slot,
                                                              Quotes quotes) {
  if constexpr (op == StepOp::Bool) {
    const bool yes = std::memcmp(p, "true", 4) == 0;
    if (!yes && std::memcmp(p, "false", 5) != 0) return nullptr;
    set_number(slot, yes ? 1 : 0);
    return p + (yes ? 4 : 5);
  } else if constexpr (op == StepOp::Int || op == StepOp::Decimal) {
    int64_t number = 0;
    p = scan::quick_number(p, op == StepOp::Int ? 0 : step.plan->scale, number);
    if (p == nullptr || number < step.plan->min || number > step.plan->max) return nullptr;
    set_number(slot, number);
    return p;
  } else if constexpr (op == StepOp::Enum) {
    const QuotedWord* const word = scan::match_word(p - 1, *step.words);
    if (word == nullptr) [[unlikely]]
      return walk_odd_word(p, step, slot);
    set_number(slot, word - step.words->words);
    return quotes.after(p) + 1;
  } else if constexpr (op == StepOp::Timestamp) {
    const int64_t seconds = scan::timestamp20(p - 1);
    if (seconds == scan::kNoTimestamp) [[unlikely]]
      return walk_odd_timestamp(p, slot, quotes);
    set_number(slot, seconds * kSecond_ns);
    return p + 21;
  } else {
    const char* const close = quotes.after(p);
    const std::string_view text(p, static_cast<size_t>(close - p));
    if constexpr (op == StepOp::String) {
      if (!quotes.plain) [[unlikely]]
        return walk_odd_string(p, slot);
      set_text(slot, text);
    } else if constexpr (op == StepOp::Version) {
      if (!scan::is_plain_version(p, text.size()) && !is_version(text)) return nullptr;
      set_text(slot, text);
    } else {
      int64_t number = 0;
      if (!parse_duration(text, number)) return nullptr;
      set_number(slot, number);
    }
    return close + 1;
  }
}

// An element of a set; those of strings are read in walk_set.
const char* Reader::walk_element(const char* p, const ShapeStep& step, Slot& slot, Quotes quotes) {
  switch (step.element) {
    case StepOp::Bool:
      return walk_scalar<StepOp::Bool>(p, step, slot, quotes);
    case StepOp::Int:
      return walk_scalar<StepOp::Int>(p, step, slot, quotes);
    case StepOp::Decimal:
      return walk_scalar<StepOp::Decimal>(p, step, slot, quotes);
    default:
      break;
  }
  if (*p++ != '"') return nullptr;
  switch (step.element) {
    case StepOp::Enum:
      return walk_scalar<StepOp::Enum>(p, step, slot, quotes);
    case StepOp::Version:
      return walk_scalar<StepOp::Version>(p, step, slot, quotes);
    case StepOp::Timestamp:
      return walk_scalar<StepOp::Timestamp>(p, step, slot, quotes);
    case StepOp::Duration:
      return walk_scalar<StepOp::Duration>(p, step, slot, quotes);
    default:
      return nullptr;
  }
}

[[gnu::always_inline]] inline const char* Reader::walk_set(const char* p, const ShapeStep& step, Slot& slot,
                                                           Quotes quotes) {
  const size_t first = elements_used_;
  size_t used = first;
  std::vector<Slot>& elements = out_->elements;
  if (*p != ']') {
    while (true) {
      if (used == elements.size()) [[unlikely]] {
        if (used > kLimitRecordElements) return nullptr;
        elements.resize(2 * used + 16);
      }
      Slot& into = elements[used++];
      into = Slot{};
      if (step.element == StepOp::String) [[likely]] {
        if (*p != '"') return nullptr;
        p = walk_scalar<StepOp::String>(p + 1, step, into, quotes);
      } else {
        p = walk_element(p, step, into, quotes);
      }
      if (p == nullptr) return nullptr;
      if (*p == ']') break;
      if (*p != ',') return nullptr;
      if (*++p == ' ') ++p;
    }
  }
  elements_ += static_cast<uint32_t>(used - first);
  if (elements_ > kLimitRecordElements) return nullptr;
  elements_used_ = used;
  if (used - first > 1) tidy_set(first, step.element == StepOp::String || step.element == StepOp::Version);
  slot.first = first;
  slot.size = static_cast<uint32_t>(elements_used_ - first);
  slot.present = 1;
  return p + 1;
}

// Behind the `[` of a list, or behind a row: to the start of a row, whose slots are made, or behind the list.
const char* Reader::walk_list(const char* p, Rows& rows) {
  if (*p == ']') {
    Slot& slot = out_->slots[rows.list->leaf];
    slot.first = rows.first;
    slot.size = rows.count;
    slot.present = 1;
    rows.slots = nullptr;
    return p + 1;
  }
  if (rows.count != 0 && *p++ != ',') return nullptr;
  if (*p == ' ') ++p;
  if (++elements_ > kLimitRecordElements) return nullptr;
  ++rows.count;
  rows.slots = add_row(plan_.nodes[rows.list->plan->detail].detail);
  return p;
}

template <typename Bytes>
[[gnu::always_inline]] inline bool Reader::walk(const ShapeStep* steps, Quotes quotes) {
  start_over();
  Slot* const leaves = clear_slots();
  Slot* slots = leaves;  // of the record or the row
  Rows rows;
  const char* p = begin_;
  const ShapeStep* step = steps->next;
  while (true) {
    if (Bytes::fits(p, *step)) [[likely]] {
      const char* behind = p + step->size;
      const ShapeStep* next = step->next;
      switch (step->op) {
        case StepOp::Never:
          return false;
        case StepOp::Null:
        case StepOp::More:
          break;
        case StepOp::Present:
          slots[step->leaf].present = 1;
          break;
        case StepOp::Set:
          behind = walk_set(behind, *step, slots[step->leaf], quotes);
          if (behind == nullptr) return false;
          break;
        case StepOp::End:
          if (rows.slots == nullptr) {
            if (behind == end_) return true;
            behind = nullptr;
            break;
          }
          [[fallthrough]];
        case StepOp::List:
          if (step->op == StepOp::List) rows = {.list = step, .first = rows_used_};
          behind = walk_list(behind, rows);
          if (behind == nullptr) return false;
          slots = rows.slots != nullptr ? rows.slots : leaves;
          next = rows.slots != nullptr ? steps + rows.list->rows : rows.list->next;
          break;
        case StepOp::Bool:
          behind = walk_scalar<StepOp::Bool>(behind, *step, slots[step->leaf], quotes);
          break;
        case StepOp::Int:
          behind = walk_scalar<StepOp::Int>(behind, *step, slots[step->leaf], quotes);
          break;
        case StepOp::Decimal:
          behind = walk_scalar<StepOp::Decimal>(behind, *step, slots[step->leaf], quotes);
          break;
        case StepOp::String:
          behind = walk_scalar<StepOp::String>(behind, *step, slots[step->leaf], quotes);
          break;
        case StepOp::Enum:
          behind = walk_scalar<StepOp::Enum>(behind, *step, slots[step->leaf], quotes);
          break;
        case StepOp::Version:
          behind = walk_scalar<StepOp::Version>(behind, *step, slots[step->leaf], quotes);
          break;
        case StepOp::Timestamp:
          behind = walk_scalar<StepOp::Timestamp>(behind, *step, slots[step->leaf], quotes);
          break;
        case StepOp::Duration:
          behind = walk_scalar<StepOp::Duration>(behind, *step, slots[step->leaf], quotes);
          break;
        default:
          __builtin_unreachable();
      }
      if (behind != nullptr) [[likely]] {
        p = behind;
        step = next;
        continue;
      }
    }
    if (step->other == 0) return false;
    step = steps + step->other;
  }
}

struct Reader::Way {
  bool (*copy)(std::string_view from, char* to, char* quotes);
  bool (Reader::*walk)(const ShapeStep* steps, Quotes quotes);
};

const Reader::Way Reader::kBaselineWay = {
    [](std::string_view from, char* to, char* quotes) { return copy_and_look<Baseline>(from, to, quotes); },
    &Reader::walk<Baseline>};

#if defined(__x86_64__)
GUARDVM_AVX2 bool Reader::walk_avx2(const ShapeStep* steps, Quotes quotes) { return walk<Avx2>(steps, quotes); }
namespace {
GUARDVM_AVX2 bool copy_avx2(std::string_view from, char* to, char* quotes) {
  return copy_and_look<Avx2>(from, to, quotes);
}
}  // namespace
const Reader::Way Reader::kAvx2Way = {copy_avx2, &Reader::walk_avx2};
#endif

// An instant from the caller changes what a record must have, and what it may say: that is left to the pass. So are
// texts too short for any record that says something.
bool Reader::read_known(std::string_view json) {
  if (shapes_.empty() || options_->has_at || json.size() < 32) return false;
  reserve(json.size());
  char* const bits = reinterpret_cast<char*>(closing_.get());
  const bool plain = way_->copy(json, buffer_.get(), bits);
  const Quotes quotes = {reinterpret_cast<uintptr_t>(bits) - reinterpret_cast<uintptr_t>(begin_) / 8, plain};
  if (!options_->kind.empty())
    kind_ = plan_.find_word(static_cast<uint32_t>(plan_.lists.size() - 1), options_->kind);
  else
    peek_kind(begin_);  // if in vain, the last one is as good a guess: the walk has the kind in a lead
  if (kind_ >= plan_.kinds.size()) return false;
  KindShapes& known = shapes();
  if (!known.try_next()) return false;
  for (size_t turn = 0; Shape* const shape = known.shape(turn); ++turn) {
    if (!(this->*way_->walk)(shape->steps(), quotes)) continue;
    known.hit(*shape);
    ++known_records_;
    out_->kind = kind_;
    kind_known_ = true;
    return true;
  }
  known.missed();
  start_over();
  return false;
}

}  // namespace guardvm
