// Prints when each window of a bundle opens and closes, minute by minute over a span: one line per change, "name minute
// in|out". The runtime's own `in_window` answers; windows_test.py compares with an independent calendar.
//
//   window_dump BUNDLE FIRST_MINUTE MINUTES      (minutes since 1970-01-01T00:00Z)
#include <cstdio>
#include <cstdlib>
#include <string>

#include "decide/windows.hpp"
#include "guardvm/bundle.hpp"

int main(int argc, char** argv) {
  if (argc != 4) return std::fputs("usage: window_dump BUNDLE FIRST_MINUTE MINUTES\n", stderr), 1;
  const auto bundle = guardvm::Bundle::load(argv[1]);
  if (!bundle.ok()) return std::fprintf(stderr, "%s\n", bundle.error().message.c_str()), 3;
  const long long first = std::atoll(argv[2]), count = std::atoll(argv[3]);
  constexpr long long kMinute_ns = 60'000'000'000;
  guardvm::WindowMemory memory(bundle.value().view());
  for (uint32_t w = 0; w < bundle.value().view().Windows.size(); ++w) {
    const std::string name(bundle.value().text(bundle.value().view().Windows[w].name));
    bool was = false;
    for (long long m = first; m < first + count; ++m) {
      const bool inside = guardvm::in_window(bundle.value().view(), w, m * kMinute_ns);
      // The first and the last nanosecond of a minute agree: no edge lies inside one.
      if (inside != guardvm::in_window(bundle.value().view(), w, (m + 1) * kMinute_ns - 1)) {
        return std::fprintf(stderr, "%s changes inside minute %lld\n", name.c_str(), m), 70;
      }
      // What is remembered of one instant is right for the next, also when the instants go to and fro.
      for (const long long other : {m, 2 * first + count - 1 - m}) {
        if (memory.inside(w, other * kMinute_ns) == guardvm::in_window(bundle.value().view(), w, other * kMinute_ns))
          continue;
        return std::fprintf(stderr, "%s: another answer from memory at minute %lld\n", name.c_str(), other), 70;
      }
      if (m == first || inside != was) std::printf("%s %lld %s\n", name.c_str(), m, inside ? "in" : "out");
      was = inside;
    }
    // Edges: `next_window_edge` never jumps over a change.
    long long at = first * kMinute_ns;
    const long long end = (first + count) * kMinute_ns;
    bool now = guardvm::in_window(bundle.value().view(), w, at);
    while (at < end) {
      const int64_t edge = guardvm::next_window_edge(bundle.value().view(), w, at);
      if (edge <= at) return std::fprintf(stderr, "%s: the edge after %lld is not later\n", name.c_str(), at), 70;
      if (guardvm::in_window(bundle.value().view(), w, edge - 1) != now) {
        return std::fprintf(stderr, "%s: a change before the edge %lld was jumped over\n", name.c_str(),
                            static_cast<long long>(edge)),
               70;
      }
      if (edge >= end) break;
      at = edge;
      now = guardvm::in_window(bundle.value().view(), w, at);
    }
  }
  return 0;
}
