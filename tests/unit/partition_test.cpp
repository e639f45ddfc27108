// The partition library: automata against naive matching, class sets against direct evaluation, partitions and
// refinement.
#include "partition/partition.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "partition/automaton.hpp"
#include "partition/class_set.hpp"
#include "partition/utf8_ranges.hpp"
#include "partition/version.hpp"

namespace guard::partition {
namespace {

std::string encode(char32_t c) {
  std::string out;
  const auto tail = [&](int shift) { out += static_cast<char>(0x80u | ((c >> shift) & 0x3Fu)); };
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0u | (c >> 6));
    tail(0);
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0u | (c >> 12));
    tail(6), tail(0);
  } else {
    out += static_cast<char>(0xF0u | (c >> 18));
    tail(12), tail(6), tail(0);
  }
  return out;
}

// The ends in `text` that `pattern` reaches from `from`; text is a sequence of code points.
std::set<size_t> ends(const Pattern& pattern, const std::vector<char32_t>& text, size_t from) {
  using Kind = Pattern::Kind;
  std::set<size_t> out;
  switch (pattern.kind) {
    case Kind::Literal: {
      std::string bytes;
      size_t at = from;
      while (bytes.size() < pattern.text.size() && at < text.size()) bytes += encode(text[at++]);
      if (bytes == pattern.text) out.insert(at);
      return out;
    }
    case Kind::AnyRun:
      for (size_t end = from; end <= text.size(); ++end) out.insert(end);
      return out;
    case Kind::Class:
      if (from == text.size()) return out;
      for (const CodeRange& range : pattern.ranges) {
        if (range.low <= text[from] && text[from] <= range.high) out.insert(from + 1);
      }
      return out;
    case Kind::Concat: {
      std::set<size_t> now = {from};
      for (const Pattern& child : pattern.children) {
        std::set<size_t> next;
        for (const size_t at : now) next.merge(ends(child, text, at));
        now = std::move(next);
      }
      return now;
    }
    case Kind::Alternate:
      for (const Pattern& child : pattern.children) out.merge(ends(child, text, from));
      return out;
    case Kind::Repeat: {
      std::set<size_t> now = {from};
      if (pattern.min == 0) out = now;
      const uint32_t most = std::min<uint32_t>(pattern.max, pattern.min + static_cast<uint32_t>(text.size()) + 1);
      for (uint32_t i = 1; i <= most; ++i) {
        std::set<size_t> next;
        for (const size_t at : now) next.merge(ends(pattern.children[0], text, at));
        now = std::move(next);
        if (i >= pattern.min) out.insert(now.begin(), now.end());
      }
      return out;
    }
  }
  return out;
}

std::string to_text(const std::vector<char32_t>& points) {
  std::string out;
  for (const char32_t c : points) out += encode(c);
  return out;
}

// Every string of up to `length` letters of an alphabet that has one, two, three and four byte characters.
std::vector<std::vector<char32_t>> short_strings(size_t length) {
  static constexpr char32_t kLetters[] = {U'a', U'b', U'ö', U'€', U'😀'};
  std::vector<std::vector<char32_t>> out = {{}};
  size_t first = 0;
  for (size_t i = 0; i < length; ++i) {
    const size_t last = out.size();
    for (; first < last; ++first) {
      for (const char32_t letter : kLetters) {
        out.push_back(out[first]);
        out.back().push_back(letter);
      }
    }
  }
  return out;
}

std::vector<Pattern> sample_patterns() {
  const Pattern a = literal("a"), star = any_run(), one = any_one();
  return {
      literal(""),
      literal("aö"),
      star,
      sequence({a, star}),
      sequence({star, literal("b")}),
      sequence({star, literal("öa"), star}),
      sequence({a, star, literal("b")}),
      sequence({star, one, a, one}),
      sequence({one, one}),
      repeat(one_of({{U'a', U'a'}, {U'ö', U'€'}}), 0, Pattern::kUnbounded),
      repeat(one_of({{0, U'a' - 1}, {U'b', 0x10FFFF}}), 1, Pattern::kUnbounded),  // every character but `a`
      sequence({one_of({{0x80, 0x10FFFF}}), star}),
      repeat(choice({literal("ab"), literal("b")}), 1, 2),
      repeat(choice({literal("a"), literal("")}), 2, 3),
      sequence({repeat(one_of({{U'a', U'b'}}), 2, 4), repeat(literal("€"), 0, 1)}),
      one_of({}),
  };
}

TEST(Automaton, AgreesWithNaiveMatching) {
  const auto strings = short_strings(4);
  for (const Pattern& pattern : sample_patterns()) {
    for (const Utf8 utf8 : {Utf8::Anything, Utf8::OnlyValid}) {
      const auto dfa = determinise({&pattern}, utf8, 10000);
      ASSERT_TRUE(dfa.has_value());
      const Dfa small = minimise(*dfa);
      EXPECT_LE(small.states, dfa->states + 1);
      for (const auto& points : strings) {
        const bool expected = ends(pattern, points, 0).contains(points.size());
        const std::string text = to_text(points);
        ASSERT_EQ(!dfa->accept[dfa->run(text)].empty(), expected) << text;
        ASSERT_EQ(!small.accept[small.run(text)].empty(), expected) << text;
      }
    }
  }
}

TEST(Automaton, OnlyValidAcceptsNothingElse) {
  const Pattern any = any_run();
  const auto dfa = determinise({&any}, Utf8::OnlyValid, 1000);
  ASSERT_TRUE(dfa.has_value());
  for (const std::string bad : {"\x80", "\xC3", "\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x82"}) {
    EXPECT_TRUE(dfa->accept[dfa->run(bad)].empty());
  }
}

TEST(Automaton, GroupsAnswerLikeTheirMembers) {
  const std::vector<Pattern> patterns = sample_patterns();
  std::vector<const Pattern*> pointers;
  for (const Pattern& pattern : patterns) pointers.push_back(&pattern);
  std::vector<uint32_t> refused;
  const std::vector<Group> groups = group(pointers, {30, 1000, 100}, refused);
  EXPECT_TRUE(refused.empty());
  EXPECT_GT(groups.size(), 1u);
  size_t members = 0;
  for (const Group& part : groups) {
    members += part.members.size();
    for (const auto& points : short_strings(3)) {
      const std::string text = to_text(points);
      const auto& accepted = part.dfa.accept[part.dfa.run(text)];
      for (uint32_t i = 0; i < part.members.size(); ++i) {
        ASSERT_EQ(std::binary_search(accepted.begin(), accepted.end(), i),
                  ends(patterns[part.members[i]], points, 0).contains(points.size()));
      }
    }
  }
  EXPECT_EQ(members, patterns.size());
}

TEST(Automaton, RefusesPastTheBudget) {
  // The n-th letter from the end: 2^n states.
  const Pattern ab = one_of({{U'a', U'b'}});
  const Pattern pattern = sequence({repeat(ab, 0, Pattern::kUnbounded), literal("a"), repeat(ab, 15, 15)});
  EXPECT_FALSE(determinise({&pattern}, Utf8::Anything, 10000).has_value());
  EXPECT_TRUE(determinise({&pattern}, Utf8::Anything, 100000).has_value());
}

TEST(Automaton, FindsEveryText) {
  const std::vector<std::string> texts = {"a", "ab", "b", "öa", "a€b", "bab", "abab"};
  const Dfa dfa = find_any(texts);
  for (const auto& points : short_strings(5)) {
    const std::string text = to_text(points);
    std::set<uint32_t> found(dfa.accept[1].begin(), dfa.accept[1].end()), expected;
    uint32_t state = 1;
    for (const char c : text) {
      state = dfa.table[state * dfa.classes + dfa.class_of[static_cast<uint8_t>(c)]];
      ASSERT_NE(state, 0u);
      found.insert(dfa.accept[state].begin(), dfa.accept[state].end());
    }
    for (uint32_t i = 0; i < texts.size(); ++i) {
      if (text.find(texts[i]) != std::string::npos) expected.insert(i);
    }
    ASSERT_EQ(found, expected) << text;
  }
}

TEST(Utf8Ranges, CoverExactlyTheCodePoints) {
  const std::pair<char32_t, char32_t> ranges[] = {{0, 0x10FFFF},    {0x7F, 0x80},      {0x7FE, 0x803},
                                                  {0xD7FE, 0xE001}, {0xFFFE, 0x10001}, {0x10FFFF, 0x10FFFF}};
  for (const auto& [low, high] : ranges) {
    std::vector<ByteSequence> sequences;
    append_utf8_ranges(low, high, sequences);
    for (char32_t c = low < 3 ? 0 : low - 3; c <= std::min<char32_t>(high + 3, 0x10FFFF);
         c += (high - low > 100 ? 97 : 1)) {
      if (c >= 0xD800 && c <= 0xDFFF) continue;
      const std::string text = encode(c);
      const auto matches = std::count_if(sequences.begin(), sequences.end(), [&](const ByteSequence& s) {
        if (s.size != text.size()) return false;
        for (uint32_t i = 0; i < s.size; ++i) {
          const auto byte = static_cast<uint8_t>(text[i]);
          if (byte < s.bytes[i].low || byte > s.bytes[i].high) return false;
        }
        return true;
      });
      ASSERT_EQ(matches, c >= low && c <= high ? 1 : 0) << std::hex << static_cast<uint32_t>(c);
    }
  }
}

TEST(ClassSets, AlgebraAgreesWithBits) {
  std::mt19937_64 random(1);
  constexpr uint32_t kClasses = 12;
  const auto random_set = [&](uint32_t& bits) {
    bits = static_cast<uint32_t>(random()) & ((1u << kClasses) - 1);
    ClassSet set;
    for (uint32_t c = 0; c < kClasses; ++c) {
      if ((bits >> c & 1) != 0) set.append(c, c + 1);
    }
    return set;
  };
  const auto check = [&](const ClassSet& set, uint32_t bits) {
    for (uint32_t c = 0; c < kClasses; ++c) ASSERT_EQ(set.contains(c), (bits >> c & 1) != 0);
    ASSERT_EQ(set.count(), static_cast<uint64_t>(__builtin_popcount(bits)));
    for (size_t i = 1; i < set.intervals().size(); ++i)
      ASSERT_LT(set.intervals()[i - 1].last, set.intervals()[i].first);
  };
  for (int i = 0; i < 2000; ++i) {
    uint32_t x = 0, y = 0;
    const ClassSet a = random_set(x), b = random_set(y);
    check(unite(a, b), x | y);
    check(intersect(a, b), x & y);
    check(complement(a, kClasses), ~x & ((1u << kClasses) - 1));
    EXPECT_EQ(unite(a, complement(a, kClasses)).is_all(kClasses), true);
  }
}

// The order example of semver.org, then numbers against words and lengths.
TEST(Versions, Precedence) {
  const std::vector<std::string> ascending = {
      "0.0.0-0",       "1.0.0-0",          "1.0.0-1",    "1.0.0-2",      "1.0.0-10",      "1.0.0-alpha",
      "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1",
      "1.0.0",         "1.0.1-0",          "1.2.0",      "1.10.0",       "2.0.0",         "18446744073709551616.0.0"};
  for (size_t i = 0; i < ascending.size(); ++i) {
    for (size_t j = 0; j < ascending.size(); ++j) {
      const int order = compare_versions(ascending[i], ascending[j]);
      EXPECT_EQ(order < 0, i < j) << ascending[i] << " " << ascending[j];
      EXPECT_EQ(order == 0, i == j);
    }
  }
  EXPECT_EQ(compare_versions("1.0.0+a", "1.0.0+b"), 0);
  EXPECT_EQ(compare_versions("1.0.0-x+a", "1.0.0-x"), 0);
}

TEST(Versions, BetweenIsBetweenOrThereIsNone) {
  const std::vector<std::string> versions = {"0.0.0-0", "0.0.0-0.0", "0.0.0",   "1.2.3-0", "1.2.3-0.0",
                                             "1.2.3-a", "1.2.3",     "1.2.4-0", "1.2.4",   "2.0.0"};
  for (size_t i = 0; i + 1 < versions.size(); ++i) {
    const auto between = version_between(versions[i], versions[i + 1]);
    const bool none = versions[i] == "0.0.0-0" || versions[i] == "1.2.3-0" ||
                      (versions[i] == "1.2.3" && versions[i + 1] == "1.2.4-0");
    EXPECT_EQ(between.has_value(), !none) << versions[i];
    if (!between) continue;
    EXPECT_LT(compare_versions(versions[i], *between), 0);
    EXPECT_LT(compare_versions(*between, versions[i + 1]), 0);
  }
  EXPECT_FALSE(version_between(std::nullopt, "0.0.0-0").has_value());
  EXPECT_TRUE(version_between("9.9.9", std::nullopt).has_value());
}

Predicate number_compare(Compare compare, int64_t number) {
  Predicate p;
  p.kind = Predicate::Kind::Compare;
  p.compare = compare;
  p.numbers = {number};
  return p;
}

// Every value has a class, its witness is told apart by no predicate, and no two classes are alike.
void expect_partition(const Partition& partition, const std::vector<Value>& values) {
  for (const Value& value : values) {
    const Class& found = partition.classes.at(partition.class_of(value));
    for (size_t p = 0; p < partition.predicates.size(); ++p) {
      ASSERT_EQ(holds(partition.predicates[p], partition.attribute.domain, value), static_cast<bool>(found.truth[p]));
      ASSERT_EQ(holds(partition.predicates[p], partition.attribute.domain, found.witness),
                static_cast<bool>(found.truth[p]));
    }
    if (found.single) {
      ASSERT_EQ(value, found.witness);
    }
  }
  for (size_t i = 0; i < partition.classes.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      ASSERT_FALSE(partition.classes[i].truth == partition.classes[j].truth &&
                   partition.classes[i].witness.present == partition.classes[j].witness.present);
    }
  }
}

TEST(Partitions, OfNumbersAreExact) {
  std::mt19937_64 random(2);
  for (int round = 0; round < 300; ++round) {
    std::vector<Predicate> predicates;
    for (uint64_t i = random() % 5; i > 0; --i) {
      predicates.push_back(number_compare(static_cast<Compare>(random() % 6), static_cast<int64_t>(random() % 14) - 2));
    }
    Attribute attribute;
    attribute.min = 0;
    attribute.max = 10;
    attribute.optional = random() % 2 == 0;
    const auto made = make_partition(attribute, predicates, 0);
    ASSERT_TRUE(made.ok());
    std::vector<Value> values;
    if (attribute.optional) values.push_back({});
    std::set<size_t> reached;
    for (int64_t n = 0; n <= 10; ++n) values.push_back({true, n, {}});
    expect_partition(made.value(), values);
    for (const Value& value : values) reached.insert(made.value().class_of(value));
    EXPECT_EQ(reached.size(), made.value().classes.size());  // no class without a value
  }
}

TEST(Partitions, AtTheEndsOfInt64) {
  const auto made =
      make_partition({}, {number_compare(Compare::Le, INT64_MIN), number_compare(Compare::Ge, INT64_MAX)}, 0);
  ASSERT_TRUE(made.ok());
  EXPECT_EQ(made.value().classes.size(), 3u);
  expect_partition(made.value(), {{true, INT64_MIN, {}}, {true, 0, {}}, {true, INT64_MAX, {}}});
}

TEST(Partitions, OfTextsAreExact) {
  std::vector<Predicate> predicates;
  for (const Pattern& pattern : sample_patterns()) {
    Predicate p;
    p.kind = Predicate::Kind::Matches;
    p.pattern = pattern;
    predicates.push_back(std::move(p));
  }
  Predicate in;
  in.kind = Predicate::Kind::In;
  in.texts = {"a", "ab", "zzz"};
  predicates.push_back(in);
  Attribute attribute;
  attribute.domain = Domain::Text;
  attribute.optional = true;
  const auto made = make_partition(attribute, predicates, 100000);
  ASSERT_TRUE(made.ok());
  std::vector<Value> values = {{}};
  for (const auto& points : short_strings(3)) values.push_back({true, 0, to_text(points)});
  values.push_back({true, 0, "zzz"});
  expect_partition(made.value(), values);
}

TEST(Partitions, OfVersionsDropEmptyGaps) {
  Predicate low, high;
  low.kind = high.kind = Predicate::Kind::Compare;
  low.compare = Compare::Gt;
  low.texts = {"1.2.3-0"};
  high.compare = Compare::Lt;
  high.texts = {"1.2.3-0.0"};
  Attribute attribute;
  attribute.domain = Domain::Version;
  const auto made = make_partition(attribute, {low, high}, 0);
  ASSERT_TRUE(made.ok());
  for (const Class& c : made.value().classes) EXPECT_FALSE(c.truth[0] && c.truth[1]);
  EXPECT_EQ(made.value().classes.size(), 2u);
}

TEST(Partitions, RefinementSplitsBoth) {
  Attribute attribute;
  attribute.min = 0;
  attribute.max = 20;
  const Partition a = make_partition(attribute, {number_compare(Compare::Lt, 5)}, 0).value();
  const Partition b =
      make_partition(attribute, {number_compare(Compare::Lt, 9), number_compare(Compare::Eq, 3)}, 0).value();
  const auto refined = refine(a, b, 0);
  ASSERT_TRUE(refined.ok());
  const Refined& r = refined.value();
  EXPECT_EQ(r.partition.classes.size(), 4u);  // 3; below 5; 5 to 8; from 9
  for (int64_t n = 0; n <= 20; ++n) {
    const Value value{true, n, {}};
    const size_t c = r.partition.class_of(value);
    EXPECT_EQ(r.left[c], a.class_of(value));
    EXPECT_EQ(r.right[c], b.class_of(value));
  }
}

}  // namespace
}  // namespace guard::partition
