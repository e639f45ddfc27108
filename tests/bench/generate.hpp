// Synthetic policy sets and actions for the benchmarks: shaped like real ones, with written-down distributions and
// fixed seeds.
//
//   sparse       96 % of the rules name one service (N/10 services) and one kind and test 1 to 3 more attributes; 3 %
//   name a team's
//                services by prefix; 0.5 % name a pattern; 0.5 % are global (these three test 3 or 4 more). Effects: 70
//                % deny, 15 % require, 8 % allow (a third of them overriding the last deny of their kind), 5 % warn, 2
//                % hold until a window.
//   dense        no rule names a service: each tests 3 attributes, each test true for about 60 % of the actions; all
//   deny. adversarial  distinct cut points, prefixes, suffixes, infixes, regexes and sets in every rule: many classes
//   per attribute.
//   broad        each rule tests 5 attributes, each test true for about 60 % of the values; all deny: every rule
//   overlaps most others, and only unions of many cover one.
//
// `changes` rules are changed, spread over the set, in ten ways in turn: another effect, a condition with one test less
// or more, a rule that is gone, a new one, an allow that overrides, another window, a scope by prefix, another number
// of approvals, shadow mode.
//
// Actions: about 570 bytes of JSON, all different, services by a Zipf-like distribution, `kind` first as most producers
// write it.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace guard::bench {

enum class Shape : uint8_t { Sparse, Dense, Adversarial, Broad };
[[nodiscard]] std::string_view shape_word(Shape shape);

struct SetOptions {
  Shape shape = Shape::Sparse;
  uint32_t rules = 1000;
  uint64_t seed = 1;
  uint32_t changes = 0;  // of a sparse set, which is else the same
};

// One `.guard` file: schema and one policy per 500 rules.
[[nodiscard]] std::string generate_set(const SetOptions& options);
// `count` records, one JSON text each, that fit the schema of generate_set with the same number of rules.
[[nodiscard]] std::vector<std::string> generate_actions(const SetOptions& options, uint32_t count, uint64_t seed);

}  // namespace guard::bench
