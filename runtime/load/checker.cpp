// The validator's small checks and its order: what a topic uses was checked before it.
#include "load/checker.hpp"

#include <algorithm>
#include <cstdarg>
#include <cstdio>

#include "load/validate.hpp"
#include "read/values.hpp"

namespace guardvm::load {
namespace {

using format::kNone;

uint64_t bytes_of(const format::View& view) {
  uint64_t sum = 0;
#define GUARD_ADD_BYTES(id, name, item) sum += view.name.size_bytes();
  GUARD_SECTIONS(GUARD_ADD_BYTES)
#undef GUARD_ADD_BYTES
  return sum;
}

}  // namespace

Checker::Checker(const format::View& view) : view_(view) {
  // Every item is visited once or, where the compiler shares it, a few times. INVARIANT: fewer than 2^32 visits, so
  // that sessions may number in 32 bits what was visited (slots of hash tables, atoms of lists).
  budget_ = std::min((uint64_t{1} << 20) + 16 * bytes_of(view), uint64_t{kNone} - 1);
}

// Takes what reading texts byte by byte costs from the budget: ranges of texts may overlap, so few bytes can be many.
bool Checker::spend_texts(Range strings, At at) {
  uint64_t bytes = 0;
  for (const Text& text : view_.Strings.subspan(strings.first, strings.count)) bytes += text.size;
  return spend(strings.count + bytes / kTextBytesPerItem, at);
}

std::string Checker::run() {
  utf8_.scan(view_.Bytes);
  const bool accepted = schema() && operands() && patterns() && automata() && linears() && requirements() &&
                        instructions() && obligations() && rules() && nodes() && entries() && provenance() && indexes();
  if (!accepted && error_.empty()) error_ = "refused";
  return error_;
}

bool Checker::fail(At at, const char* format, ...) {
  const std::string_view place = at.place;
  const size_t dot = std::min(place.find('.'), place.size());
  char reason[256];
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(reason, sizeof reason, format, arguments);
  va_end(arguments);
  error_ = std::string(place.substr(0, dot)) + '[' + std::to_string(at.index) + ']' + std::string(place.substr(dot)) +
           ": " + reason;
  return false;
}

bool Checker::fail_index(At at, const char* what, uint64_t value, uint64_t limit) {
  return fail(at, "%s %llu of %llu", what, static_cast<unsigned long long>(value),
              static_cast<unsigned long long>(limit));
}

bool Checker::fail_range(At at, const char* what, Range range, uint64_t limit) {
  return fail(at, "%u %s from %u, of %llu", range.count, what, range.first, static_cast<unsigned long long>(limit));
}

bool Checker::fail_text(At at, Text text) {
  if (uint64_t{text.offset} + text.size > view_.Bytes.size())
    return fail_range(at, "bytes", {text.offset, text.size}, view_.Bytes.size());
  return fail(at, "%u bytes from %u are not valid UTF-8", text.size, text.offset);
}

bool Checker::fail_budget(At at) { return fail(at, "too many ranges share the same items"); }

bool Checker::some_indices(Range r, uint64_t limit, At at, const char* what) {
  if (!range(r, view_.Indices.size(), at, "Indices") || !spend(r.count, at)) return false;
  for (const uint32_t value : view_.Indices.subspan(r.first, r.count)) {
    if (!index(value, limit, at, what)) return false;
  }
  return true;
}

bool Checker::ascending_indices(Range r, uint64_t limit, At at, const char* what) {
  if (!indices(r, limit, at, what)) return false;
  for (uint32_t i = 1; i < r.count; ++i) {
    if (view_.Indices[r.first + i - 1] >= view_.Indices[r.first + i]) return fail(at, "not ascending");
  }
  return true;
}

bool Checker::strings_sorted(Range r, At at) {
  if (!range(r, view_.Strings.size(), at, "Strings") || !spend_texts(r, at)) return false;
  for (uint32_t i = 1; i < r.count; ++i) {
    if (string(r.first + i - 1) >= string(r.first + i)) return fail(at, "not sorted, or one string twice");
  }
  return true;
}

bool Checker::version_string(uint32_t index) const { return is_version(string(index)); }

std::string validate(const format::View& view) { return Checker(view).run(); }

}  // namespace guardvm::load
