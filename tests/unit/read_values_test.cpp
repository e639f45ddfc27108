// The text forms of values (runtime/read/values.hpp), and the index of strings that reading starts with.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <random>

#include "read/scan.hpp"
#include "read/string_index.hpp"
#include "read/values.hpp"
#include "read_harness.hpp"

namespace guardvm::test {
namespace {

// ---- the text forms of values ----

std::string timestamp(std::string_view text) {
  int64_t ns = 0;
  if (!parse_timestamp(text, ns)) return "bad";
  std::string out;
  append_timestamp(out, ns);
  return out;
}

TEST(Values, Timestamps) {
  EXPECT_EQ(timestamp("1970-01-01T00:00:00Z"), "1970-01-01T00:00:00Z");
  EXPECT_EQ(timestamp("2026-03-02T09:30:00+01:00"), "2026-03-02T08:30:00Z");
  EXPECT_EQ(timestamp("2026-03-02T09:30:00-00:00"), "2026-03-02T09:30:00Z");
  EXPECT_EQ(timestamp("2026-03-01T00:00:00+23:59"), "2026-02-28T00:01:00Z");
  EXPECT_EQ(timestamp("2024-02-29T12:00:00.5Z"), "2024-02-29T12:00:00.500Z");
  EXPECT_EQ(timestamp("2024-02-29T12:00:00.000001Z"), "2024-02-29T12:00:00.000001Z");
  EXPECT_EQ(timestamp("2024-02-29T12:00:00.123456789Z"), "2024-02-29T12:00:00.123456789Z");
  EXPECT_EQ(timestamp("1678-01-01T00:00:00Z"), "1678-01-01T00:00:00Z");
  EXPECT_EQ(timestamp("1677-12-31T23:00:00-01:00"), "1678-01-01T00:00:00Z");
  EXPECT_EQ(timestamp("2261-12-31T23:59:59.999999999Z"), "2261-12-31T23:59:59.999999999Z");
  EXPECT_EQ(timestamp("2262-01-01T00:59:59+01:00"), "2261-12-31T23:59:59Z");
  for (const char* bad : {"",
                          "2026-03-02",
                          "2026-03-02T09:30Z",
                          "2026-03-02T09:30:00",
                          "2026-03-02t09:30:00Z",
                          "2026-03-02T09:30:00z",
                          "2026-03-02 09:30:00Z",
                          "2026-3-02T09:30:00Z",
                          "2026-00-02T09:30:00Z",
                          "2026-13-02T09:30:00Z",
                          "2026-02-29T09:30:00Z",
                          "2100-02-29T09:30:00Z",
                          "2026-03-00T09:30:00Z",
                          "2026-03-32T09:30:00Z",
                          "2026-03-02T24:00:00Z",
                          "2026-03-02T09:60:00Z",
                          "2026-03-02T09:30:60Z",
                          "2026-03-02T09:30:00.Z",
                          "2026-03-02T09:30:00.1234567890Z",
                          "2026-03-02T09:30:00+01",
                          "2026-03-02T09:30:00+0100",
                          "2026-03-02T09:30:00+24:00",
                          "2026-03-02T09:30:00+01:60",
                          "2026-03-02T09:30:00ZZ",
                          "1677-12-31T23:59:59Z",
                          "1678-01-01T00:00:00+00:01",
                          "2262-01-01T00:00:00Z",
                          "2261-12-31T23:59:59-00:01",
                          "+026-03-02T09:30:00Z",
                          " 2026-03-02T09:30:00Z",
                          "2026-03-02T09:30:0 Z",
                          "0000-01-01T00:00:00Z",
                          "9999-12-31T23:59:59Z"})
    EXPECT_EQ(timestamp(bad), "bad") << bad;
}

TEST(Values, TimestampsReadBackAsPrinted) {
  std::mt19937_64 random(seed());
  std::uniform_int_distribution<int64_t> any(kFirstInstant_ns, kLastInstant_ns);
  for (int i = 0; i < 20000; ++i) {
    int64_t ns = any(random), back = 0;
    if (i % 4 == 0) ns -= ns % kSecond_ns;
    if (i % 4 == 1) ns -= ns % 1000000;
    std::string text;
    append_timestamp(text, ns);
    ASSERT_TRUE(parse_timestamp(text, back)) << text;
    ASSERT_EQ(back, ns) << text;
    // The form of 20 characters has a reader of its own.
    if (text.size() != 20) continue;
    const std::string padded = '"' + text + '"' + std::string(16, '\0');
    ASSERT_EQ(scan::timestamp20(padded.data()), ns / kSecond_ns) << text;
  }
}

TEST(Values, FixedTimestampsAgreeOnEveryByte) {
  const std::string good = "2024-02-28T19:59:39Z";
  for (size_t at = 0; at < good.size(); ++at)
    for (int byte = 0; byte < 256; ++byte) {
      std::string text = good;
      text[at] = static_cast<char>(byte);
      int64_t ns = 0;
      const bool fits = parse_timestamp(text, ns);
      const int64_t fast = scan::timestamp20(('"' + text + '"' + std::string(16, '\0')).c_str());
      EXPECT_EQ(fast, fits ? ns / kSecond_ns : scan::kNoTimestamp) << text;
    }
  for (int year = 1678; year <= 2261; ++year)
    for (int month = 1; month <= 12; ++month)
      for (int day = 27; day <= 32; ++day) {
        char text[48];
        std::snprintf(text, sizeof text, "\"%04d-%02d-%02dT00:00:00Z\"", year, month, day);
        int64_t ns = 0;
        const bool fits = parse_timestamp({text + 1, 20}, ns);
        ASSERT_EQ(scan::timestamp20(text), fits ? ns / kSecond_ns : scan::kNoTimestamp) << text;
      }
}

std::string duration(std::string_view text) {
  int64_t ns = 0;
  if (!parse_duration(text, ns)) return "bad";
  std::string out;
  append_duration(out, ns);
  return out;
}

TEST(Values, Durations) {
  EXPECT_EQ(duration("1d12h"), "1d12h");
  EXPECT_EQ(duration("36h"), "1d12h");
  EXPECT_EQ(duration("90m"), "1h30m");
  EXPECT_EQ(duration("-1h30m"), "-1h30m");
  EXPECT_EQ(duration("0s"), "0s");
  EXPECT_EQ(duration("-0ms"), "0s");
  EXPECT_EQ(duration("1d2h3m4s5ms6us7ns"), "1d2h3m4s5ms6us7ns");
  EXPECT_EQ(duration("9223372036854775807ns"), "106751d23h47m16s854ms775us807ns");
  EXPECT_EQ(duration("-9223372036854775808ns"), "-106751d23h47m16s854ms775us808ns");
  for (const char* bad : {"", "-", "1", "h", "1h1h", "1m1h", "1w", "1.5h", "+1h", "1h ", " 1h", "1h-30m", "1H", "--1h",
                          "9223372036854775808ns", "99999999999999999999d", "106752d", "1d 2h", "1ds"})
    EXPECT_EQ(duration(bad), "bad") << bad;
}

std::string decimal(std::string_view text, unsigned scale) {
  int64_t scaled = 0;
  switch (parse_decimal(text, scale, scaled)) {
    case DecimalFit::BadForm:
      return "bad";
    case DecimalFit::OutOfRange:
      return "range";
    case DecimalFit::Fits:
      break;
  }
  std::string out;
  append_decimal(out, scaled, scale);
  return out;
}

TEST(Values, Decimals) {
  EXPECT_EQ(decimal("0.5", 2), "0.50");
  EXPECT_EQ(decimal("-0.05", 2), "-0.05");
  EXPECT_EQ(decimal("12", 0), "12");
  EXPECT_EQ(decimal("12.00", 0), "12");
  EXPECT_EQ(decimal("7", 3), "7.000");
  EXPECT_EQ(decimal("1.2340000", 3), "1.234");
  EXPECT_EQ(decimal("1.2345", 3), "range");
  EXPECT_EQ(decimal("9223372036854775.807", 3), "9223372036854775.807");
  EXPECT_EQ(decimal("-9223372036854775.808", 3), "-9223372036854775.808");
  EXPECT_EQ(decimal("9223372036854775.808", 3), "range");
  EXPECT_EQ(decimal("99999999999999999999", 0), "range");
  EXPECT_EQ(decimal("0", 200), "0." + std::string(200, '0'));
  for (const char* bad : {"", "-", ".", "1.", ".5", "1e2", "1E2", "+1", "1 ", "0x1", "--1", "1.2.3"})
    EXPECT_EQ(decimal(bad, 2), "bad") << bad;
}

TEST(Values, Versions) {
  for (const char* good :
       {"0.0.0", "1.2.3", "10.20.30", "1.1.2-prerelease+meta", "1.0.0-alpha.1", "1.0.0-0A.is.legal", "1.0.0--",
        "1.0.0-rc.1+build.01", "1.0.0+001", "99999999999999999999999.999999999999999999.99999999999999999",
        "1.0.0-a-b.7", "1.0.0+a.b.c", "1.0.0-0"})
    EXPECT_TRUE(is_version(good)) << good;
  for (const char* bad :
       {"",       "1",      "1.2",      "1.2.3.4",  "v1.2.3",     "01.2.3",        "1.02.3",    "1.2.03",
        "1.2.3-", "1.2.3+", "1.2.3-+b", "1.2.3-01", "1.2.3-a..b", "1.2.3-a.",      "1.2.3-a_b", "1.2.3+a+b",
        "1.2.3 ", " 1.2.3", "1.2.-3",   "-1.2.3",   "1..3",       "1.2.3-\xc3\xa9"})
    EXPECT_FALSE(is_version(bad)) << bad;
  // Item 11 of the specification, then numbers of any length.
  const std::vector<std::string> ascending = {"0.0.0-0",
                                              "0.0.0-0.0",
                                              "0.0.0-a",
                                              "0.0.0",
                                              "1.0.0-alpha",
                                              "1.0.0-alpha.1",
                                              "1.0.0-alpha.beta",
                                              "1.0.0-beta",
                                              "1.0.0-beta.2",
                                              "1.0.0-beta.11",
                                              "1.0.0-rc.1",
                                              "1.0.0",
                                              "1.0.1",
                                              "1.2.0",
                                              "1.10.0",
                                              "2.0.0",
                                              "9.0.0",
                                              "10.0.0",
                                              "99999999999999999999.0.0",
                                              "100000000000000000000.0.0"};
  for (size_t i = 0; i < ascending.size(); ++i)
    for (size_t j = 0; j < ascending.size(); ++j) {
      const int order = compare_versions(ascending[i], ascending[j] + "+meta.1");
      EXPECT_EQ(order < 0, i < j) << ascending[i] << " " << ascending[j];
      EXPECT_EQ(order > 0, i > j) << ascending[i] << " " << ascending[j];
    }
}

// ---- the index of strings ----

TEST(StringIndex, AllWaysAgree) {
  std::mt19937_64 random(seed());
  constexpr std::string_view kAlphabet = "\"\"\"\\\\ab{}:,\n\x01\xc3";
  for (int round = 0; round < 20000; ++round) {
    std::string text(random() % 300, ' ');
    const size_t letters = round % 2 == 0 ? kAlphabet.size() : 8;
    for (char& c : text) c = kAlphabet[random() % letters];
    size_t count = 0;
    const IndexWay* const ways = index_ways(count);
    std::vector<uint32_t> first;
    bool first_plain = false;
    for (size_t way = 0; way < count; ++way) {
      SCOPED_TRACE(std::string(ways[way].name) + " seed " + std::to_string(seed()) + "\n" + text);
      std::vector<char> copy(text.size() + kTextPadding, 'x');
      std::vector<uint32_t> closing(string_index_capacity(text.size()));
      const bool plain = ways[way].index(text.data(), text.size(), copy.data(), closing.data());
      const auto copy_end = copy.begin() + static_cast<ptrdiff_t>(text.size());
      ASSERT_TRUE(std::equal(text.begin(), text.end(), copy.begin()));
      ASSERT_TRUE(std::all_of(copy_end, copy_end + 64, [](char c) { return c == '\0'; }));
      closing.erase(std::find(closing.begin(), closing.end(), text.size()) + 1, closing.end());
      if (way == 0) first = closing, first_plain = plain;
      ASSERT_EQ(closing, first);
      ASSERT_EQ(plain, first_plain);
    }
  }
}

}  // namespace
}  // namespace guardvm::test
