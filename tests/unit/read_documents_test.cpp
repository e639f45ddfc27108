// The reader against nlohmann-json and simdjson: documents of every sort, and records and mutations at random.
#include <cmath>
#include <new>

#include "read/values.hpp"
#include "read_harness.hpp"
#include "read_scribe.hpp"

// Every allocation of this program is counted, to show that reading makes none. Sanitizers count for themselves.
namespace {
size_t allocations = 0;
}
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define GUARD_ADDRESS_SANITIZER 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define GUARD_ADDRESS_SANITIZER 1
#endif
#if !defined(GUARD_ADDRESS_SANITIZER)
[[gnu::noinline]] void* operator new(size_t size, const std::nothrow_t&) noexcept {
  ++allocations;
  return std::malloc(size);
}
[[gnu::noinline]] void* operator new(size_t size) {
  if (void* memory = operator new(size, std::nothrow)) return memory;
  std::abort();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, size_t) noexcept { std::free(memory); }
#endif

namespace guardvm::test {
namespace {

// ---- documents of every sort, against two other parsers ----

// Values that stand at an unknown key. `others`: what the two other parsers say when it is not the same.
struct Document {
  std::string text;
  bool good;
  bool others_differ = false;
};

std::vector<Document> documents() {
  const std::string deep(62, '['), deep_end(62, ']');
  return {
      {"1", true},
      {"-0", true},
      {"0.0", true},
      {"-0.0e-0", true},
      {"1E+2", true},
      {"123.456e78", true},
      {"1e-400", true},
      {"1e999", true, true},  // RFC 8259 leaves its size to the implementation; an ignored number has none
      {"123456789012345678901234567890", true, true},
      {"0e1", true},
      {"\"\"", true},
      {"\"a\"", true},
      {"[]", true},
      {"{}", true},
      {"[ ]", true},
      {"{ }", true},
      {"[1,2 , 3]", true},
      {"[[],[[]]]", true},
      {"true", true},
      {"false", true},
      {"null", true},
      {" \t\r\n1 \t\r\n", true},
      {"{\"a\":{\"a\":{\"a\":1}}}", true},
      {"{\"\":1}", true},
      {"{\"a\":1,\"A\":2}", true},
      {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", true},
      {"\"\\u0000\"", true},
      {"\"\\u00e9\\u20AC\"", true},
      {"\"\\ud83d\\ude00\"", true},
      {"\"\\uDBFF\\uDFFF\"", true},
      {"\"\xc2\x80\"", true},
      {"\"\xdf\xbf\"", true},
      {"\"\xe0\xa0\x80\"", true},
      {"\"\xed\x9f\xbf\"", true},
      {"\"\xee\x80\x80\"", true},
      {"\"\xef\xbf\xbf\"", true},
      {"\"\xf0\x90\x80\x80\"", true},
      {"\"\xf4\x8f\xbf\xbf\"", true},
      {"\"\x7f\"", true},
      {"\"\xef\xbb\xbf\"", true},
      {"\"1234567890123456\"", true},
      {"\"123456789012345\\n\"", true},
      {"\"\\\\\"", true},
      {"\"\\\\\\\\\"", true},
      {"[\"\\\\\",\"\\\"\",\"a\\\\\\\"b\"]", true},
      {"\"a/b\"", true},
      {deep + deep_end, true},
      // numbers
      {"", false},
      {"+1", false},
      {"01", false},
      {"-01", false},
      {"00", false},
      {"1.", false},
      {".5", false},
      {"-.5", false},
      {"-", false},
      {"1e", false},
      {"1e+", false},
      {"1.e1", false},
      {"0x10", false},
      {"1_000", false},
      {"NaN", false},
      {"Infinity", false},
      {"-Infinity", false},
      {"1 2", false},
      {"1.2.3", false},
      {"1e1.5", false},
      {"--1", false},
      {"1-", false},
      {"\xef\xbc\x91", false},
      {"0 1", false},
      {"1a", false},
      {"-a", false},
      // literals
      {"tru", false},
      {"True", false},
      {"truee", false},
      {"nul", false},
      {"nulll", false},
      {"fals", false},
      {"t", false},
      {"none", false},
      // structure
      {"[", false},
      {"]", false},
      {"{", false},
      {"[1,]", false},
      {"[,1]", false},
      {"[,]", false},
      {"[1 2]", false},
      {"[1,,2]", false},
      {"[1;2]", false},
      {"[1:2]", false},
      {"{\"a\":1,}", false},
      {"{,}", false},
      {"{\"a\"}", false},
      {"{\"a\":}", false},
      {"{:1}", false},
      {"{\"a\" 1}", false},
      {"{\"a\"::1}", false},
      {"{\"a\",1}", false},
      {"{a:1}", false},
      {"{1:1}", false},
      {"{'a':1}", false},
      {"{null:1}", false},
      {"{\"a\":1 \"b\":2}", false},
      {"{\"a\":1,,\"b\":2}", false},
      {"[1}", false},
      {"{\"a\":1]", false},
      {"[[1]", false},
      {"{\"a\":{}", false},
      {"[1],", false},
      {"// c\n1", false},
      {"/* c */ 1", false},
      {"1 # c", false},
      {"\f1", false},
      {"\v1", false},
      {"\xc2\xa0"
       "1",
       false},
      {"\xe2\x80\xa8"
       "1",
       false},
      {"[\"a\",\n4\n,1,", false},
      {"[\"\",\"\"", false},
      {"{\"a\":\"b\"", false},
      // strings
      {"\"", false},
      {"\"a", false},
      {"'a'", false},
      {"a", false},
      {"\"\\\"", false},
      {"\"\\", false},
      {"\"\\a\"", false},
      {"\"\\'\"", false},
      {"\"\\0\"", false},
      {"\"\\x41\"", false},
      {"\"\\u\"", false},
      {"\"\\u12\"", false},
      {"\"\\u123\"", false},
      {"\"\\u12G4\"", false},
      {"\"\\U1234\"", false},
      {"\"\\u+123\"", false},
      {"\"\n\"", false},
      {"\"\t\"", false},
      {std::string("\"\0\"", 3), false},
      {"\"\x1f\"", false},
      {"\"\\\n\"", false},
      {"\"\\ud800\"", false},
      {"\"\\udc00\"", false},
      {"\"\\ud800\\ud800\"", false},
      {"\"\\udc00\\ud800\"", false},
      {"\"\\ud800x\"", false},
      {"\"\\ud800\\n\"", false},
      {"\"\\ud800\\u00e9\"", false},
      {"\"\\ud83d\\ude0\"", false},
      {"\"\\ud83d", false},
      {"\"a\"b\"", false},
      {"\"a\" \"b\"", false},
      {"\"\\u00A\"", false},
      {"\"\\", false},
      {"\"a\\\\\"\"", false},
      // UTF-8
      {"\"\x80\"", false},
      {"\"\xbf\"", false},
      {"\"\xc0\x80\"", false},
      {"\"\xc1\xbf\"", false},
      {"\"\xc2\"", false},
      {"\"\xc2\x7f\"", false},
      {"\"\xe0\x80\x80\"", false},
      {"\"\xe0\x9f\xbf\"", false},
      {"\"\xe2\x82\"", false},
      {"\"\xe2\x28\xa1\"", false},
      {"\"\xed\xa0\x80\"", false},
      {"\"\xed\xbf\xbf\"", false},
      {"\"\xed\xa0\xbd\xed\xb8\x80\"", false},
      {"\"\xf0\x80\x80\x80\"", false},
      {"\"\xf0\x8f\xbf\xbf\"", false},
      {"\"\xf4\x90\x80\x80\"", false},
      {"\"\xf5\x80\x80\x80\"", false},
      {"\"\xf8\x88\x80\x80\x80\"", false},
      {"\"\xfe\"", false},
      {"\"\xff\"", false},
      {"\"\xf0\x9f\x98\"", false},
      {"\"\xe9\"", false},
      {"\xff", false},
      {"[\xc3\xa9]", false},
      {"\xef\xbb\xbf"
       "1",
       false},
      {"\"\xf0\x9f\x98\x80\xff\"", false},
  };
}

TEST(Reader, DocumentsOfEverySort) {
  Harness h = one_of_each();
  for (const Document& document : documents()) {
    for (const std::string& text :
         {R"({"kind":"k","x":)" + document.text + "}", R"({"x":)" + document.text + R"(,"kind":"k"})",
          R"({"kind":"k","x":[0,)" + document.text + "]}"}) {
      if (document.text.size() > 60 && text.find("[0,") != std::string::npos) continue;
      const Outcome& outcome = h.read(text);
      EXPECT_EQ(outcome.good, document.good) << text << " " << outcome.summary();
      EXPECT_TRUE(document.good || is_syntax(outcome.error.code)) << text << " " << outcome.summary();
      if (document.others_differ) continue;
      EXPECT_EQ(nlohmann_accepts(text), document.good) << text;
      EXPECT_EQ(simdjson_accepts(text), document.good) << text;
    }
  }
}

TEST(Reader, StringsOfEverySortHaveTheSameValue) {
  Harness h = one_of_each();
  for (const Document& document : documents()) {
    if (!document.good || document.text[0] != '"') continue;
    const std::string text = R"({"kind":"k","text":)" + document.text + R"(,"texts":["z",)" + document.text + "]}";
    ASSERT_EQ(h.summary(text), "ok") << text;
    const std::string expected = nlohmann::json::parse(text)["text"];
    EXPECT_EQ(h.slot("text").string(), expected) << text;
    const Slot set = h.slot("texts");
    const Action& action = h.read(text).action;
    EXPECT_TRUE(action.elements[set.first].string() == expected || action.elements[set.first + 1].string() == expected)
        << text;
  }
  // Escapes in keys, words and the kind.
  EXPECT_EQ(h.summary("{\"\\u006bind\":\"\\u006b\",\"w\\u006frd\":\"gre\\u0065n\"}"), "ok");
  EXPECT_EQ(h.slot("word").number, 1);
  EXPECT_EQ(h.summary("{\"kind\":\"k\",\"word\":\"caf\\u00e9\"}"), "ok");
  EXPECT_EQ(h.slot("word").number, 3);
  EXPECT_EQ(h.summary("{\"kind\":\"k\",\"word\":\"a_word_of_more_than_14_bytes\"}"), "ok");
  EXPECT_EQ(h.slot("word").number, 2);
  EXPECT_EQ(h.summary("{\"kind\":\"k\",\"an attribute with a rather long name/and ~ signs\":\"1\"}", strictly()), "ok");
  EXPECT_EQ(h.summary("{\"kind\":\"k\",\"an attribute with a rather long name/and ~ signs\":1}"),
            "wrong-type /an attribute with a rather long name~1and ~0 signs");
}

// ---- random records ----

// The slots of a record, compared with its tree as nlohmann-json parsed it.
class Comparison {
 public:
  Comparison(const ReadSchema& schema, const Action& action) : schema_(schema), action_(action) {}

  void leaves(const std::vector<LeafSpec>& specs, const Slot* slots, const nlohmann::json& object) {
    for (size_t i = 0; i < specs.size(); ++i) {
      const LeafSpec& leaf = specs[i];
      SCOPED_TRACE(leaf.path);
      const nlohmann::json* value = find(leaf, object);
      ASSERT_EQ(slots[i].present != 0, value != nullptr);
      if (value == nullptr) continue;
      switch (leaf.type) {
        case Type::Presence:
          break;
        case Type::Signal:
          EXPECT_EQ(slots[i].number, timestamp((*value)["as_of"]));
          break;
        case Type::Set:
          set(leaf, slots[i], *value);
          break;
        case Type::List:
          ASSERT_EQ(slots[i].size, value->size());
          for (size_t row = 0; row < value->size(); ++row)
            leaves(leaf.columns, &action_.rows[slots[i].first + row * leaf.columns.size()], (*value)[row]);
          break;
        default:
          EXPECT_EQ(text_of(leaf, leaf.type, slots[i]), text_of(leaf, leaf.type, *value));
          break;
      }
    }
  }

 private:
  static const nlohmann::json* find(const LeafSpec& leaf, const nlohmann::json& object) {
    const nlohmann::json* at = &object;
    std::vector<std::string> keys = leaf.json;
    if (keys.empty()) {
      std::string key;
      for (const char c : leaf.path + ".") {
        if (c == '.')
          keys.push_back(std::move(key)), key.clear();
        else
          key += c;
      }
    }
    for (const std::string& key : keys) {
      if (!at->is_object() || !at->contains(key)) return nullptr;
      at = &(*at)[key];
    }
    return at->is_null() ? nullptr : at;
  }
  static int64_t timestamp(const std::string& text) {
    int64_t ns = 0;
    EXPECT_TRUE(parse_timestamp(text, ns)) << text;
    return ns;
  }
  std::string text_of(const LeafSpec& leaf, Type type, const Slot& slot) const {
    if (type == Type::String || type == Type::Version) return std::string(slot.string());
    if (type == Type::Enum) return schema_.enums[leaf.enum_id].words[static_cast<size_t>(slot.number)];
    return std::to_string(slot.number);
  }
  static std::string text_of(const LeafSpec& leaf, Type type, const nlohmann::json& value) {
    int64_t number = 0;
    switch (type) {
      case Type::String:
      case Type::Version:
      case Type::Enum:
        return value;
      case Type::Bool:
        return value.get<bool>() ? "1" : "0";
      case Type::Int:
        return std::to_string(value.get<int64_t>());
      case Type::Timestamp:
        return std::to_string(timestamp(value));
      case Type::Duration:
        EXPECT_TRUE(parse_duration(value.get<std::string>(), number));
        return std::to_string(number);
      case Type::Decimal: {
        double scaled = value.get<double>();
        for (int i = 0; i < leaf.scale; ++i) scaled *= 10;
        return std::to_string(std::llround(scaled));
      }
      default:
        return "?";
    }
  }
  void set(const LeafSpec& leaf, const Slot& slot, const nlohmann::json& value) {
    std::vector<std::string> expected, found;
    for (const auto& element : value) expected.push_back(text_of(leaf, leaf.element, element));
    for (size_t i = 0; i < slot.size; ++i) {
      const Slot& element = action_.elements[slot.first + i];
      const Slot& before = action_.elements[slot.first + (i > 0 ? i - 1 : 0)];
      const bool ascending =
          leaf.element == Type::String ? before.string() < element.string() : before.number < element.number;
      EXPECT_TRUE(i == 0 || ascending);
      found.push_back(text_of(leaf, leaf.element, element));
    }
    std::sort(found.begin(), found.end());
    std::sort(expected.begin(), expected.end());
    expected.erase(std::unique(expected.begin(), expected.end()), expected.end());
    EXPECT_EQ(found, expected);
  }

  const ReadSchema& schema_;
  const Action& action_;
};

TEST(Reader, RandomRecordsHaveTheValuesThatAnotherParserSees) {
  Harness h = pipeline();
  Scribe scribe(seed());
  for (int round = 0; round < 5000 && !HasFailure(); ++round) {
    const Json record = scribe.record(h.schema());
    const std::string text = scribe.text(record, round % 3 != 0);
    SCOPED_TRACE("seed " + std::to_string(seed()) + " round " + std::to_string(round) + "\n" + text);
    ASSERT_TRUE(simdjson_accepts(text));
    const Outcome& outcome = h.read(text);
    ASSERT_EQ(outcome.summary(), "ok") << outcome.error.message;
    const nlohmann::json tree = nlohmann::json::parse(text);
    ASSERT_EQ(h.schema().kinds[outcome.action.kind].name, tree["kind"]);
    Comparison(h.schema(), outcome.action)
        .leaves(h.schema().kinds[outcome.action.kind].leaves, outcome.action.slots.data(), tree);
  }
}

// Whatever the bytes: no crash, and what the reader takes is JSON in the eyes of the others, without duplicate keys.
TEST(Reader, RandomMutationsNeverPassAsSomethingElse) {
  Harness h = pipeline();
  Scribe scribe(seed() + 1);
  constexpr std::string_view kBytes = "\"\\{}[]:,0123456789-+.eEtfnu \n\x80\xc3\xff";
  size_t taken = 0;
  for (int round = 0; round < 15'000 && !HasFailure(); ++round) {
    std::string text = scribe.text(scribe.record(h.schema()), round % 4 == 0);
    for (size_t edits = scribe.below(3) + 1; edits-- > 0 && !text.empty();) {
      const size_t at = scribe.below(text.size());
      switch (scribe.below(5)) {
        case 0:
          text[at] = kBytes[scribe.below(kBytes.size())];
          break;
        case 1:
          text.insert(at, 1, kBytes[scribe.below(kBytes.size())]);
          break;
        case 2:
          text.erase(at, scribe.below(4) + 1);
          break;
        case 3:
          text.insert(at, text.substr(scribe.below(text.size()), scribe.below(20)));
          break;
        default:
          text.resize(at);
          break;
      }
    }
    const bool good = h.read(text).good;
    taken += good;
    const bool well_formed = nlohmann_accepts(text);
    SCOPED_TRACE("seed " + std::to_string(seed()) + " round " + std::to_string(round) + "\n" + text);
    ASSERT_TRUE(well_formed || !good);
    ASSERT_TRUE(!well_formed || !is_syntax(h.read(text).error.code));
  }
  EXPECT_GT(taken, 300u);
}

TEST(Reader, AllocatesNothingOnceWarm) {
  Harness h = pipeline();
  Scribe scribe(seed() + 2);
  std::vector<std::string> texts;
  for (int i = 0; i < 300; ++i) texts.push_back(scribe.text(scribe.record(h.schema()), i % 2 == 0));
  Action action;
  ReadError error;
  for (int round = 0; round < 3; ++round) {
    const size_t before = allocations;
    for (const std::string& text : texts)
      ASSERT_TRUE(h.reader().read(text, {}, action, error)) << error.message << text;
    EXPECT_TRUE(round < 2 || allocations == before) << allocations - before;
  }
}

}  // namespace
}  // namespace guardvm::test
