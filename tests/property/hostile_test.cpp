// Bundles that nobody wrote: cut at every length, every byte changed, several words changed at once, the checksum made
// right again each time, so that it is the validator that is tried. What it accepts has to decide, explain and print
// actions without a crash, a read out of bounds (run under ASan) or a hang.
//
//   hostile_test [--random N] [--seed S] [--every] [BUNDLE…]
//
// Without a bundle: the loader tests' small set, exhaustively. A bundle: N random variants, or with --every also each
// byte.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "guardvm/session.hpp"
#include "tests/property/hostile_records.hpp"
#include "tests/unit/bundle_parts.hpp"

namespace guardvm::hostile {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kMostSeconds = 30;  // of one variant, sanitized and on a busy machine

struct Counts {
  uint64_t variants = 0, refused = 0, accepted = 0, decisions = 0, errors = 0;
  double slowest_s = 0;
  std::string slowest;
};

// Decides a few actions of every kind in both tiers, and prints them. Long explanations are tried on a few only: they
// decide thousands of neighbours each.
void decide_all(const Bundle& bundle, Counts& counts, uint64_t variant, bool explain) {
  std::string text;
  const auto kinds = static_cast<uint32_t>(std::min<size_t>(bundle.view().Kinds.size(), 8));
  for (const Tier tier : {Tier::Indexed, Tier::Linear}) {
    Session session(bundle, tier);
    for (uint32_t kind = 0; kind < kinds; ++kind) {
      for (uint64_t i = 0; i < 3; ++i) {
        const std::string json = record(bundle, kind, i == 0 ? 0 : variant * 3 + i);
        const Decision& decision = session.decide(json, {});
        ++counts.decisions;
        if (decision.outcome == Outcome::Error) ++counts.errors;
        JsonOptions options;
        options.explain = explain;
        text.clear();
        session.append_json(text, options);
        session.append_text(text, options);
      }
    }
  }
}

void try_bytes(std::string& bytes, Counts& counts, const std::string& name) {
  testing::Parts::seal(bytes);
  const auto start = Clock::now();
  const Loaded<Bundle> bundle = Bundle::from_bytes(bytes);
  ++counts.variants;
  if (bundle.ok()) {
    ++counts.accepted;
    decide_all(bundle.value(), counts, counts.variants, counts.variants % 16 == 0);
  } else {
    ++counts.refused;
    if (bundle.error().message.empty()) {
      std::fprintf(stderr, "%s: refused without a reason\n", name.c_str());
      std::exit(1);
    }
  }
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  if (seconds > kMostSeconds) {
    std::fprintf(stderr, "%s: took %.1f s\n", name.c_str(), seconds);
    std::exit(1);
  }
  if (seconds > counts.slowest_s) {
    counts.slowest_s = seconds;
    counts.slowest = name;
  }
}

void put(std::string& bytes, size_t at, const void* value, size_t size) { std::memcpy(bytes.data() + at, value, size); }

// Every length, with the header saying the old length, and with it saying the new one.
void cut(const std::string& bytes, Counts& counts) {
  for (size_t size = 0; size < bytes.size(); ++size) {
    std::string part = bytes.substr(0, size);
    try_bytes(part, counts, "cut to " + std::to_string(size));
    if (size < sizeof(format::Header)) continue;
    const uint64_t file_bytes = size;
    put(part, offsetof(format::Header, file_bytes), &file_bytes, sizeof file_bytes);
    try_bytes(part, counts, "cut to " + std::to_string(size) + ", and says so");
  }
}

// Every byte: each bit flipped, zero, all ones.
void flip(const std::string& bytes, Counts& counts) {
  for (size_t at = 0; at < bytes.size(); ++at) {
    const auto old = static_cast<unsigned char>(bytes[at]);
    for (int what = 0; what < 10; ++what) {
      const int fresh = what < 8 ? old ^ (1 << what) : (what == 8 ? 0 : 0xff);
      if (fresh == old) continue;
      std::string bent = bytes;
      bent[at] = static_cast<char>(fresh);
      try_bytes(bent, counts, "byte " + std::to_string(at) + " = " + std::to_string(fresh));
    }
  }
}

// One to four aligned words take values that indices and counts are wrong by.
void scatter(const std::string& bytes, Counts& counts, uint64_t number, uint64_t seed) {
  std::mt19937_64 random(seed);
  const size_t words = bytes.size() / 4;
  for (uint64_t i = 0; i < number; ++i) {
    std::string bent = bytes;
    const uint64_t changes = 1 + random() % 4;
    for (uint64_t c = 0; c < changes; ++c) {
      const size_t at = random() % words * 4;
      uint32_t old = 0, fresh = 0;
      std::memcpy(&old, bent.data() + at, 4);
      switch (random() % 8) {
        case 0:
          fresh = 0;
          break;
        case 1:
          fresh = 0xffffffffu;
          break;
        case 2:
          fresh = old + 1;
          break;
        case 3:
          fresh = old - 1;
          break;
        case 4:
          fresh = static_cast<uint32_t>(random() % 64);
          break;
        case 5:
          fresh = uint32_t{1} << (random() % 32);
          break;
        case 6:
          std::memcpy(&fresh, bytes.data() + random() % words * 4, 4);
          break;
        default:
          fresh = static_cast<uint32_t>(random());
          break;
      }
      put(bent, at, &fresh, 4);
    }
    try_bytes(bent, counts, "random " + std::to_string(i) + " of seed " + std::to_string(seed));
  }
}

void report(const char* what, const Counts& counts) {
  std::printf(
      "%-28s %8llu variants: %8llu refused, %8llu accepted and harmless (%llu decisions, %llu of them errors); slowest "
      "%.3f s (%s)\n",
      what, static_cast<unsigned long long>(counts.variants), static_cast<unsigned long long>(counts.refused),
      static_cast<unsigned long long>(counts.accepted), static_cast<unsigned long long>(counts.decisions),
      static_cast<unsigned long long>(counts.errors), counts.slowest_s, counts.slowest.c_str());
  std::fflush(stdout);
}

std::string read_file(const char* path) {
  std::string bytes;
  FILE* file = std::fopen(path, "rb");
  if (file == nullptr) return bytes;
  char buffer[65536];
  for (size_t got = 0; (got = std::fread(buffer, 1, sizeof buffer, file)) > 0;) bytes.append(buffer, got);
  std::fclose(file);
  return bytes;
}

int try_bundle(const char* name, const std::string& bytes, bool every, uint64_t number, uint64_t seed) {
  const Loaded<Bundle> whole = Bundle::from_bytes(bytes);
  if (!whole.ok()) {
    std::fprintf(stderr, "%s: %s\n", name, whole.error().message.c_str());
    return 1;
  }
  std::printf("%s: %zu bytes\n", name, bytes.size());
  uint64_t accepted = 0;
  const auto run = [&](const char* what, const auto& mutate) {
    Counts counts;
    mutate(counts);
    report(what, counts);
    accepted += counts.accepted;
  };
  run("as it is, explained", [&](Counts& c) {
    for (uint64_t variant = 0; variant < 200; ++variant) decide_all(whole.value(), c, variant, true);
  });
  accepted = 0;
  if (every) {
    run("cut at every length", [&](Counts& c) { cut(bytes, c); });
    run("every byte, ten ways", [&](Counts& c) { flip(bytes, c); });
  }
  run("words at random", [&](Counts& c) { scatter(bytes, c, number, seed); });
  if (accepted > 0) return 0;
  std::fprintf(stderr, "no variant was accepted: nothing was tried beyond the loader\n");
  return 1;
}

int main_with(const std::vector<const char*>& arguments) {
  uint64_t number = 20'000, seed = 1;
  bool every = false;
  std::vector<const char*> paths;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string_view word = arguments[i];
    if (word == "--every") {
      every = true;
    } else if ((word == "--random" || word == "--seed") && i + 1 < arguments.size()) {
      (word == "--random" ? number : seed) = std::strtoull(arguments[++i], nullptr, 10);
    } else {
      paths.push_back(arguments[i]);
    }
  }
  if (paths.empty()) return try_bundle("the small set", testing::small_set().bytes(), true, number, seed);
  int result = 0;
  for (const char* path : paths) result |= try_bundle(path, read_file(path), every, number, seed);
  return result;
}

}  // namespace
}  // namespace guardvm::hostile

int main(int argc, char** argv) { return guardvm::hostile::main_with({argv + 1, argv + argc}); }
