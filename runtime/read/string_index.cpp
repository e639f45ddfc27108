// Where the strings of a JSON text end; see string_index.hpp.
#if defined(__GNUC__) && !defined(__clang__)
// GCC 12 would gather the offsets in vector registers, one by one, before it stores them.
#pragma GCC optimize("no-tree-slp-vectorize")
#endif
#include "read/string_index.hpp"

#include <cstring>

#include "read/processor.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace guardvm {
namespace {

// One bit per byte of a block of 64.
struct Masks {
  uint64_t quote;  // `"`
  uint64_t backslash;
  uint64_t special;  // `\`, control characters, bytes outside ASCII
};

// What a block leaves to the next.
struct State {
  uint64_t in_string = 0;  // all bits when a string is open, else 0
  bool escaped = false;    // the next byte stands behind a `\`
  uint64_t special = 0;    // some string holds a special byte
  uint32_t* out;
};

// The bytes that stand behind a `\` which is not itself behind one; and whether the next block's first byte does.
struct Escaped {
  uint64_t bytes = 0;
  bool next = false;
};
[[gnu::noinline, gnu::cold]] Escaped escaped_bytes(uint64_t backslash, bool first) {
  Escaped result;
  result.next = first;
  for (unsigned i = 0; i < 64; ++i) {
    result.bytes |= uint64_t{result.next} << i;
    result.next = !result.next && (backslash >> i & 1) != 0;
  }
  return result;
}

// Which closing quotes a block has.
[[gnu::always_inline]] inline uint64_t closing_quotes(Masks masks, State& state) {
  if (masks.backslash != 0 || state.escaped) [[unlikely]] {
    const Escaped escaped = escaped_bytes(masks.backslash, state.escaped);
    masks.quote &= ~escaped.bytes;
    state.escaped = escaped.next;
  }
  // Bit i of the parity: the number of quotes up to byte i is odd. An open string covers its opening quote.
  uint64_t parity = masks.quote;
#pragma GCC unroll 6
  for (int shift = 1; shift < 64; shift *= 2) parity ^= parity << shift;
  const uint64_t in_string = parity ^ state.in_string;
  state.in_string = uint64_t{0} - (in_string >> 63);
  state.special |= masks.special & in_string;
  return masks.quote & ~in_string;
}

// Writes the offsets of the bits: 8 in any case, since most blocks have no more and a loop of unknown length is slower.
[[gnu::always_inline]] inline void add_offsets(uint64_t closing, uint32_t offset, State& state) {
  const int count = __builtin_popcountll(closing);
  uint32_t* const out = state.out;
  state.out += count;
  constexpr uint64_t kGuard = uint64_t{1} << 63;  // so that there is a lowest bit
#pragma GCC unroll 8
  for (int i = 0; i < 8; ++i) {
    out[i] = offset + static_cast<uint32_t>(__builtin_ctzll(closing | kGuard));
    closing &= closing - 1;
  }
  if (count > 8) [[unlikely]]
    for (int i = 8; i < count; ++i) {
      out[i] = offset + static_cast<uint32_t>(__builtin_ctzll(closing | kGuard));
      closing &= closing - 1;
    }
}

// `masks(from, to)` copies 64 bytes and looks at them.
template <typename BlockMasks>
[[gnu::always_inline]] inline bool index_blocks(const char* from, size_t size, char* to, uint32_t* closing,
                                                BlockMasks masks) {
  State state;
  state.out = closing;
  size_t offset = 0;
  const auto add_block = [&state, &offset ](const Masks& of) __attribute__((always_inline)) {
    add_offsets(closing_quotes(of, state), static_cast<uint32_t>(offset), state);
  };
  for (; offset + 64 <= size; offset += 64) add_block(masks(from + offset, to + offset));
  // The rest with zeros behind it. They are control characters: a string that does not end has one.
  char rest[64] = {};
  if (offset < size) std::memcpy(rest, from + offset, size - offset);
  add_block(masks(rest, to + offset));
  std::memset(to + offset + 64, 0, kTextPadding - 64);
  for (int i = 0; i < 4; ++i) state.out[i] = static_cast<uint32_t>(size);
  return state.special == 0;
}

Masks portable_masks(const char* from, char* to) {
  Masks masks = {0, 0, 0};
  for (unsigned i = 0; i < 64; ++i) {
    const auto byte = static_cast<unsigned char>(from[i]);
    const uint64_t bit = uint64_t{1} << i;
    if (byte == '"') masks.quote |= bit;
    if (byte == '\\') masks.backslash |= bit;
    if (byte == '\\' || byte < 0x20 || byte >= 0x80) masks.special |= bit;
  }
  std::memcpy(to, from, 64);
  return masks;
}

#if defined(__x86_64__)

inline uint64_t bits16(__m128i bytes) { return static_cast<uint64_t>(static_cast<unsigned>(_mm_movemask_epi8(bytes))); }

Masks sse2_masks(const char* from, char* to) {
  Masks masks = {0, 0, 0};
  for (int part = 0; part < 4; ++part) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + 16 * part));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to + 16 * part), bytes);
    // Signed: bytes outside ASCII are negative, so one comparison finds them and the control characters.
    const __m128i low = _mm_cmplt_epi8(bytes, _mm_set1_epi8(' '));
    const __m128i backslash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
    masks.quote |= bits16(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'))) << (16 * part);
    masks.backslash |= bits16(backslash) << (16 * part);
    masks.special |= bits16(_mm_or_si128(low, backslash)) << (16 * part);
  }
  return masks;
}

GUARDVM_AVX2 inline uint64_t bits32(__m256i bytes) {
  return static_cast<uint64_t>(static_cast<unsigned>(_mm256_movemask_epi8(bytes)));
}

GUARDVM_AVX2 inline Masks avx2_masks(const char* from, char* to) {
  const __m256i first = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
  const __m256i second = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from + 32));
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), first);
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + 32), second);
  const __m256i quote = _mm256_set1_epi8('"'), backslash = _mm256_set1_epi8('\\'), space = _mm256_set1_epi8(' ');
  const __m256i first_backslash = _mm256_cmpeq_epi8(first, backslash),
                second_backslash = _mm256_cmpeq_epi8(second, backslash);
  const __m256i first_special = _mm256_or_si256(_mm256_cmpgt_epi8(space, first), first_backslash);
  const __m256i second_special = _mm256_or_si256(_mm256_cmpgt_epi8(space, second), second_backslash);
  Masks masks = {bits32(_mm256_cmpeq_epi8(first, quote)) | bits32(_mm256_cmpeq_epi8(second, quote)) << 32, 0, 0};
  const __m256i any = _mm256_or_si256(first_special, second_special);
  if (_mm256_testz_si256(any, any) == 0) {
    masks.backslash = bits32(first_backslash) | bits32(second_backslash) << 32;
    masks.special = bits32(first_special) | bits32(second_special) << 32;
  }
  return masks;
}

GUARDVM_AVX2 bool index_strings_avx2(const char* from, size_t size, char* to, uint32_t* closing) {
  return index_blocks(from, size, to, closing, avx2_masks);
}

#define GUARDVM_AVX512 __attribute__((target("avx512f,avx512bw,avx512vbmi,avx512vbmi2,bmi,popcnt,pclmul")))

// The offsets of the bits of a block, gathered at once.
GUARDVM_AVX512 inline void add_offsets_avx512(uint64_t closing, uint32_t offset, State& state) {
  alignas(64) static constexpr uint8_t kEach[64] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15,
                                                    16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
                                                    32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47,
                                                    48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63};
  const __m512i each = _mm512_load_si512(kEach), base = _mm512_set1_epi32(static_cast<int>(offset));
  const __m512i gathered = _mm512_maskz_compress_epi8(closing, each);
  // The masks are full; with the functions that take none, GCC 12 warns of its own headers.
  const __m128i low = _mm512_maskz_extracti32x4_epi32(0xf, gathered, 0),
                high = _mm512_maskz_extracti32x4_epi32(0xf, gathered, 1);
  _mm512_storeu_si512(state.out, _mm512_add_epi32(_mm512_maskz_cvtepu8_epi32(0xffff, low), base));
  const int count = __builtin_popcountll(closing);
  if (count > 16) [[unlikely]]  // no block has more than 32
    _mm512_storeu_si512(state.out + 16, _mm512_add_epi32(_mm512_maskz_cvtepu8_epi32(0xffff, high), base));
  state.out += count;
}

GUARDVM_AVX512 inline void add_block_avx512(__m512i bytes, uint32_t offset, State& state) {
  Masks masks = {_mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('"')), 0,
                 _mm512_cmplt_epi8_mask(bytes, _mm512_set1_epi8(' '))};
  masks.backslash = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('\\'));
  masks.special |= masks.backslash;
  add_offsets_avx512(closing_quotes(masks, state), offset, state);
}

GUARDVM_AVX512 bool index_strings_avx512(const char* from, size_t size, char* to, uint32_t* closing) {
  State state;
  state.out = closing;
  size_t offset = 0;
  for (; offset + 64 <= size; offset += 64) {
    const __m512i bytes = _mm512_loadu_si512(from + offset);
    _mm512_storeu_si512(to + offset, bytes);
    add_block_avx512(bytes, static_cast<uint32_t>(offset), state);
  }
  const __m512i rest = _mm512_maskz_loadu_epi8((uint64_t{1} << (size - offset)) - 1, from + offset);
  _mm512_storeu_si512(to + offset, rest);
  _mm512_storeu_si512(to + offset + 64, _mm512_setzero_si512());
  add_block_avx512(rest, static_cast<uint32_t>(offset), state);
  for (int i = 0; i < 4; ++i) state.out[i] = static_cast<uint32_t>(size);
  return state.special == 0;
}

bool index_strings_sse2(const char* from, size_t size, char* to, uint32_t* closing) {
  return index_blocks(from, size, to, closing, sse2_masks);
}

#endif

bool index_strings_portably(const char* from, size_t size, char* to, uint32_t* closing) {
  return index_blocks(from, size, to, closing, portable_masks);
}

struct IndexWays {
  IndexWay ways[4] = {};
  size_t count = 0;
  IndexWays() {
#if defined(__x86_64__)
    if (GUARDVM_CPU_HAS(AVX512BW, "avx512bw") && GUARDVM_CPU_HAS(AVX512_VBMI, "avx512vbmi") &&
        GUARDVM_CPU_HAS(AVX512_VBMI2, "avx512vbmi2"))
      ways[count++] = {"avx512", index_strings_avx512};
    if (has_avx2()) ways[count++] = {"avx2", index_strings_avx2};
    ways[count++] = {"sse2", index_strings_sse2};
#endif
    ways[count++] = {"portable", index_strings_portably};
  }
};

const IndexWays& known_ways() {
  static const IndexWays ways;
  return ways;
}

}  // namespace

const IndexWay* index_ways(size_t& count) {
  count = known_ways().count;
  return known_ways().ways;
}

bool index_strings(const char* from, size_t size, char* to, uint32_t* closing) {
  return known_ways().ways[0].index(from, size, to, closing);
}

}  // namespace guardvm
