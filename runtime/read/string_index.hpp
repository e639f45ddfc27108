// Where the strings of a JSON text end, found 64 bytes at a time before the text is read.
//
// Following a text string by string, each string's end must be known before the next key can be looked at: a chain of
// loads and comparisons that no processor can overlap. With the ends at hand it can (the idea of simdjson: Langdale and
// Lemire, "Parsing gigabytes of JSON per second", 2019; here only the closing quotes are kept). On x86-64 with AVX-512
// or AVX2 when the processor has it, else with SSE2; elsewhere byte by byte; all give the same.
#pragma once
#include <cstddef>
#include <cstdint>

namespace guardvm {

inline constexpr size_t kTextPadding =
    128;  // bytes of `to` past the text: at least 64 zeros, and more that may be read

// The number of entries that index_strings may write for a text of this size.
constexpr size_t string_index_capacity(size_t bytes) { return bytes / 2 + 80; }

// Copies the text to `to`, where zeros follow it, and writes the offset of the closing quote of its first, second, …
// string to `closing`; after those, the size of the text. True: no string holds a `\`, a control character or a byte
// outside ASCII, and the last one ends. The ends are right up to the first byte that makes the text no JSON; behind it
// they mean nothing, but stay below `size`.
bool index_strings(const char* from, size_t size, char* to, uint32_t* closing);

// The ways to do it that this processor knows, best first; `count` of them. index_strings takes the first.
struct IndexWay {
  const char* name;
  bool (*index)(const char* from, size_t size, char* to, uint32_t* closing);
};
const IndexWay* index_ways(size_t& count);

}  // namespace guardvm
