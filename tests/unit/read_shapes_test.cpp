// A reader that has learnt shapes of records (read/shape.hpp) against one that has not: they say the same of every
// record, whatever was read before it.
#include <algorithm>
#include <random>

#include "read_harness.hpp"
#include "read_scribe.hpp"

namespace guardvm::test {
namespace {

// One reader that remembers, and a new one for each record.
class Twins {
 public:
  Twins(const ReadSchema& schema, bool baseline) : schema_(schema), reader_(schema.view(), *schema.plan) {
    if (baseline) reader_.use_baseline();
  }

  // Reads with both; true when they read it. Failures are noted when they differ.
  bool read(const std::string& text, const ReadOptions& options = ReadOptions()) {
    Reader fresh(schema_.view(), *schema_.plan);
    ReadError error, fresh_error;
    Action fresh_action;
    const bool good = reader_.read(text, options, action_, error);
    EXPECT_EQ(good, fresh.read(text, options, fresh_action, fresh_error)) << text << "\n"
                                                                          << error.message << fresh_error.message;
    EXPECT_EQ(fresh.known_records(), 0u);
    EXPECT_EQ(error.code, fresh_error.code) << text;
    EXPECT_EQ(error.at, fresh_error.at) << text;
    EXPECT_EQ(error.message, fresh_error.message) << text;
    EXPECT_EQ(action_.ignored, fresh_action.ignored) << text;
    EXPECT_EQ(reader_.kind_known(), fresh.kind_known()) << text;
    if (good) {
      EXPECT_EQ(action_.kind, fresh_action.kind) << text;
      EXPECT_EQ(describe(action_), describe(fresh_action)) << text;
    }
    return good;
  }
  // Whether the record is read as one of a known shape.
  bool knows(const std::string& text, const ReadOptions& options = ReadOptions()) {
    const uint64_t before = reader_.known_records();
    return read(text, options) && reader_.known_records() != before;
  }
  Reader& reader() { return reader_; }

 private:
  std::string describe(const Action& action) const {
    std::string out;
    const auto& leaves = schema_.kinds[action.kind].leaves;
    EXPECT_EQ(action.slots.size(), leaves.size());
    for (size_t i = 0; i < leaves.size(); ++i) describe(action, leaves[i], action.slots[i], out);
    return out;
  }
  static void describe(const Action& action, const LeafSpec& leaf, const Slot& slot, std::string& out) {
    out += leaf.path + " " + std::to_string(slot.present) + std::to_string(slot.state) + std::to_string(slot.padding);
    if (slot.present == 0) {
      out += " " + std::to_string(slot.number) + " " + std::to_string(slot.size);
    } else if (leaf.type == Type::Set) {
      out += " at " + std::to_string(slot.first);
      for (size_t i = 0; i < slot.size; ++i) describe(leaf.element, action.elements[slot.first + i], out);
    } else if (leaf.type == Type::List) {
      out += " at " + std::to_string(slot.first) + " {\n";
      for (size_t row = 0; row < slot.size; ++row)
        for (size_t i = 0; i < leaf.columns.size(); ++i)
          describe(action, leaf.columns[i], action.rows[slot.first + row * leaf.columns.size() + i], out);
      out += "}";
    } else {
      describe(leaf.type, slot, out);
    }
    out += "\n";
  }
  static void describe(Type type, const Slot& slot, std::string& out) {
    const bool is_text = type == Type::String || type == Type::Version;
    out += is_text ? " `" + std::string(slot.string()) + "`"
                   : " " + std::to_string(slot.number) + "/" + std::to_string(slot.size);
    out += std::to_string(slot.present) + std::to_string(slot.state) + std::to_string(slot.padding);
  }

  const ReadSchema& schema_;
  Reader reader_;
  Action action_;
};

constexpr std::string_view kDeploy =
    R"({"kind":"deploy","service":"api","environment":"production","actor":{"id":"u-1","kind":"human","groups":["sre","dba"]},)"
    R"("commit":{"sha":"0123456789abcdef0123456789abcdef01234567","branch":"main","tags":[],"signature":"good"},)"
    R"("time":"2026-03-02T09:30:00Z","approvals":[{"by":"u-2","groups":["sre"],"at":"2026-03-02T09:00:00Z"},)"
    R"({"by":"u-3","groups":[],"at":"2026-03-02T09:00:00Z"}],"incident":{"value":{"severity":"none","open":12},)"
    R"("as_of":"2026-03-02T09:29:00Z"},"error_budget":{"value":-0.50,"as_of":"2026-03-02T09:29:00Z"},"break_glass":null,)"
    R"("version":"1.12.0-rc.1","previous":null,"canary":5,"dependencies":[{"service":"db","required":"1.0.0","owner":{"team":"x"}}],)"
    R"("soak":"1h30m"})";
constexpr std::string_view kMigrate =
    R"({ "kind" : "db_migrate", "service": "api", "environment": "dev", "actor": {"id": "u\u002d1", "kind": "bot", "groups": ["caf)"
    "\xc3\xa9"
    R"("]},)"
    R"( "commit": {"sha": "0123", "branch": "main", "tags": ["v1", "v2"], "signature": "none"},)"
    R"( "time": "2026-03-02T09:30:00Z", "approvals": [], "break_glass": {"by": "u-9", "reason": "x", "at": "2026-03-02T09:30:00+01:00"},)"
    R"( "database": "d", "statements": ["select", "create_index_concurrently"], "destructive": false, "rows": 1234567890,)"
    R"( "shards": [3, 1, 2, 1], "secret": 7, "meta": {"load/avg": 1.25}} )";

class Shapes : public testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(Ways, Shapes, testing::Values(false, true),
                         [](const auto& info) { return info.param ? "Baseline" : "Best"; });

// The shape is known from the third record on: the first is never learnt from.
TEST_P(Shapes, AreLearntFromTheSecondRecord) {
  const ReadSchema schema({"kind"}, pipeline_enums(), pipeline_kinds());
  for (const std::string_view text : {kDeploy, kMigrate}) {
    Twins twins(schema, GetParam());
    for (int i = 0; i < 2; ++i) EXPECT_FALSE(twins.knows(std::string(text)));
    EXPECT_TRUE(twins.knows(std::string(text)));
    EXPECT_TRUE(twins.knows(std::string(text), strictly()));
    EXPECT_FALSE(twins.knows(std::string(text), at(1'772'443'800'000'000'000)));
    EXPECT_FALSE(twins.knows(std::string(text), kind(text == kDeploy ? "deploy" : "db_migrate")));
    EXPECT_TRUE(twins.knows(std::string(text), kind(text == kDeploy ? "deploy" : "db_migrate")));
    EXPECT_FALSE(twins.knows(std::string(text), kind("flag_toggle")));
  }
}

// Every byte of a known record changed, left out, doubled, and something put before it; with the record itself read in
// between, so that its shape stays trusted.
TEST_P(Shapes, NearlyTheSameIsNotTheSame) {
  const ReadSchema schema({"kind"}, pipeline_enums(), pipeline_kinds());
  constexpr std::string_view kBytes = "\"\\{}[]:, 09-.eZnt\n\x80";
  for (const std::string_view known : {kDeploy, kMigrate}) {
    Twins twins(schema, GetParam());
    const std::string text(known);
    twins.read(text);
    const auto expect_same = [&](const std::string& other) {
      twins.read(text);
      twins.read(other);
    };
    for (size_t i = 0; i <= text.size() && !HasFailure(); ++i) {
      expect_same(text.substr(0, i));
      if (i == text.size()) break;
      expect_same(text.substr(0, i) + text.substr(i + 1));
      expect_same(text.substr(0, i) + text.substr(i, 1) + text.substr(i));
      for (const char byte : kBytes) {
        expect_same(text.substr(0, i) + byte + text.substr(i));
        expect_same(text.substr(0, i) + byte + text.substr(i + 1));
      }
    }
    EXPECT_TRUE(twins.knows(text));
    EXPECT_GT(twins.reader().known_records(), text.size() * 2 * kBytes.size());
  }
}

// Records of a producer that leaves attributes out, or of one that writes everything oddly; some with a byte changed.
TEST_P(Shapes, RandomRecordsInAnyOrder) {
  const ReadSchema pipeline({"kind"}, pipeline_enums(), pipeline_kinds());
  Scribe scribe(seed() + 10);
  size_t known = 0;
  for (int round = 0; round < 200 && !HasFailure(); ++round) {
    Twins twins(pipeline, GetParam());
    for (int i = 0; i < 20 && !HasFailure(); ++i) {
      SCOPED_TRACE("seed " + std::to_string(seed()) + " round " + std::to_string(round));
      std::string text = scribe.text(scribe.record(pipeline), round % 4 == 3);
      twins.read(text);
      for (int again = 0; again < 3; ++again)  // so that its shape stays trusted
        known += twins.knows(text, round % 8 == 0 ? strictly() : ReadOptions());
      const size_t at = scribe.below(text.size());
      text[at] = "\"\\{}[]:,019-.nt "[scribe.below(16)];
      twins.read(text);
    }
  }
  EXPECT_GT(known, 1000u);
}

// All sequences of up to 4 members, some of them optional records: walks meet that were learnt apart, and must not let
// a record pass that lacks a key or has one twice.
TEST_P(Shapes, WalksThatMeet) {
  const ReadSchema schema({"kind"}, {},
                          {{"k",
                            {{.path = "a"},
                             {.path = "b", .type = Type::Int, .optional = true},
                             {.path = "r", .type = Type::Presence},
                             {.path = "r.x", .parent = 2},
                             {.path = "r.y", .type = Type::Bool, .optional = true, .parent = 2},
                             {.path = "o.z", .optional = true}}}});
  const std::vector<std::string> outer = {R"("a":"1")",  R"("b":2)",  R"("b":null)",     "r",
                                          R"("r":null)", R"("o":{})", R"("o":{"z":"3"})"};
  const std::vector<std::string> inner = {R"({"x":"4"})",          R"({"x":"4","y":true})", R"({"y":true,"x":"4"})",
                                          R"({"y":null,"x":"4"})", R"({"y":true})",         "{}",
                                          R"({"x":"4","x":"5"})"};
  std::vector<std::string> texts;
  const auto extend = [&](const auto& self, const std::string& so_far, size_t keys) -> void {
    texts.push_back(so_far + "}");
    if (keys == 4) return;
    for (const std::string& member : outer) {
      if (member != "r") {
        self(self, so_far + "," + member, keys + 1);
        continue;
      }
      for (const std::string& record : inner) self(self, so_far + R"(,"r":)" + record, keys + 1);
    }
  };
  extend(extend, R"({"kind":"k")", 0);
  std::mt19937_64 random(seed() + 11);
  size_t known = 0;
  for (int round = 0; round < 300 && !HasFailure(); ++round) {
    SCOPED_TRACE("seed " + std::to_string(seed()) + " round " + std::to_string(round));
    Twins twins(schema, GetParam());
    // A few that are learnt, and then the beginning of one with the end of another.
    std::vector<std::string> learnt;
    while (learnt.size() < 6) {
      const std::string& text = texts[random() % texts.size()];
      if (!twins.read(text)) continue;
      learnt.push_back(text);
      for (int i = 0; i < 3; ++i) known += twins.knows(text);
    }
    const auto cut = [&random](const std::string& text) {
      size_t place = random() % text.size();
      while (place > 0 && text[place] != ',' && text[place] != '"') --place;
      return place;
    };
    for (int i = 0; i < 200 && !HasFailure(); ++i) {
      const std::string &one = learnt[random() % learnt.size()], &other = learnt[random() % learnt.size()];
      twins.read(one.substr(0, cut(one)) + other.substr(cut(other)));
      known += twins.knows(learnt.back());
    }
  }
  EXPECT_GT(known, 10'000u);
}

TEST_P(Shapes, TheKindMayStandAnywhere) {
  const ReadSchema schema({"meta", "type"}, {}, {{"one", {{.path = "a"}}}, {"two", {{.path = "a"}}}});
  Twins twins(schema, GetParam());
  const std::string one = R"({"a":"first","meta":{"type":"one"}})", two = R"({"a":"second","meta":{"type":"two"}})";
  for (int i = 0; i < 3; ++i) {
    twins.read(one);
    twins.read(two);
  }
  EXPECT_FALSE(twins.knows(one));  // taken for the other kind, but not read as one
  EXPECT_TRUE(twins.knows(one));
  EXPECT_FALSE(twins.knows(two));
  EXPECT_TRUE(twins.knows(two));
}

TEST_P(Shapes, LimitsHold) {
  const ReadSchema schema({"kind"}, {}, {{"k", {{.path = "ints", .type = Type::Set, .element = Type::Int}}}});
  Twins twins(schema, GetParam());
  std::string text = R"({"kind":"k","ints":[1)";
  for (int i = 0; i < 999'999; ++i) text += ",1";
  for (int i = 0; i < 3; ++i) EXPECT_EQ(twins.knows(text + "]}"), i == 2);
  EXPECT_FALSE(twins.read(text + ",1]}"));
}

// A detached leaf, which is required or not by what stands elsewhere, is never left to a shape.
TEST_P(Shapes, DetachedLeavesAreNotLearnt) {
  const ReadSchema schema(
      {"kind"}, {},
      {{"k", {{.path = "r", .type = Type::Presence}, {.path = "r.x", .parent = 0, .json = {"elsewhere"}}}}});
  Twins twins(schema, GetParam());
  for (int i = 0; i < 4; ++i) {
    EXPECT_FALSE(twins.knows(R"({"kind":"k","r":{},"elsewhere":"a value of some length"})"));
    EXPECT_FALSE(twins.read(R"({"kind":"k","r":{},      "another":"a value of some length"})"));
  }
}

}  // namespace
}  // namespace guardvm::test
