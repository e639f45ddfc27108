// Values of JSON texts: what a checked text gives, and that unchecked bytes are never read past their end.
#include "read/json_value.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace guardvm {
namespace {

std::string text_of(JsonValue value) {
  std::string out;
  return value.append_text(out) ? out : "(none)";
}

TEST(JsonValue, GoesThroughObjectsAndArrays) {
  JsonText text;
  ASSERT_TRUE(text.parse(R"( {"a": [1, "x\u00e9\n", {"b": null}], "c": {}, "d": "\ud83d\ude00", "e": true} )"))
      << text.problem();
  const JsonValue root = text.value();
  std::vector<std::string> keys;
  for (JsonMembers m(root); m.next();) keys.emplace_back(m.key());
  EXPECT_EQ(keys, (std::vector<std::string>{"a", "c", "d", "e"}));
  std::vector<std::string> elements;
  for (JsonElements e(root.member("a")); e.next();) elements.emplace_back(e.value().raw());
  EXPECT_EQ(elements, (std::vector<std::string>{"1", R"("x\u00e9\n")", R"({"b": null})"}));
  EXPECT_EQ(text_of(root.member("d")), "\xf0\x9f\x98\x80");
  EXPECT_TRUE(root.member("c").is_object());
  EXPECT_FALSE(JsonMembers(root.member("c")).next());
  EXPECT_TRUE(root.member("e").is_true());
  EXPECT_FALSE(root.member("f").there());
  EXPECT_FALSE(root.member("f").member("g").there());
  EXPECT_EQ(root.member("d").plain_text(), "");
}

TEST(JsonValue, ReadsWholeNumbersOnly) {
  JsonText text;
  for (const auto& [json, fits, number] :
       std::vector<std::tuple<std::string, bool, uint64_t>>{{"0", true, 0},
                                                            {"18446744073709551615", true, UINT64_MAX},
                                                            {"18446744073709551616", false, 0},
                                                            {"-1", false, 0},
                                                            {"1.0", false, 0},
                                                            {"1e3", false, 0},
                                                            {"\"1\"", false, 0},
                                                            {"99999999999999999999", false, 0}}) {
    ASSERT_TRUE(text.parse(json)) << json;
    uint64_t got = 7;
    EXPECT_EQ(text.value().number(got), fits) << json;
    EXPECT_EQ(got, fits ? number : uint64_t{7}) << json;
  }
}

TEST(JsonValue, TheCheckIsStrict) {
  JsonText text;
  for (const char* bad :
       {"", "{", "[1,]", "{\"a\":1,\"a\":2}", "{\"a\":1} x", "\"\xff\"", "\"\n\"", "01", "nul", "{'a':1}"}) {
    EXPECT_FALSE(text.parse(bad)) << bad;
    EXPECT_FALSE(text.problem().empty()) << bad;
    EXPECT_FALSE(text.value().there()) << bad;
  }
  std::string deep(65, '[');
  EXPECT_FALSE(text.parse(deep + std::string(65, ']')));
}

// Bytes cut and changed at random, in a buffer of their own size and padding: a sanitizer sees what reads past it.
TEST(JsonValue, UncheckedBytesStayInside) {
  const std::string good = R"({"seq":12,"a":{"b":["x\\\"y",1.5e3,{"c":"\u00e4ö"}]},"d":[],"e":"","hash":"00"})";
  std::mt19937 random(7);
  size_t seen = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string bytes = good.substr(0, random() % (good.size() + 1));
    for (auto edits = random() % 3; edits > 0 && !bytes.empty(); --edits)
      bytes[random() % bytes.size()] = static_cast<char>(random());
    std::vector<char> buffer(bytes.begin(), bytes.end());
    buffer.resize(buffer.size() + 17, '\0');
    std::string sink;
    const JsonValue root = JsonValue::at(buffer.data());
    for (JsonMembers m(root); m.next(); ++seen) {
      m.value().append_text(sink);
      m.key_value().append_text(sink);
      for (JsonElements e(m.value().member("b")); e.next();) e.value().append_text(sink);
    }
    EXPECT_LE(root.raw().size(), bytes.size());
  }
  EXPECT_GT(seen, size_t{1000});
}

}  // namespace
}  // namespace guardvm
