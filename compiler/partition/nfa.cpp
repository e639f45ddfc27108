// Thompson's construction, from the end backwards: every piece is built in front of the state it continues to.
#include "partition/nfa.hpp"

#include <utility>

#include "partition/utf8_ranges.hpp"

namespace guard::partition {
namespace {

class Builder {
 public:
  Builder(Utf8 utf8, size_t max_states) : utf8_(utf8), max_states_(max_states) {}

  std::optional<Nfa> build(const std::vector<const Pattern*>& patterns) {
    for (uint32_t i = 0; i < patterns.size(); ++i) {
      const uint32_t end = state();
      nfa_.states[end].accepts = i;
      nfa_.starts.push_back(before(*patterns[i], end));
      if (nfa_.states.size() > max_states_) return std::nullopt;
    }
    return std::move(nfa_);
  }

 private:
  uint32_t state() {
    nfa_.states.emplace_back();
    return static_cast<uint32_t>(nfa_.states.size() - 1);
  }
  bool full() const { return nfa_.states.size() > max_states_; }

  uint32_t byte(uint8_t low, uint8_t high, uint32_t next) {
    const uint32_t s = state();
    nfa_.states[s].edges.push_back({low, high, next});
    return s;
  }

  // Adds to `from` the ways over one code point of the range to `next`.
  void code_points(uint32_t from, CodeRange range, uint32_t next) {
    std::vector<ByteSequence> sequences;
    append_utf8_ranges(range.low, range.high, sequences);
    for (const ByteSequence& sequence : sequences) {
      uint32_t to = next;
      for (uint32_t i = sequence.size; i > 1; --i) to = byte(sequence.bytes[i - 1].low, sequence.bytes[i - 1].high, to);
      nfa_.states[from].edges.push_back({sequence.bytes[0].low, sequence.bytes[0].high, to});
    }
  }

  // A loop over code points of `ranges`, then `next`.
  uint32_t run_of(const std::vector<CodeRange>& ranges, uint32_t next) {
    const uint32_t loop = state();
    nfa_.states[loop].empty.push_back(next);
    bool beyond_ascii = false;  // every code point from U+0080 on
    char32_t reached = 0x80;
    for (const CodeRange& range : ranges) {
      if (range.low <= reached && range.high >= reached) reached = range.high + 1;
      if (reached == 0xD800) reached = 0xE000;
    }
    beyond_ascii = reached > 0x10FFFF;
    for (const CodeRange& range : ranges) {
      if (utf8_ == Utf8::OnlyValid || !beyond_ascii) {
        code_points(loop, range, loop);
      } else if (range.low < 0x80) {
        code_points(loop, {range.low, range.high < 0x80 ? range.high : 0x7F}, loop);
      }
    }
    if (utf8_ == Utf8::Anything && beyond_ascii) nfa_.states[loop].edges.push_back({0x80, 0xFF, loop});
    return loop;
  }

  uint32_t any_run(uint32_t next) {
    if (utf8_ == Utf8::OnlyValid) return run_of({{0, 0x10FFFF}}, next);
    const uint32_t loop = byte(0x00, 0xFF, 0);
    nfa_.states[loop].edges[0].to = loop;
    nfa_.states[loop].empty.push_back(next);
    return loop;
  }

  uint32_t repeated(const Pattern& pattern, uint32_t next) {
    const Pattern& child = pattern.children[0];
    uint32_t at = next;
    if (pattern.max == Pattern::kUnbounded) {
      if (child.kind == Pattern::Kind::Class) {
        at = run_of(child.ranges, next);
      } else {
        at = state();
        const uint32_t body = before(child, at);
        nfa_.states[at].empty = {body, next};
      }
    } else {
      for (uint32_t i = pattern.min; i < pattern.max && !full(); ++i) {
        const uint32_t body = before(child, at);
        const uint32_t optional = state();
        nfa_.states[optional].empty = {body, next};
        at = optional;
      }
    }
    for (uint32_t i = 0; i < pattern.min && !full(); ++i) at = before(child, at);
    return at;
  }

  // The state from which `pattern`, then whatever `next` accepts, is accepted.
  uint32_t before(const Pattern& pattern, uint32_t next) {
    if (full()) return next;
    switch (pattern.kind) {
      case Pattern::Kind::Literal:
        for (size_t i = pattern.text.size(); i > 0; --i) {
          const auto c = static_cast<uint8_t>(pattern.text[i - 1]);
          next = byte(c, c, next);
        }
        return next;
      case Pattern::Kind::AnyRun:
        return any_run(next);
      case Pattern::Kind::Class: {
        const uint32_t s = state();
        for (const CodeRange& range : pattern.ranges) code_points(s, range, next);
        return s;
      }
      case Pattern::Kind::Concat:
        for (size_t i = pattern.children.size(); i > 0; --i) next = before(pattern.children[i - 1], next);
        return next;
      case Pattern::Kind::Alternate: {
        std::vector<uint32_t> ways;
        for (const Pattern& child : pattern.children) ways.push_back(before(child, next));
        const uint32_t s = state();
        nfa_.states[s].empty = std::move(ways);
        return s;
      }
      case Pattern::Kind::Repeat:
        return repeated(pattern, next);
    }
    return next;
  }

  Utf8 utf8_;
  size_t max_states_;
  Nfa nfa_;
};

}  // namespace

std::optional<Nfa> make_nfa(const std::vector<const Pattern*>& patterns, Utf8 utf8, size_t max_states) {
  return Builder(utf8, max_states).build(patterns);
}

}  // namespace guard::partition
