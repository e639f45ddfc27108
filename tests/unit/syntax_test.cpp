// The parser and the printer: every construct, the layout's laws, comments in every gap, mistakes and limits.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cctype>
#include <cstddef>
#include <random>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "diag/diagnostic.hpp"
#include "syntax/parse.hpp"
#include "syntax/print.hpp"
#include "syntax/text.hpp"
#include "syntax_sample.hpp"
#include "syntax_tree_maker.hpp"

namespace guard {
namespace {

using syntax::Condition;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Parsed {
  Sources sources;
  Diagnostics diagnostics;
  syntax::File file;

  explicit Parsed(std::string text) {
    file = syntax::parse(sources.add("t.guard", std::move(text)), sources, diagnostics);
    diagnostics.finish();
  }
  [[nodiscard]] std::string report() const { return render(diagnostics, sources, DiagFormat::Text); }
  [[nodiscard]] std::string printed() const { return syntax::print(file, sources); }
  // "line:column id" of each diagnostic.
  [[nodiscard]] std::vector<std::string> places() const {
    std::vector<std::string> out;
    for (const Diagnostic& d : diagnostics.all()) {
      const LineColumn at = sources.locate(d.span.file, d.span.begin);
      out.push_back(std::to_string(at.line) + ":" + std::to_string(at.column) + " " + std::string(info(d.id).id));
    }
    return out;
  }
};

Parsed rule(const std::string& clauses) { return Parsed("policy p\nrule r on deploy\n" + clauses); }

const Condition& condition_of(const Parsed& parsed) {
  return *std::get<syntax::RuleItem>(parsed.file.sections.at(0).items.at(0).node).clauses.at(0).condition;
}

// parse∘print is the identity, print∘parse∘print is print, and every comment is still there, in order.
void expect_layout_laws(const std::string& text) {
  const Parsed first(text);
  ASSERT_EQ(first.report(), "") << text;
  const std::string printed = first.printed();
  const Parsed second(printed);
  ASSERT_EQ(second.report(), "") << printed;
  EXPECT_TRUE(syntax::same_tree(first.file, second.file)) << text << "\n--- printed as\n" << printed;
  EXPECT_EQ(second.printed(), printed) << "of\n" << text;
  std::vector<std::string> before, after;
  for (const syntax::Comment& c : first.file.comments) before.push_back(c.text);
  for (const syntax::Comment& c : second.file.comments) after.push_back(c.text);
  EXPECT_EQ(before, after) << printed;
}

// ---- parsing ----

TEST(Parse, EveryConstruct) {
  const Parsed parsed{std::string(kSyntaxSample)};
  EXPECT_EQ(parsed.report(), "");
  ASSERT_EQ(parsed.file.sections.size(), 3u);
  EXPECT_TRUE(parsed.file.sections[0].schema);
  EXPECT_EQ(parsed.file.sections[0].items.size(), 15u);
  EXPECT_EQ(parsed.file.sections[1].name.text, "databases");
  EXPECT_EQ(parsed.file.sections[1].items.size(), 35u);
  EXPECT_EQ(parsed.file.sections[2].items.size(), 0u);
}

TEST(Parse, EmptyAndNearlyEmptyFiles) {
  for (const char* text : {"", "\n\n", "// only a comment", "\xEF\xBB\xBF", "\r\n"}) {
    const Parsed parsed{text};
    EXPECT_EQ(parsed.report(), "") << text;
    EXPECT_TRUE(parsed.file.sections.empty());
  }
}

TEST(Parse, LineEndsAndByteOrderMark) {
  const Parsed parsed{"\xEF\xBB\xBFpolicy p // x\r\nrule r on a\r\n  when\r\n"};
  EXPECT_THAT(parsed.places(), ElementsAre("4:1 syntax-error"));
  ASSERT_EQ(parsed.file.comments.size(), 1u);
  EXPECT_EQ(parsed.file.comments[0].text, "// x");
  EXPECT_THAT(Parsed{"\xEF\xBB\xBFrule r on a"}.places(), ElementsAre("1:1 syntax-error"));
  EXPECT_THAT(Parsed{"policy p\rpolicy q\r$"}.places(), ElementsAre("3:1 unexpected-character"));
}

TEST(Parse, ChainsAreFlatAndPrecedenceHolds) {
  const Parsed parsed = rule("when a and b and c or not d and e implies f or g implies h");
  EXPECT_EQ(parsed.report(), "");
  const Condition& top = condition_of(parsed);
  ASSERT_EQ(top.kind, Condition::Kind::Implies);
  ASSERT_EQ(top.children[0].kind, Condition::Kind::Or);
  ASSERT_EQ(top.children[0].children.size(), 2u);
  EXPECT_EQ(top.children[0].children[0].kind, Condition::Kind::And);
  EXPECT_EQ(top.children[0].children[0].children.size(), 3u);
  EXPECT_EQ(top.children[0].children[1].children[0].kind, Condition::Kind::Not);
  ASSERT_EQ(top.children[1].kind, Condition::Kind::Implies);
  EXPECT_EQ(top.children[1].children[0].kind, Condition::Kind::Or);
}

TEST(Parse, QuantifierReachesToTheEnd) {
  const Parsed parsed = rule("when a and any x in l: b and c or d");
  const Condition& top = condition_of(parsed);
  ASSERT_EQ(top.kind, Condition::Kind::And);
  ASSERT_EQ(top.children[1].kind, Condition::Kind::Any);
  EXPECT_EQ(top.children[1].children[0].kind, Condition::Kind::Or);
}

TEST(Parse, Spans) {
  const Parsed parsed = rule("when é.x == 1");
  EXPECT_THAT(parsed.places(), ElementsAre("3:6 unexpected-character"));
  const Parsed good = rule("when \"é\" in a.b and not c");
  const Condition& top = condition_of(good);
  EXPECT_EQ(good.sources.text(top.span), "\"é\" in a.b and not c");
  EXPECT_EQ(good.sources.text(top.op_span), "and");
  EXPECT_EQ(good.sources.text(top.children[0].op_span), "in");
  EXPECT_EQ(good.sources.text(top.children[0].left->span), "\"é\"");
  EXPECT_EQ(good.sources.text(top.children[0].operand->span), "a.b");
  EXPECT_EQ(good.sources.text(top.children[1].op_span), "not");
  EXPECT_EQ(good.sources.locate(top.span.file, top.children[0].op_span.begin).column, 10u);
}

TEST(Parse, Escapes) {
  const Parsed parsed{R"(policy p owner "\"\\\n\t\r\u{e9}\u{1F600}")"};
  EXPECT_EQ(parsed.report(), "");
  EXPECT_EQ(std::get<syntax::OwnerItem>(parsed.file.sections[0].items[0].node).owner.value,
            "\"\\\n\t\r\u00e9\U0001F600");
  EXPECT_THAT(
      Parsed{R"(policy p owner "\q\u{}\u{D800}\u{110000}\u12")"}.places(),
      ElementsAre("1:17 bad-escape", "1:19 bad-escape", "1:23 bad-escape", "1:31 bad-escape", "1:41 bad-escape"));
}

TEST(Parse, WordsThatAreNames) {
  for (const char* word :
       {"schema", "policy", "sun", "hold", "missing", "at", "every", "exactly", "set", "owner", "since"}) {
    const Parsed parsed = rule("when " + std::string(word) + " == " + word + "." + word + " and any " + word + " in " +
                               word + ": " + word + " is missing");
    EXPECT_EQ(parsed.report(), "") << word;
  }
}

// ---- mistakes ----

struct Mistake {
  const char* text;
  std::vector<std::string> places;
  const char* message;  // part of the report
};

TEST(Mistakes, AreReportedWhereTheyAre) {
  const std::string head = "policy p\nrule r on deploy\n";
  const std::vector<Mistake> mistakes = {
      {"when a = 1", {"3:8 syntax-error"}, "to compare, write `==`"},
      {"when a && b", {"3:8 syntax-error"}, "`&&` is written `and`"},
      {"when a || b", {"3:8 syntax-error"}, "`||` is written `or`"},
      {"when !a", {"3:6 syntax-error"}, "`!` is written `not`"},
      {"when a == 'x'", {"3:11 syntax-error"}, "double quotes"},
      {"when a AND b", {"3:8 syntax-error"}, "lower case: `and`"},
      {"if missing hold", {"3:12 syntax-error"}, "if missing: block"},
      {"deny if a", {"3:6 syntax-error"}, "`when`, not `if`"},
      {"deny becuase \"x\"", {"3:6 syntax-error"}, "did you mean `because`?"},
      {"deny where a", {"3:6 syntax-error"}, "write `when`"},
      {"when (a unless b) deny", {"3:9 syntax-error"}, "write `and not`"},
      {"when a > 5min", {"3:10 syntax-error"}, "is neither a number nor a duration"},
      {"because \"x", {"3:9 unterminated-string"}, "not closed"},
      {"because \"x\\q\"", {"3:11 bad-escape"}, "is no escape"},
      {"deny; warn", {"3:5 syntax-error"}, "nothing ends with `;`"},
      {"deny # why\nwarn", {"3:6 syntax-error"}, "a comment starts with `//`"},
      {"deny /* why\n */ warn", {"3:6 syntax-error"}, "a comment starts with `//`"},
      {"when a ≥ b", {"3:8 syntax-error"}, "`≥` is written `>=`"},
      {"when a == “x”", {"3:11 unexpected-character", "3:13 unexpected-character"}, "straight double quotes"},
      {"when a matches /x", {"3:16 unexpected-character"}, "closed on its line"},
      {"when (a or (b\ndeny", {"4:1 syntax-error"}, "opened here"},
      {"when any d in l d.x", {"3:17 syntax-error"}, "expected `[`, `:` or `.`"},
      {"when not\nrule s on deploy deny", {"4:1 syntax-error"}, "expected a condition, found `rule`"},
      {"when a is production", {"3:11 syntax-error"}, "to compare, write `==`"},
      {"when a is not production deny", {"3:15 syntax-error"}, "to compare, write `!=`"},
      {"mode shadwo", {"3:6 syntax-error"}, "did you mean `shadow`?"},
      {"when a in x, y", {"3:12 syntax-error"}, "found `,`"},
      {"require 99999999999 approvals from x", {"3:9 number-too-large"}, "too large"},
      {"when a", {}, ""},
      {"deny\nlet x == 1", {"4:7 syntax-error"}, "write a single `=`"},
      {"deny\ntest \"t\" {\n expect alow\n}", {"5:9 syntax-error"}, "did you mean `allow`?"},
      {"deny\nfixture f = x { a: 1 b: 2 c: 3 }", {"4:22 syntax-error", "4:27 syntax-error"}, "found `b`"},
      {"deny\nrule \"x\" on deploy", {"4:6 syntax-error"}, "without quotes"},
      {"deny\nrule rule on deploy", {"4:6 syntax-error"}, "cannot be a name"},
      {"deny\nruel s on deploy\n deny", {"4:1 syntax-error"}, "expected another clause"},
      {"deny\npolicy q\nruel s on deploy\n deny", {"5:1 syntax-error"}, "did you mean `rule`?"},
      {"deny\nrecord R { x: }", {"4:15 syntax-error"}, "expected a type, found `}`"},
  };
  for (const Mistake& mistake : mistakes) {
    const Parsed parsed{head + mistake.text};
    EXPECT_EQ(parsed.places(), mistake.places) << mistake.text << "\n" << parsed.report();
    EXPECT_THAT(parsed.report(), HasSubstr(mistake.message)) << mistake.text;
  }
}

TEST(Mistakes, DoNotHideEachOther) {
  const Parsed parsed{
      "policy p\n"
      "rule a on deploy when x = 1 and y = 2\n"
      "rule b on deploy when (\n"
      "let c 3\n"
      "rule d on deploy deny\n"
      "window e = mon-fri\n"
      "rule f on deploy because \"x\n"
      "rule g on deploy deny\n"};
  EXPECT_THAT(parsed.places(), ElementsAre("2:25 syntax-error", "2:35 syntax-error", "4:5 syntax-error",
                                           "4:7 syntax-error", "6:15 syntax-error", "7:26 unterminated-string"));
  ASSERT_EQ(parsed.file.sections.size(), 1u);
  std::vector<std::string> rules;
  for (const syntax::Item& item : parsed.file.sections[0].items) {
    if (const auto* rule_item = std::get_if<syntax::RuleItem>(&item.node)) rules.push_back(rule_item->name.text);
  }
  EXPECT_THAT(rules, ElementsAre("a", "d", "f", "g"));
}

TEST(Mistakes, OutsideOfAnySection) {
  EXPECT_THAT(Parsed{"rule r on deploy deny\nlet x = 1"}.places(), ElementsAre("1:1 syntax-error"));
  EXPECT_THAT(Parsed{"polcy p\nrule r on deploy deny"}.report(), HasSubstr("did you mean `policy`?"));
  EXPECT_THAT(Parsed{"policy \"p\"\nrule r on deploy deny"}.places(), ElementsAre("1:8 syntax-error"));
}

TEST(Mistakes, BytesThatAreNoText) {
  EXPECT_THAT(Parsed{"policy p\nowner \"a\xFF\xFE\""}.places(), ElementsAre("2:9 invalid-utf8"));
  EXPECT_THAT(Parsed{std::string("policy p\nowner \"a\0b\"", 20)}.places(), ElementsAre("2:9 unexpected-character"));
  EXPECT_THAT(Parsed{std::string("policy p\n\0rule r on x", 21)}.places(), ElementsAre("2:1 unexpected-character"));
  EXPECT_THAT(Parsed{"policy p // \u202E\n"}.places(), ElementsAre("1:13 unexpected-character"));
  EXPECT_THAT(Parsed{"policy p // \xC3"}.report(), HasSubstr("// \uFFFD"));
}

TEST(Mistakes, AreCounted) {
  std::string text = "policy p\n";
  for (int i = 0; i < 500; ++i) text += "let x\n";
  const Parsed parsed{text};
  EXPECT_EQ(parsed.diagnostics.error_count(), 100u);
  EXPECT_THAT(parsed.report(), HasSubstr("further mistakes in this file are not shown"));
}

// Whatever the bytes are, parsing ends, and says something about what is no policy.
TEST(Mistakes, AnyBytesAreSurvived) {
  std::mt19937_64 random(7);
  const std::string sample(kSyntaxSample);
  for (int round = 0; round < 400; ++round) {
    std::string text = sample;
    for (int edits = 1 + static_cast<int>(random() % 4); edits > 0; --edits) {
      const size_t at = random() % text.size();
      switch (random() % 3) {
        case 0:
          text[at] = static_cast<char>(random() % 256);
          break;
        case 1:
          text.erase(at, 1 + random() % 8);
          break;
        default:
          text.insert(at, sample.substr(random() % sample.size(), random() % 12));
          break;
      }
    }
    const Parsed parsed{text};
    EXPECT_EQ(parsed.diagnostics.error_count() == 0, parsed.report().empty());
    for (const DiagFormat format : {DiagFormat::Json, DiagFormat::Sarif, DiagFormat::Github}) {
      (void)render(parsed.diagnostics, parsed.sources, format);
    }
    if (!parsed.diagnostics.has_errors()) expect_layout_laws(text);
  }
}

// ---- limits ----

std::string repeated(const std::string& part, size_t times) {
  std::string out;
  for (size_t i = 0; i < times; ++i) out += part;
  return out;
}

TEST(Limits, Nesting) {
  EXPECT_EQ(rule("when " + repeated("(", 64) + "a" + repeated(")", 64)).report(), "");
  EXPECT_THAT(rule("when " + repeated("(", 65) + "a" + repeated(")", 65)).places(), ElementsAre("3:70 too-deep"));
  EXPECT_EQ(rule("when " + repeated("not ", 64) + "a").report(), "");
  EXPECT_THAT(rule("when " + repeated("not ", 65) + "a").places(), ElementsAre("3:262 too-deep"));
  EXPECT_EQ(rule("when " + repeated("b or a and not (", 32) + "a" + repeated(")", 32)).report(), "");
  for (const char* part : {"(", "not ", "any x in l: ", "a implies ", "a or b and not (", "[", "{", "a["}) {
    const Parsed parsed = rule("when " + repeated(part, 100000) + "a\nrule s on deploy deny");
    EXPECT_TRUE(parsed.diagnostics.has_errors());
    EXPECT_LE(parsed.diagnostics.error_count(), 2u) << part;
    ASSERT_FALSE(parsed.file.sections[0].items.empty());
    EXPECT_EQ(std::get<syntax::RuleItem>(parsed.file.sections[0].items.back().node).name.text, "s") << part;
  }
  for (const std::string& type :
       {repeated("set<", 100000), "string" + repeated("?", 100000), repeated("record { a: ", 100000)}) {
    const Parsed parsed{"schema s\nrecord R { x: " + type + " }"};
    ASSERT_TRUE(parsed.diagnostics.has_errors());
    EXPECT_THAT(parsed.places().front(), HasSubstr("too-deep"));
  }
  EXPECT_THAT(Parsed{"policy p let x = " + repeated("{", 65)}.report(), HasSubstr("too-deep"));
}

TEST(Limits, Chains) {
  const Parsed fits = rule("when a" + repeated(" and a", 9999));
  EXPECT_EQ(fits.report(), "");
  EXPECT_EQ(condition_of(fits).children.size(), 10000u);
  EXPECT_THAT(rule("when a" + repeated(" and a", 10000)).places(), ElementsAre("3:8 too-long"));
  EXPECT_THAT(rule("when a" + repeated(" or a", 300000)).places(), ElementsAre("2:1 too-long"));
  EXPECT_THAT(Parsed{"policy p let x = { 1" + repeated(", 1", 600000) + "}"}.places(), ElementsAre("1:10 too-long"));
  EXPECT_EQ(Parsed{"policy p let x = { 1" + repeated(", 1", 100000) + "}"}.report(), "");
  EXPECT_EQ(rule("when a" + repeated(" and not (a)", 5000)).report(), "");
}

TEST(Limits, FileSize) {
  EXPECT_THAT(Parsed{std::string((64u << 20u) + 1, ' ')}.places(), ElementsAre("1:1 file-too-large"));
}

// ---- printing ----

TEST(Print, Sample) { expect_layout_laws(std::string(kSyntaxSample)); }

TEST(Print, Layout) {
  const Parsed parsed{
      "policy   p // head\n\n\n\n// own\nrule r on a,b when x  and(y or z) deny   unless q because \"x\" // end\n"
      "// last\nlet a={ \"1\" ,\"2\"}\n\n// tail\n"};
  EXPECT_EQ(parsed.printed(),
            "policy p // head\n"
            "\n"
            "// own\n"
            "rule r on a, b\n"
            "  when x and (y or z)\n"
            "  deny unless q\n"
            "  because \"x\" // end\n"
            "// last\n"
            "let a = { \"1\", \"2\" }\n"
            "\n"
            "// tail\n");
}

TEST(Print, LongLines) {
  const Parsed parsed{
      "policy p rule r on deploy when service in { \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\", "
      "\"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\", "
      "\"cccccccccccccccccccccccccccccccc\", \"dddddddddddddddd\" } and environment == production and (first_thing or "
      "second_thing_with_a_long_name and third_thing_with_a_long_name and fourth_thing_with_a_long_name)"};
  EXPECT_EQ(
      parsed.printed(),
      "policy p\n"
      "rule r on deploy\n"
      "  when service in {\n"
      "      \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\", \"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\",\n"
      "      \"cccccccccccccccccccccccccccccccc\", \"dddddddddddddddd\"\n"
      "    }\n"
      "    and environment == production\n"
      "    and (first_thing\n"
      "      or second_thing_with_a_long_name and third_thing_with_a_long_name and fourth_thing_with_a_long_name)\n");
  expect_layout_laws(parsed.printed());
}

// Gaps between tokens, outside of strings, patterns and comments.
std::vector<size_t> gaps(const std::string& text) {
  std::vector<size_t> out;
  char open = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (open != 0) {
      if (c == '\\') ++i;
      if (c == open) open = 0;
    } else if (c == '"' || (c == '/' && text[i + 1] != '/')) {
      open = c;
    } else if (c == '/') {
      while (i + 1 < text.size() && text[i + 1] != '\n') ++i;
    } else if (c == ' ' || c == '\n' || c == ',' || c == '{' || c == '}' || c == ')') {
      out.push_back(i);
    }
  }
  return out;
}

// Item by item, so that a gap costs the parsing of one item.
TEST(Print, CommentsInEveryGap) {
  const Parsed sample{std::string(kSyntaxSample)};
  size_t tried = 0;
  for (const syntax::Section& section : sample.file.sections) {
    for (const syntax::Item& item : section.items) {
      const std::string text = "policy p\n" + std::string(sample.sources.text(item.span)) + "\nlet z = 1\n";
      for (const size_t gap : gaps(text)) {
        for (const char* comment : {" // trailing\n", "\n// own line\n"}) {
          expect_layout_laws(text.substr(0, gap) + comment + text.substr(gap));
          if (HasFatalFailure() || HasFailure()) return;
          ++tried;
        }
      }
    }
  }
  EXPECT_GT(tried, 1000u);
}

TEST(Print, CommentsInAllGapsAtOnce) {
  const std::string sample(kSyntaxSample);
  for (const bool own_line : {false, true}) {
    std::string text;
    size_t from = 0, number = 0;
    for (const size_t gap : gaps(sample)) {
      text += sample.substr(from, gap - from) + (own_line ? "\n" : " ") + "// c" + std::to_string(number++) + "\n";
      from = gap;
    }
    expect_layout_laws(text + sample.substr(from));
  }
}

TEST(Print, RandomTrees) {
  for (uint64_t seed = 1; seed <= 500; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const syntax::File tree = make_syntax_tree(seed);
    const std::string text = syntax::print(tree, Sources{});
    const Parsed parsed{text};
    ASSERT_EQ(parsed.report(), "") << text;
    ASSERT_TRUE(syntax::same_tree(tree, parsed.file)) << text;
    expect_layout_laws(text);

    std::mt19937_64 random(seed);
    std::string commented;
    size_t from = 0;
    for (const size_t gap : gaps(text)) {
      if (random() % 6 != 0) continue;
      commented += text.substr(from, gap - from);
      commented += random() % 2 == 0 ? " // " : random() % 2 == 0 ? "\n// " : "\n\n\n  // ";
      commented += std::to_string(gap) + "\n" + (random() % 4 == 0 ? "\n\n" : "");
      from = gap;
    }
    expect_layout_laws(commented + text.substr(from));
    if (HasFailure()) return;
  }
}

TEST(Print, ConditionOnOneLine) {
  const std::string text =
      "a == -1 and (b or not c has any { \"x\", \"y\" }) and time in freeze and any d in deps: d.v < 1.5 or d.w is not "
      "missing";
  EXPECT_EQ(syntax::print_condition(condition_of(rule("when " + text))), text);
}

TEST(Print, ParenthesesWhereATreeNeedsThem) {
  Condition either = condition_of(rule("when a or b"));
  Condition every = condition_of(rule("when all x in l: c"));
  Condition both{};
  both.kind = Condition::Kind::And;
  both.children = {every, either};
  EXPECT_EQ(syntax::print_condition(both), "(all x in l: c) and (a or b)");
  Condition negated{};
  negated.kind = Condition::Kind::Not;
  negated.children = {both};
  EXPECT_EQ(syntax::print_condition(negated), "not ((all x in l: c) and (a or b))");
}

TEST(Print, TreesDiffer) {
  const std::string sample(kSyntaxSample);
  const Parsed original{sample};
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{{"a < b)", "a <= b)"},
                                                                                 {"for 2h", "for 3h"},
                                                                                 {"even mandatory", ""},
                                                                                 {"mon..fri", "mon..sat"},
                                                                                 {"\"hotfix\"", "\"fix\""}}) {
    std::string changed = sample;
    changed.replace(changed.find(from), from.size(), to);
    EXPECT_FALSE(syntax::same_tree(original.file, Parsed{changed}.file)) << from;
  }
}

TEST(Text, QuoteAndUnescape) {
  for (const std::string& value :
       {std::string(), std::string("a\"\\\n\t\r"), std::string("\0\x1f\x7f", 3), std::string("é漢😀\u200b\u202e")}) {
    const std::string quoted = syntax::quote(value);
    const syntax::Unescaped back = syntax::unescape(std::string_view(quoted).substr(1, quoted.size() - 2));
    EXPECT_EQ(back.value, value);
    EXPECT_TRUE(back.faults.empty());
  }
}

}  // namespace
}  // namespace guard
