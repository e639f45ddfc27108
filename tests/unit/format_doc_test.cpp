// runtime/FORMAT.md against the structs, the tables, and a bundle as the compiler writes it.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "driver/compile.hpp"
#include "guardvm/bundle.hpp"
#include "guardvm/format.hpp"
#include "guardvm/opcodes.hpp"

namespace guardvm {
namespace {

using namespace format;

// Every field of every struct, in order. EveryByteIsListed fails when one is missing.
// clang-format off
#define GUARD_FIELDS(X) \
  X(Header, magic) \
  X(Header, version) \
  X(Header, section_count) \
  X(Header, file_bytes) \
  X(Header, checksum) \
  X(Header, sha256) \
  X(SectionRow, id) \
  X(SectionRow, item_bytes) \
  X(SectionRow, offset) \
  X(SectionRow, count) \
  X(Text, offset) \
  X(Text, size) \
  X(Range, first) \
  X(Range, count) \
  X(MetaRow, schema) \
  X(MetaRow, tzdata) \
  X(MetaRow, kind_json) \
  X(MetaRow, horizon_from_ns) \
  X(MetaRow, horizon_to_ns) \
  X(MetaRow, blocking_wins) \
  X(MetaRow, stripped) \
  X(MetaRow, padding) \
  X(EnumRow, name) \
  X(EnumRow, words) \
  X(EnumRow, ordered) \
  X(EnumRow, padding) \
  X(LeafRow, path) \
  X(LeafRow, json) \
  X(LeafRow, columns) \
  X(LeafRow, min) \
  X(LeafRow, max) \
  X(LeafRow, max_age_ns) \
  X(LeafRow, enum_id) \
  X(LeafRow, parent) \
  X(LeafRow, signal) \
  X(LeafRow, type) \
  X(LeafRow, element) \
  X(LeafRow, optional) \
  X(LeafRow, sensitive) \
  X(LeafRow, precision) \
  X(LeafRow, scale) \
  X(LeafRow, padding) \
  X(KindRow, name) \
  X(KindRow, leaves) \
  X(KindRow, entries) \
  X(KindRow, dims) \
  X(KindRow, now) \
  X(KindRow, actor) \
  X(KindRow, approvals) \
  X(KindRow, approval_by) \
  X(KindRow, approval_groups) \
  X(KindRow, approval_at) \
  X(KindRow, break_glass) \
  X(KindRow, break_glass_by) \
  X(KindRow, break_glass_reason) \
  X(KindRow, break_glass_at) \
  X(KindRow, index_words) \
  X(KindRow, ranked) \
  X(KindRow, scope_dim) \
  X(KindRow, scope_rows) \
  X(KindRow, default_outcome) \
  X(KindRow, unguarded) \
  X(KindRow, uses_windows) \
  X(KindRow, padding) \
  X(KindRow, worst_steps) \
  X(Instr, op) \
  X(Instr, aux) \
  X(Instr, padding) \
  X(Instr, a) \
  X(Instr, b) \
  X(OperandRow, text) \
  X(OperandRow, index) \
  X(OperandRow, data) \
  X(OperandRow, key) \
  X(OperandRow, enum_id) \
  X(OperandRow, list) \
  X(OperandRow, from) \
  X(OperandRow, type) \
  X(OperandRow, element) \
  X(OperandRow, scale) \
  X(OperandRow, kind) \
  X(OperandRow, padding) \
  X(PatternRow, text) \
  X(PatternRow, dfa) \
  X(PatternRow, match) \
  X(PatternRow, padding) \
  X(DfaRow, states) \
  X(DfaRow, classes) \
  X(DfaRow, class_map) \
  X(DfaRow, table) \
  X(DfaRow, accept) \
  X(DfaRow, scan) \
  X(LinearRow, terms) \
  X(LinearRow, constant) \
  X(LinearTermRow, coefficient) \
  X(LinearTermRow, operand) \
  X(LinearTermRow, padding) \
  X(RequirementRow, text) \
  X(RequirementRow, within_text) \
  X(RequirementRow, within_ns) \
  X(RequirementRow, count) \
  X(RequirementRow, from) \
  X(RequirementRow, excluding) \
  X(RequirementRow, including_actor) \
  X(RequirementRow, padding) \
  X(WindowRow, name) \
  X(WindowRow, steps) \
  X(WindowStepRow, from) \
  X(WindowStepRow, to) \
  X(WindowStepRow, minutes) \
  X(WindowStepRow, zone) \
  X(WindowStepRow, window) \
  X(WindowStepRow, kind) \
  X(WindowStepRow, exclude) \
  X(WindowStepRow, padding) \
  X(MinuteRange, begin) \
  X(MinuteRange, end) \
  X(ZoneRow, name) \
  X(ZoneRow, offsets) \
  X(ZoneOffset, from_ns) \
  X(ZoneOffset, offset_s) \
  X(DataRow, name) \
  X(DataRow, file) \
  X(DataRow, sha256) \
  X(DataRow, keys) \
  X(DataRow, fields) \
  X(DataRow, cells) \
  X(DataRow, padding) \
  X(DataFieldRow, name) \
  X(DataFieldRow, enum_id) \
  X(DataFieldRow, type) \
  X(DataFieldRow, element) \
  X(DataFieldRow, optional) \
  X(DataFieldRow, scale) \
  X(DataCell, number) \
  X(DataCell, text) \
  X(DataCell, set) \
  X(DataCell, present) \
  X(SpanRow, line) \
  X(SpanRow, lines) \
  X(SpanRow, column) \
  X(SpanRow, end_column) \
  X(SpanRow, file) \
  X(RuleRow, overrides) \
  X(RuleRow, span) \
  X(RuleRow, effect) \
  X(RuleRow, mode) \
  X(RuleRow, if_missing) \
  X(RuleRow, mandatory) \
  X(RuleRow, has_condition) \
  X(RuleRow, baseline) \
  X(RuleRow, mandatory_said) \
  X(RuleRow, padding) \
  X(RuleRow, mode_until_ns) \
  X(RuleRow, id) \
  X(RuleRow, policy) \
  X(RuleRow, owner) \
  X(RuleRow, message) \
  X(RuleRow, obligations) \
  X(RuleRow, accepted) \
  X(ExceptionRow, id) \
  X(ExceptionRow, owner) \
  X(ExceptionRow, reason) \
  X(ExceptionRow, expires_ns) \
  X(ExceptionRow, rules) \
  X(ExceptionRow, span) \
  X(ExceptionRow, has_condition) \
  X(BreakGlassRow, id) \
  X(BreakGlassRow, rules) \
  X(BreakGlassRow, obligations) \
  X(BreakGlassRow, duration_ns) \
  X(BreakGlassRow, span) \
  X(BreakGlassRow, every) \
  X(BreakGlassRow, even_mandatory) \
  X(BreakGlassRow, baseline) \
  X(BreakGlassRow, padding) \
  X(AssumptionRow, text) \
  X(AssumptionRow, span) \
  X(ObligationRow, name) \
  X(ObligationRow, json) \
  X(EntryRow, match) \
  X(EntryRow, surely) \
  X(EntryRow, until) \
  X(EntryRow, groups) \
  X(EntryRow, signals) \
  X(EntryRow, message) \
  X(EntryRow, object) \
  X(EntryRow, node) \
  X(EntryRow, until_node) \
  X(EntryRow, what) \
  X(EntryRow, uses_time) \
  X(EntryRow, padding) \
  X(RequirementGroupRow, alternatives) \
  X(MessagePartRow, text) \
  X(MessagePartRow, operand) \
  X(MessagePartRow, element) \
  X(MessagePartRow, kind) \
  X(MessagePartRow, padding) \
  X(MessageElementRow, list) \
  X(MessageElementRow, surely) \
  X(MessageElementRow, possibly) \
  X(ConditionNode, text) \
  X(ConditionNode, parts) \
  X(ConditionNode, unsettled) \
  X(ConditionNode, span) \
  X(ConditionNode, kind) \
  X(ConditionNode, value) \
  X(ConditionNode, uses_time) \
  X(ConditionNode, guard) \
  X(ConditionNode, operand) \
  X(DimRow, leaf) \
  X(DimRow, classes) \
  X(DimRow, cuts) \
  X(DimRow, hash) \
  X(DimRow, prefixes) \
  X(DimRow, suffixes) \
  X(DimRow, dfas) \
  X(DimRow, windows) \
  X(DimRow, lists) \
  X(DimRow, any_atom) \
  X(DimRow, dense) \
  X(DimRow, wildcard) \
  X(DimRow, negative) \
  X(DimRow, rows) \
  X(DimRow, classifier) \
  X(DimRow, padding) \
  X(HashSlot, text) \
  X(HashSlot, value) \
  X(HashSlot, tag) \
  X(AffixRow, bytes) \
  X(AffixRow, padding) \
  X(AffixRow, hash) \
  X(AtomList, atoms) \
  X(SparseRow, words) \
  X(SparseWord, bits) \
  X(SparseWord, word) \
  X(SparseWord, padding) \
  X(Candidate, least) \
  X(Candidate, most) \
  X(Candidate, entry) \
  X(Candidate, leaf) \
  X(Candidate, code) \
  X(SourceRow, path) \
  X(SourceRow, sha256) \
  X(InvariantRow, id) \
  X(InvariantRow, text) \
  X(InvariantRow, span) \
  X(InvariantRow, on) \
  X(InvariantRow, never) \
  X(InvariantRow, outcomes) \
  X(InvariantRow, padding) \
  X(CoverRow, policy) \
  X(CoverRow, text) \
  X(CoverRow, span) \
  X(CoverRow, on) \
  X(CheckOnKindRow, kind) \
  X(CheckOnKindRow, node) \
  X(CheckOnKindRow, surely) \
  X(CheckOnKindRow, possibly) \
  X(SeverityRow, check) \
  X(SeverityRow, severity) \
  X(ExcerptRow, offset) \
  X(ExcerptRow, size) \
  X(ExcerptRow, source) \
  X(ExcerptRow, line)
// clang-format on

struct FieldPlace {
  std::string name;
  size_t offset, bytes;
};
struct StructPlace {
  size_t bytes = 0;
  std::vector<FieldPlace> fields;
};

std::map<std::string, StructPlace> structs() {
  std::map<std::string, StructPlace> all;
#define GUARD_FIELD(Struct, field)     \
  all[#Struct].bytes = sizeof(Struct); \
  all[#Struct].fields.push_back({#field, offsetof(Struct, field), sizeof(Struct::field)});
  GUARD_FIELDS(GUARD_FIELD)
#undef GUARD_FIELD
  return all;
}

const std::string& document() {
  static const std::string kText = [] {
    std::ifstream file(std::string(GUARD_SOURCE_DIR) + "/runtime/FORMAT.md");
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
  }();
  return kText;
}

// The text under a heading, up to the next one.
std::string under(const std::string& heading) {
  const size_t begin = document().find("\n" + heading + "\n");
  if (begin == std::string::npos) return "";
  const size_t end = document().find("\n#", begin + heading.size() + 1);
  return document().substr(begin, end == std::string::npos ? end : end - begin);
}

void expect_fields(const std::string& heading, const StructPlace& place) {
  const std::string text = under(heading);
  ASSERT_FALSE(text.empty()) << "no heading " << heading;
  size_t rows = 0;
  for (size_t at = text.find("\n| "); at != std::string::npos; at = text.find("\n| ", at + 1)) ++rows;
  EXPECT_EQ(rows, place.fields.size() + 1) << heading;  // The head is a row.
  for (const FieldPlace& field : place.fields) {
    const std::string row =
        "| " + std::to_string(field.offset) + " | " + std::to_string(field.bytes) + " | `" + field.name + "` |";
    EXPECT_NE(text.find(row), std::string::npos) << heading << ": " << row;
  }
}

TEST(FormatDoc, EveryByteIsListed) {
  for (const auto& [name, place] : structs()) {
    size_t end = 0;
    for (const FieldPlace& field : place.fields) {
      EXPECT_EQ(field.offset, end) << name << "." << field.name;
      end = field.offset + field.bytes;
    }
    EXPECT_EQ(end, place.bytes) << name;
  }
}

TEST(FormatDoc, SaysEveryStruct) {
  const std::map<std::string, StructPlace> all = structs();
  const auto bytes = [](size_t n) { return ", " + std::to_string(n) + " bytes"; };
  expect_fields("### Header" + bytes(sizeof(Header)), all.at("Header"));
  expect_fields("### Section row" + bytes(sizeof(SectionRow)), all.at("SectionRow"));
  expect_fields("### Text" + bytes(sizeof(Text)), all.at("Text"));
  expect_fields("### Range" + bytes(sizeof(Range)), all.at("Range"));
  expect_fields("### SpanRow" + bytes(sizeof(SpanRow)), all.at("SpanRow"));
#define GUARD_SECTION_DOC(id, name, item)                                                                 \
  {                                                                                                       \
    const auto found = all.find(#item);                                                                   \
    const bool own = found != all.end() && std::string(#item) != "Range" && std::string(#item) != "Text"; \
    const std::string heading = "### " #name " (" #id ")";                                                \
    if (own) expect_fields(heading, found->second);                                                       \
    EXPECT_FALSE(under(heading).empty()) << heading;                                                      \
  }
  GUARD_SECTIONS(GUARD_SECTION_DOC)
#undef GUARD_SECTION_DOC
}

TEST(FormatDoc, SaysEverySection) {
  const std::string text = under("## Sections");
#define GUARD_SECTION_DOC(id, name, item)                                             \
  {                                                                                   \
    const size_t row = text.find("| " #id " | " #name " | ");                         \
    ASSERT_NE(row, std::string::npos) << #name;                                       \
    const std::string line = text.substr(row, text.find('\n', row) - row);            \
    EXPECT_TRUE(line.ends_with(" | " + std::to_string(sizeof(item)) + " |")) << line; \
  }
  GUARD_SECTIONS(GUARD_SECTION_DOC)
#undef GUARD_SECTION_DOC
}

TEST(FormatDoc, SaysEveryOpcode) {
  const std::string text = under("## Opcodes");
#define GUARD_OP(code, Name, mnemonic, a, b, steps, meaning)                                                      \
  EXPECT_NE(text.find("| " #code " | " #Name " | `" mnemonic "` | " #a " | " #b " | " #steps " | " meaning " |"), \
            std::string::npos)                                                                                    \
      << #Name;
#include "tables/opcodes.def"
#undef GUARD_OP
}

// What stands in the fenced block of this kind.
std::string block(const std::string& kind) {
  const std::string open = "```" + kind + "\n";
  const size_t begin = document().find(open);
  if (begin == std::string::npos) return "";
  return document().substr(begin + open.size(), document().find("```", begin + open.size()) - begin - open.size());
}

TEST(FormatDoc, TheExampleIsWhatTheCompilerWrites) {
  guard::driver::CompileOptions options;
  options.strip = true;
  const guard::driver::Compiled compiled = guard::driver::compile_text({{"tiny.guard", block("guard")}}, options);
  ASSERT_TRUE(compiled.ok());
  EXPECT_TRUE(Bundle::from_bytes(compiled.bundle).ok());
  std::string shown;
  std::istringstream lines(block("hexdump"));
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("#")) continue;
    unsigned offset = 0;
    ASSERT_EQ(std::sscanf(line.c_str(), "%x", &offset), 1) << line;
    ASSERT_EQ(offset, shown.size()) << line;
    std::istringstream bytes(line.substr(6));
    for (std::string byte; bytes >> byte;) shown += static_cast<char>(std::stoi(byte, nullptr, 16));
  }
  ASSERT_EQ(shown.size(), compiled.bundle.size());
  for (size_t i = 0; i < shown.size(); ++i) ASSERT_EQ(shown[i], compiled.bundle[i]) << "at " << i;
}

}  // namespace
}  // namespace guardvm
