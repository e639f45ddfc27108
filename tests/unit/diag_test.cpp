// Diagnostics: the table, near names, and the four renderings, also of text that is no UTF-8.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "diag/diagnostic.hpp"
#include "diag/utf8.hpp"

namespace guard {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::json;

Span at(FileId file, uint32_t begin, uint32_t end) { return {file, begin, end}; }

TEST(Table, IdsAreKebabAndUnique) {
  std::set<std::string_view> seen;
  for (size_t i = 0; i < diag_count(); ++i) {
    const DiagInfo& row = info(static_cast<DiagId>(i));
    EXPECT_TRUE(seen.insert(row.id).second) << row.id;
    EXPECT_FALSE(row.help.empty()) << row.id;
    EXPECT_EQ(row.id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-"), std::string_view::npos) << row.id;
  }
}

TEST(Nearest, ByEditDistance) {
  const std::vector<std::string> words{"production", "staging", "dev", "because"};
  EXPECT_EQ(nearest("productoin", words), "production");
  EXPECT_EQ(nearest("Production", words), "production");
  EXPECT_EQ(nearest("becuase", words), "because");
  EXPECT_EQ(nearest("devv", words), "dev");
  EXPECT_EQ(nearest("xyz", words), "");
  EXPECT_EQ(nearest("", words), "");
  EXPECT_EQ(nearest(std::string(1000, 'a'), words), "");
  EXPECT_EQ(nearest("ab", {"abcdefghijklmnopqrstuvwxyz"}), "");
}

TEST(Lists, AreSortedAndWithoutRepetition) {
  Sources sources;
  const FileId a = sources.add("a", "one two three");
  const FileId b = sources.add("b", "one");
  Diagnostics diagnostics;
  diagnostics.report(DiagId::SyntaxError, at(b, 0, 3), "fourth");
  diagnostics.report(DiagId::SyntaxError, at(a, 8, 13), "third");
  diagnostics.report(DiagId::SyntaxError, at(a, 0, 3), "first");
  diagnostics.report(DiagId::SyntaxError, at(a, 0, 3), "repeated");
  diagnostics.report(DiagId::BadEscape, at(a, 0, 3), "second");
  EXPECT_EQ(diagnostics.error_count(), 5u);
  diagnostics.finish();
  EXPECT_EQ(diagnostics.error_count(), 4u);
  std::string order;
  for (const Diagnostic& d : diagnostics.all()) order += d.message + " ";
  EXPECT_EQ(order, "first second third fourth ");
}

TEST(Text, ShowsPlacesLabelsAndHelp) {
  Sources sources;
  const FileId file = sources.add("p.guard", "policy p\n\trule r on deploy  deny when canary > \"ten\"\nlet x = 1\n");
  const FileId other = sources.add("s.guard", "\n\nschema s");
  Diagnostics diagnostics;
  diagnostics.report(DiagId::SyntaxError, at(file, 45, 46), "`>` needs numbers on both sides")
      .label(at(file, 38, 44), "`int 0..100`")
      .label(at(file, 47, 52), "`string`")
      .label(at(file, 57, 58), "declared here")
      .label(at(other, 2, 8), "in this schema")
      .help("write a number");
  diagnostics.finish();
  EXPECT_EQ(render(diagnostics, sources, DiagFormat::Text),
            "p.guard:2:37: error[syntax-error]: `>` needs numbers on both sides\n"
            "  2 |     rule r on deploy  deny when canary > \"ten\"\n"
            "    |                                 ~~~~~~ ^ ~~~~~ `string`\n"
            "    |                                 `int 0..100`\n"
            "  3 | let x = 1\n"
            "    |     ~ declared here\n"
            "   --> s.guard:3\n"
            "  3 | schema s\n"
            "    | ~~~~~~ in this schema\n"
            "   = help: write a number\n"
            "1 error\n");
}

TEST(Text, CountsCodePointsAndAlignsCells) {
  Sources sources;
  const FileId file = sources.add("f", "é漢x\r\n");
  Diagnostics diagnostics;
  diagnostics.report(DiagId::SyntaxError, at(file, 5, 6), "m");
  EXPECT_EQ(render(diagnostics, sources, DiagFormat::Text),
            "f:1:3: error[syntax-error]: m\n"
            "  1 | é漢x\n"
            "    |    ^\n"
            "1 error\n");
}

TEST(Text, SurvivesWhatIsNoText) {
  Sources sources;
  const FileId file = sources.add("f\x1b[31m", std::string("a\xFF\x00\x1b[2J\u202E b", 13));
  Diagnostics diagnostics;
  diagnostics.report(DiagId::SyntaxError, at(file, 1, 2), "quotes \xFF and \x1b");
  for (const DiagFormat format : {DiagFormat::Text, DiagFormat::Json, DiagFormat::Sarif, DiagFormat::Github}) {
    const std::string out = render(diagnostics, sources, format);
    EXPECT_EQ(utf8::find_invalid(out), std::string::npos);
    EXPECT_THAT(out, Not(HasSubstr("\x1b")));
    EXPECT_THAT(out, Not(HasSubstr("\u202E")));
  }
}

TEST(Text, CutsLongLines) {
  Sources sources;
  const FileId file = sources.add("f", std::string(100000, 'a') + "X" + std::string(100000, 'b'));
  Diagnostics diagnostics;
  diagnostics.report(DiagId::SyntaxError, at(file, 100000, 100001), "m");
  const std::string out = render(diagnostics, sources, DiagFormat::Text);
  EXPECT_LT(out.size(), 2000u);
  EXPECT_THAT(out, HasSubstr("aX"));
}

TEST(Text, OutOfRangeSpansAreHarmless) {
  Sources sources;
  const FileId empty = sources.add("f", "");
  const FileId mark = sources.add("g", "\xEF\xBB\xBF");
  Diagnostics diagnostics;
  diagnostics.report(DiagId::SyntaxError, at(empty, 0, 0), "a");
  diagnostics.report(DiagId::SyntaxError, at(mark, 0, 900), "b");
  diagnostics.report(DiagId::SyntaxError, Span{}, "nowhere");
  diagnostics.finish();
  const std::string out = render(diagnostics, sources, DiagFormat::Text);
  EXPECT_THAT(out, HasSubstr("f:1:1: error[syntax-error]: a\n"));
  EXPECT_THAT(out, HasSubstr("g:1:1: error[syntax-error]: b\n"));
  EXPECT_THAT(out, HasSubstr("\nerror[syntax-error]: nowhere\n3 errors\n"));
}

TEST(JsonForm, HoldsEverything) {
  Sources sources;
  const FileId file = sources.add("p.guard", "one\ntwo");
  Diagnostics diagnostics;
  diagnostics.report(DiagId::SyntaxError, at(file, 4, 7), "a \"message\"").label(at(file, 0, 3), "there").help("do");
  const Json out = Json::parse(render(diagnostics, sources, DiagFormat::Json));
  EXPECT_EQ(out["errors"], 1);
  EXPECT_EQ(out["warnings"], 0);
  EXPECT_EQ(out["diagnostics"][0],
            Json::parse(R"({"id": "syntax-error", "severity": "error", "message": "a \"message\"", "path": "p.guard",
                            "line": 2, "column": 1, "end_line": 2, "end_column": 4, "help": ["do"],
                            "labels": [{"text": "there", "path": "p.guard", "line": 1, "column": 1, "end_line": 1,
                                        "end_column": 4}]})"));
}

Json sarif_of(const std::string& text, uint32_t begin) {
  Sources sources;
  const FileId file = sources.add("a dir/p.guard", text);
  Diagnostics diagnostics;
  diagnostics.report(DiagId::BadEscape, at(file, begin, begin + 1), "m").label(at(file, 0, 1), "there").help("do");
  diagnostics.report(DiagId::BadEscape, at(file, begin, begin + 1), "m");
  return Json::parse(render(diagnostics, sources, DiagFormat::Sarif));
}

TEST(Sarif, HasRulesRegionsAndStableFingerprints) {
  const Json out = sarif_of("one\ntwo", 4);
  EXPECT_EQ(out["version"], "2.1.0");
  const Json& run = out["runs"][0];
  EXPECT_EQ(run["tool"]["driver"]["rules"].size(), diag_count());
  const Json& result = run["results"][0];
  const auto index = result["ruleIndex"].get<size_t>();
  EXPECT_EQ(run["tool"]["driver"]["rules"][index]["id"], "bad-escape");
  EXPECT_EQ(result["ruleId"], "bad-escape");
  EXPECT_EQ(result["level"], "error");
  const Json& place = result["locations"][0]["physicalLocation"];
  EXPECT_EQ(place["artifactLocation"]["uri"], "a%20dir/p.guard");
  EXPECT_EQ(place["region"], Json::parse(R"({"startLine": 2, "startColumn": 1, "endLine": 2, "endColumn": 2})"));
  EXPECT_EQ(result["relatedLocations"][0]["message"]["text"], "there");

  const Json moved = sarif_of("zero\n\none\n  two", 12);
  for (const size_t i : {size_t{0}, size_t{1}}) {
    EXPECT_EQ(moved["runs"][0]["results"][i]["partialFingerprints"], run["results"][i]["partialFingerprints"]);
  }
  EXPECT_NE(run["results"][0]["partialFingerprints"], run["results"][1]["partialFingerprints"]);
  EXPECT_NE(sarif_of("one\nTwo", 4)["runs"][0]["results"][0]["partialFingerprints"], result["partialFingerprints"]);
}

TEST(Github, Escapes) {
  Sources sources;
  const FileId file = sources.add("a,b:c%.guard", "one\ntwo");
  Diagnostics diagnostics;
  diagnostics.report(DiagId::SyntaxError, at(file, 4, 7), "50% of\nit: a, b").help("do");
  diagnostics.report(DiagId::SyntaxError, at(file, 0, 7), "two lines");
  diagnostics.report(DiagId::SyntaxError, Span{}, "nowhere");
  EXPECT_EQ(render(diagnostics, sources, DiagFormat::Github),
            "::error file=a%2Cb%3Ac%25.guard,line=2,col=1,endLine=2,endColumn=4,title=syntax-error::50%25 of%0Ait: a, "
            "b%0Ahelp: "
            "do\n"
            "::error file=a%2Cb%3Ac%25.guard,line=1,endLine=2,title=syntax-error::two lines\n"
            "::error title=syntax-error::nowhere\n");
}

TEST(Utf8, DecodesAndRefuses) {
  EXPECT_EQ(utf8::decode("\u20AC", 0).code, U'\u20AC');
  for (const std::string_view bad :
       {"\x80", "\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x82", "\xF8\x88\x80\x80\x80"}) {
    EXPECT_FALSE(utf8::decode(bad, 0).valid);
    EXPECT_EQ(utf8::find_invalid(bad), 0u);
  }
  for (char32_t code = 1; code < 0x110000; code += code < 0x1000 ? 1 : 257) {
    if (code >= 0xD800 && code < 0xE000) continue;
    std::string text;
    utf8::append(text, code);
    EXPECT_EQ(utf8::decode(text, 0).code, code);
    EXPECT_EQ(utf8::decode(text, 0).bytes, text.size());
  }
}

}  // namespace
}  // namespace guard
