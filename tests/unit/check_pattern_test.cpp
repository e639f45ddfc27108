// Globs, regular expressions, and constants as text.
#include <gtest/gtest.h>

#include "check/constants.hpp"
#include "check/glob.hpp"
#include "check/regex.hpp"

namespace guard::check {
namespace {

// ---- globs ----

std::string glob_text(std::string_view pattern) {
  const auto parts = parse_glob(pattern);
  if (!parts.ok()) return "error";
  std::string out;
  for (const GlobPart& part : parts.value()) {
    out += part.kind == GlobPart::Kind::AnyRun ? "<*>" : part.kind == GlobPart::Kind::AnyOne ? "<?>" : part.text;
  }
  return out;
}

TEST(Glob, PartsAndEscapes) {
  EXPECT_EQ(glob_text(""), "");
  EXPECT_EQ(glob_text("a*b?c"), "a<*>b<?>c");
  EXPECT_EQ(glob_text("a**b"), "a<*>b");
  EXPECT_EQ(glob_text("*?*"), "<*><?><*>");
  EXPECT_EQ(glob_text("\\*\\?\\\\[a]"), "*?\\[a]");
  EXPECT_EQ(glob_text("a\\"), "error");
}

// ---- regular expressions ----

// The tree in prefix form; classes as ranges.
std::string tree(const RegexNode& node) {
  std::string out;
  switch (node.kind) {
    case RegexNode::Kind::Empty:
      return "()";
    case RegexNode::Kind::Class:
      out = "[";
      for (const CodeRange& r : node.ranges) {
        const auto code = [](char32_t c) {
          return c > ' ' && c < 0x7f ? std::string(1, static_cast<char>(c)) : std::to_string(c);
        };
        out += (out == "[" ? "" : " ") + code(r.low) + (r.low == r.high ? "" : "-" + code(r.high));
      }
      return out + "]";
    case RegexNode::Kind::Concat:
      out = "(cat";
      break;
    case RegexNode::Kind::Alternate:
      out = "(or";
      break;
    case RegexNode::Kind::Repeat:
      out = "(" + std::to_string(node.min) + ".." + (node.max == RegexNode::kUnbounded ? "" : std::to_string(node.max));
      break;
  }
  for (const RegexNode& child : node.children) out += " " + tree(child);
  return out + ")";
}

std::string regex_text(std::string_view pattern) {
  const auto ast = parse_regex(pattern);
  return ast.ok() ? tree(ast.value().root) : "error: " + ast.error();
}

TEST(Regex, Trees) {
  const char* const cases[][2] = {
      {"", "()"},
      {"ab", "(cat [a] [b])"},
      {"a|b|", "(or [a] [b] ())"},
      {"(a|b)c", "(cat (or [a] [b]) [c])"},
      {"(?:a)*", "(0.. [a])"},
      {"a+b?", "(cat (1.. [a]) (0..1 [b]))"},
      {"a{3}b{2,}c{1,4}", "(cat (3..3 [a]) (2.. [b]) (1..4 [c]))"},
      {"[a-cb-d]", "[a-d]"},
      {"[]]", "error: a class may not be empty; write `\\]` for the character"},
      {"[a\\]\\-z]", "[- ] a z]"},
      {"[a-]", "[- a]"},
      {"\\d", "[0-9]"},
      {"[^\\d]", "[0-/ :-55295 57344-1114111]"},
      {"\\w", "[0-9 A-Z _ a-z]"},
      {"\\s", "[9-13 32]"},
      {".", "[0-55295 57344-1114111]"},
      {"\\u{1F600}", "[128512]"},
      {"é", "[233]"},
      {"\\/\\.\\n", "(cat [/] [.] [10])"},
  };
  for (const auto& c : cases) EXPECT_EQ(regex_text(c[0]), c[1]) << c[0];
  EXPECT_EQ(regex_text("[^\\s\\S]"), "[]");
}

TEST(Regex, EachRefusalSaysWhat) {
  const char* const cases[][2] = {
      {"^a", "whole string"},
      {"a$", "whole string"},
      {"\\bword", "whole string"},
      {"(a)\\1", "back-reference"},
      {"\\k<a>", "back-reference"},
      {"(?=a)", "look-around"},
      {"(?!a)", "look-around"},
      {"(?<=a)", "look-around"},
      {"(?<!a)", "look-around"},
      {"(?<n>a)", "no names"},
      {"(?P<n>a)", "no names"},
      {"(?i)a", "flags"},
      {"a*?", "lazy"},
      {"a**", "repeated"},
      {"a{2}{3}", "repeated"},
      {"*a", "nothing to repeat"},
      {"a|+", "nothing to repeat"},
      {"(a", "not closed"},
      {"a)", "closes no group"},
      {"[a", "not closed"},
      {"[z-a]", "range"},
      {"[\\d-z]", "range"},
      {"a{", "repetition"},
      {"a{2,1}", "repetition"},
      {"a{999}", "at most 256"},
      {"\\", "lone"},
      {"\\q", "no escape"},
      {"\\u{110000}", "code point"},
      {"\\u{D800}", "code point"},
      {"[[:alpha:]]", "named classes"},
      {"\xff", "UTF-8"},
  };
  for (const auto& c : cases) {
    const auto ast = parse_regex(c[0]);
    ASSERT_FALSE(ast.ok()) << c[0];
    EXPECT_NE(ast.error().find(c[1]), std::string::npos) << c[0] << ": " << ast.error();
  }
}

TEST(Regex, PositionsCountWhatIsWrittenOut) {
  EXPECT_EQ(parse_regex("abc").value().positions, 3u);
  EXPECT_EQ(parse_regex("(ab){10}").value().positions, 20u);
  EXPECT_EQ(parse_regex("a{2,}").value().positions, 3u);
  EXPECT_GT(parse_regex("((((a{99}){99}){99}){99}){99}").value().positions, 1'000'000u);
}

TEST(Regex, DeepNestingIsRefused) { EXPECT_FALSE(parse_regex(std::string(100'000, '(')).ok()); }

// ---- constants ----

TEST(Constants, Integers) {
  EXPECT_EQ(parse_int("10_000", false), 10'000);
  EXPECT_EQ(parse_int("9223372036854775807", false), INT64_MAX);
  EXPECT_EQ(parse_int("9223372036854775808", true), INT64_MIN);
  EXPECT_EQ(parse_int("9223372036854775808", false), std::nullopt);
}

TEST(Constants, Decimals) {
  EXPECT_EQ(rescale(*parse_fixed("0.50", false), 2), 50);
  EXPECT_EQ(rescale(*parse_fixed("1.5", true), 3), -1500);
  EXPECT_EQ(rescale(*parse_fixed("1.250", false), 1), std::nullopt);
  EXPECT_EQ(parse_fixed("1.", false).has_value(), false);
  EXPECT_EQ(parse_fixed("1e2", false).has_value(), false);
  EXPECT_EQ(decimal_text(5, 2), "0.05");
  EXPECT_EQ(decimal_text(-150, 2), "-1.50");
  EXPECT_EQ(decimal_text(7, 0), "7");
}

TEST(Constants, Durations) {
  EXPECT_EQ(parse_duration("1h30m", false), 5'400 * kNsPerSecond);
  EXPECT_EQ(parse_duration("1d2h3m4s5ms6us7ns", false), ((26 * 3600 + 184) * kNsPerSecond) + 5'006'007);
  for (const char* bad : {"", "1", "h", "1m1h", "1h1h", "1w", "9999999999d"})
    EXPECT_EQ(parse_duration(bad, false), std::nullopt) << bad;
  EXPECT_EQ(duration_text(0), "0s");
  EXPECT_EQ(duration_text(36 * 3600 * kNsPerSecond), "1d12h");
  EXPECT_EQ(duration_text(-5'400 * kNsPerSecond), "-1h30m");
  EXPECT_EQ(duration_text(INT64_MIN), "-106751d23h47m16s854ms775us808ns");
  EXPECT_EQ(parse_duration("106751d23h47m16s854ms775us808ns", true), INT64_MIN);
}

TEST(Constants, Timestamps) {
  EXPECT_EQ(parse_timestamp("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(parse_timestamp("1970-01-01T01:00:00.5+01:00"), 500'000'000);
  EXPECT_EQ(parse_timestamp("1678-01-01T00:00:00Z"), kFirstInstantNs);
  EXPECT_EQ(parse_timestamp("2261-12-31T23:59:59.999999999Z"), kLastInstantNs);
  EXPECT_EQ(parse_timestamp("2262-01-01T01:00:00+02:00"), kLastInstantNs + 1 - 3600 * kNsPerSecond);
  for (const char* bad :
       {"1677-12-31T23:59:59Z", "2262-01-01T00:00:00Z", "2026-02-29T00:00:00Z", "2026-01-01T24:00:00Z",
        "2026-01-01T00:00:60Z", "2026-01-01 00:00:00Z", "2026-01-01T00:00:00", "2026-01-01T00:00:00.1234567890Z",
        "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00+1:00", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"}) {
    EXPECT_EQ(parse_timestamp(bad), std::nullopt) << bad;
  }
  EXPECT_EQ(timestamp_text(0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(timestamp_text(-1), "1969-12-31T23:59:59.999999999Z");
  EXPECT_EQ(timestamp_text(500'000'000), "1970-01-01T00:00:00.500Z");
  EXPECT_EQ(timestamp_text(1'000), "1970-01-01T00:00:00.000001Z");
}

TEST(Constants, Versions) {
  for (const char* good : {"0.0.0", "1.2.3", "1.2.3-rc.1", "1.2.3-0a.b-c+build.007", "10.20.30+x"})
    EXPECT_TRUE(is_version(good)) << good;
  for (const char* bad : {"", "1", "1.2", "v1.2.3", "1.2.3.4", "01.2.3", "1.2.3-", "1.2.3-01", "1.2.3-a..b", "1.2.3+",
                          "1.2.3-a_b", "1.2.-3", " 1.2.3"}) {
    EXPECT_FALSE(is_version(bad)) << bad;
  }
}

TEST(Constants, Json) { EXPECT_EQ(json_string("a\"\\\n\t\x01\x7f"), "\"a\\\"\\\\\\n\\t\\u0001\\u007f\""); }

}  // namespace
}  // namespace guard::check
