// The loader: what it accepts, and for each thing that deciding follows, the refusal when it is wrong.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <ostream>

#include "guardvm/bundle.hpp"
#include "guardvm/limits.hpp"
#include "tests/unit/bundle_parts.hpp"

namespace guardvm::testing {
namespace {

std::string refusal(const std::string& bytes, bool verify_checksum = true) {
  const Loaded<Bundle> bundle = Bundle::from_bytes(bytes, verify_checksum);
  return bundle.ok() ? "" : bundle.error().message;
}

TEST(Load, AcceptsTheSmallSet) {
  const Parts parts = small_set();
  Loaded<Bundle> bundle = Bundle::from_bytes(parts.bytes());
  ASSERT_TRUE(bundle.ok()) << bundle.error().message;
  const format::View& view = bundle.value().view();
  EXPECT_EQ(view.Rules.size(), 4u);
  EXPECT_EQ(bundle.value().text(view.Kinds[0].name), "deploy");
  EXPECT_EQ(bundle.value().digest(), "sha256:" + std::string(64, '0'));
  EXPECT_EQ(bundle.value().bytes(), parts.bytes());
  const Bundle moved = std::move(bundle.value());
  EXPECT_EQ(moved.text(moved.view().Kinds[0].name), "deploy");
}

// The small set uses every section and every opcode, or the refusals below would leave something out.
TEST(Load, TheSmallSetUsesEverything) {
  const Parts parts = small_set();
#define GUARD_NOT_EMPTY(id, name, item) EXPECT_FALSE(parts.name.empty()) << #name;
  GUARD_SECTIONS(GUARD_NOT_EMPTY)
#undef GUARD_NOT_EMPTY
  for (const OpInfo& info : kOps) {
    if (info.op == Opcode::SetHasAnyVersion || info.op == Opcode::SetHasAllVersion)
      continue;  // No set of versions here.
    const bool used = std::any_of(parts.Code.begin(), parts.Code.end(),
                                  [&](const Instr& instr) { return instr.op == static_cast<uint8_t>(info.op); });
    EXPECT_TRUE(used) << info.name;
  }
}

// ---- the file ----

TEST(LoadFile, RefusesWhatIsNoBundle) {
  EXPECT_EQ(refusal(""), "too short for a bundle: 0 bytes");
  EXPECT_EQ(refusal("GUARDBC\n"), "too short for a bundle: 8 bytes");
  EXPECT_EQ(refusal(std::string(200, 'x')), "not a bundle: the magic bytes differ");
}

TEST(LoadFile, RefusesWhatCannotBeRead) {
  EXPECT_EQ(Bundle::load("/nonexistent/x.bundle").error().message,
            "`/nonexistent/x.bundle`: No such file or directory");
  EXPECT_EQ(Bundle::load("/").error().message, "`/`: is a directory");
  EXPECT_EQ(Bundle::load("/dev/null").error().message, "`/dev/null`: too short for a bundle: 0 bytes");
}

TEST(LoadFile, LoadsFromDisk) {
  const std::string path = ::testing::TempDir() + "load_test.bundle";
  const std::string bytes = small_set().bytes();
  FILE* file = std::fopen(path.c_str(), "wb");
  ASSERT_NE(file, nullptr);
  ASSERT_EQ(std::fwrite(bytes.data(), 1, bytes.size(), file), bytes.size());
  std::fclose(file);
  const Loaded<Bundle> bundle = Bundle::load(path);
  std::remove(path.c_str());
  ASSERT_TRUE(bundle.ok()) << bundle.error().message;
  EXPECT_EQ(bundle.value().bytes(), bytes);
}

struct FileCase {
  const char* name;
  std::function<void(std::string&)> bend;
  const char* message;
};
std::ostream& operator<<(std::ostream& out, const FileCase& c) { return out << c.name; }

template <typename T>
void put(std::string& file, size_t offset, T value) {
  std::memcpy(file.data() + offset, &value, sizeof value);
}
size_t row(size_t i) { return sizeof(Header) + i * sizeof(SectionRow); }

class LoadHeader : public ::testing::TestWithParam<FileCase> {};

TEST_P(LoadHeader, IsRefused) {
  std::string file = small_set().bytes();
  GetParam().bend(file);
  Parts::seal(file);
  EXPECT_EQ(refusal(file), GetParam().message);
}

const FileCase kHeaders[] = {
    {"version", [](std::string& f) { put(f, offsetof(Header, version), 2u); },
     "format version 2; this guardvm reads version 1"},
    {"sections", [](std::string& f) { put(f, offsetof(Header, section_count), 1000u); }, "section_count: 1000 of 54"},
    {"grown", [](std::string& f) { f += '\0'; }, "cut or grown: the header says 11104 bytes, the file has 11105"},
    {"unknown id", [](std::string& f) { put(f, row(1), 9u); }, "section 1: unknown id 9"},
    {"order",
     [](std::string& f) {
       put(f, row(1), 1u);
       put(f, row(1) + 4, uint32_t{sizeof(MetaRow)});
     },
     "section Meta: ids are not ascending"},
    {"item size", [](std::string& f) { put(f, row(2) + 4, 4u); }, "section Strings: items of 4 bytes, not 8"},
    {"count", [](std::string& f) { put(f, row(52) + 16, ~uint64_t{0}); },
     "section Excerpts: 18446744073709551615 items do not fit into the file"},
    {"tail",
     [](std::string& f) {
       f.append(8, '\0');
       put(f, offsetof(Header, file_bytes), uint64_t{f.size()});
     },
     "the sections end at byte 11104 of 11112"},
};
INSTANTIATE_TEST_SUITE_P(Cases, LoadHeader, ::testing::ValuesIn(kHeaders));

TEST(LoadFile, RefusesSectionsThatDoNotFollowEachOther) {
  std::string file = small_set().bytes();
  uint64_t offset = 0;
  std::memcpy(&offset, file.data() + row(3) + 8, 8);
  put(file, row(3) + 8, offset + 8);
  Parts::seal(file);
  EXPECT_EQ(refusal(file),
            "section Numbers: starts at " + std::to_string(offset + 8) + ", not at " + std::to_string(offset));
}

TEST(LoadFile, RefusesPaddingThatIsNotZero) {
  Parts parts = small_set();
  if (parts.Bytes.size() % 8 == 0) parts.Bytes.push_back('x');
  std::string file = parts.bytes();
  uint64_t offset = 0;
  std::memcpy(&offset, file.data() + row(1) + 8, 8);
  file[offset + parts.Bytes.size()] = 1;
  Parts::seal(file);
  EXPECT_EQ(refusal(file), "section Bytes: the padding after it is not zero");
}

TEST(LoadFile, EveryFlippedBitIsRefusedByTheChecksum) {
  const std::string file = small_set().bytes();
  for (size_t at = 0; at < file.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string bent = file;
      bent[at] = static_cast<char>(bent[at] ^ (1 << bit));
      ASSERT_NE(refusal(bent), "") << "byte " << at << " bit " << bit;
    }
  }
}

// ---- what stands in the sections ----

struct Case {
  std::function<void(Parts&)> bend;
  const char* message;
};
std::ostream& operator<<(std::ostream& out, const Case& c) { return out << c.message; }

class LoadSections : public ::testing::TestWithParam<Case> {};

TEST_P(LoadSections, IsRefused) {
  Parts parts = small_set();
  GetParam().bend(parts);
  EXPECT_EQ(refusal(parts.bytes()), GetParam().message);
}

// The first instruction with this opcode.
Instr& find(Parts& p, Opcode op) {
  for (Instr& instr : p.Code) {
    if (instr.op == static_cast<uint8_t>(op)) return instr;
  }
  return p.Code.front();
}

const Case kSchema[] = {
    {[](Parts& p) { p.Meta.clear(); }, "Meta[0].count: 0 rows, not 1"},
    {[](Parts& p) {
       p.Meta[0].schema = {~0u, 2};
     },
     "Meta[0].schema: 2 bytes from 4294967295, of 1272"},
    {[](Parts& p) { p.Bytes[p.Strings[4].offset] = 0xff; }, "Strings[4].text: 5 bytes from 54 are not valid UTF-8"},
    {[](Parts& p) { p.Meta[0].kind_json.count = 0; }, "Meta[0].kind_json: no keys"},
    {[](Parts& p) { p.Meta[0].blocking_wins = 2; }, "Meta[0].blocking_wins: flag 2 of 2"},
    {[](Parts& p) { p.Meta[0].horizon_to_ns = p.Meta[0].horizon_from_ns; },
     "Meta[0].horizon_to_ns: windows without a horizon"},
    {[](Parts& p) { p.Meta[0].horizon_to_ns = INT64_MAX; },
     "Meta[0].horizon_from_ns: the horizon holds instants outside 1678 to 2261"},
    {[](Parts& p) { std::swap(p.Strings[p.StringSets[0].first], p.Strings[p.StringSets[0].first + 1]); },
     "StringSets[0].strings: not sorted, or one string twice"},
    {[](Parts& p) { p.NumberSets[0].count = 99; }, "NumberSets[0].numbers: 99 Numbers from 0, of 4"},
    {[](Parts& p) { p.Numbers[1] = 0; }, "NumberSets[0].numbers: not sorted, or one number twice"},
    {[](Parts& p) { p.Enums[0].words.count = 0; }, "Enums[0].words: no words"},
    {[](Parts& p) { p.Leaves[3].type = static_cast<Type>(77); }, "Leaves[3].type: value 77 of 12"},
    {[](Parts& p) { p.Leaves[3].min = 101; }, "Leaves[3].max: less than min"},
    {[](Parts& p) { p.Leaves[2].enum_id = 5; }, "Leaves[2].enum_id: enum 5 of 1"},
    {[](Parts& p) { p.Leaves[3].enum_id = 0; }, "Leaves[3].enum_id: an enum on a leaf that has none"},
    {[](Parts& p) {
       p.Leaves[17].scale = 19;
       p.Leaves[17].precision = 19;
     },
     "Leaves[17].precision: more than 18 digits"},
    {[](Parts& p) { p.Leaves[17].scale = 5; }, "Leaves[17].scale: more than the precision"},
    {[](Parts& p) { p.Leaves[5].element = Type::List; }, "Leaves[5].element: not a type that sets hold"},
    {[](Parts& p) { p.Leaves[6].columns.count = 1000; }, "Leaves[6].columns: 1000 Leaves from 18, of 24"},
    {[](Parts& p) { p.Leaves[18].type = Type::List; }, "Leaves[18].type: a list or signal inside a list"},
    {[](Parts& p) {
       p.Leaves[3].columns = {18, 1};
     },
     "Leaves[3].columns: columns of a leaf that is no list"},
    {[](Parts& p) { p.Leaves[12].parent = 12; }, "Leaves[12].parent: leaf 12 of 12"},
    {[](Parts& p) { p.Leaves[12].parent = 3; }, "Leaves[12].parent: neither a record nor a signal"},
    {[](Parts& p) { p.Leaves[9].signal = 3; }, "Leaves[9].signal: not a signal"},
    {[](Parts& p) { p.Leaves[9].signal = kNone; },
     "Leaves[9].signal: the parent belongs to a signal, the leaf does not"},
    {[](Parts& p) { p.Leaves[9].parent = kNone; }, "Leaves[9].signal: the parent does not belong to the signal"},
    {[](Parts& p) { p.Leaves[9].json = p.Leaves[3].json; },
     "Leaves: the schema cannot be read from JSON: two attributes at one place"},
    {[](Parts& p) { p.Kinds[0].now = 18; }, "Kinds[0].now: leaf 18 of 18"},
    {[](Parts& p) { p.Kinds[0].now = 3; }, "Kinds[0].now: not a required timestamp"},
    {[](Parts& p) { p.Leaves[0].optional = 1; }, "Kinds[0].now: not a required timestamp"},
    {[](Parts& p) { p.Kinds[0].actor = 3; }, "Kinds[0].actor: not a string"},
    {[](Parts& p) { p.Kinds[0].approvals = 3; }, "Kinds[0].approvals: not a list"},
    {[](Parts& p) { p.Kinds[0].approval_at = 3; }, "Kinds[0].approval_at: column 3 of 3"},
    {[](Parts& p) { p.Kinds[0].approval_groups = 0; }, "Kinds[0].approval_groups: not a set of strings"},
    {[](Parts& p) { p.Kinds[0].break_glass = 99; }, "Kinds[0].break_glass: leaf 99 of 18"},
    {[](Parts& p) { p.Kinds[0].break_glass_at = 12; }, "Kinds[0].break_glass_at: of the wrong type"},
    {[](Parts& p) { p.Kinds[0].break_glass = kNone; },
     "Kinds[0].break_glass: leaves of a break-glass record that is not there"},
    {[](Parts& p) { p.Kinds[0].default_outcome = 2; }, "Kinds[0].default_outcome: flag 2 of 2"},
    {[](Parts& p) { p.Data[0].cells = 7; }, "Data[0].cells: 8 cells from 7, of 8"},
    {[](Parts& p) { p.Data[0].keys.count = ~0u; }, "Data[0].keys: 4294967295 Strings from 38, of 44"},
    {[](Parts& p) { std::swap(p.Strings[p.Data[0].keys.first], p.Strings[p.Data[0].keys.first + 1]); },
     "Data[0].keys: not sorted, or one string twice"},
    {[](Parts& p) { p.DataFields[1].element = Type::Int; }, "DataFields[1].element: not a set of strings"},
    {[](Parts& p) { p.DataCells[1].set = 2; }, "DataCells[1].set: string set 2 of 2"},
    {[](Parts& p) { p.DataCells[2].text = p.Kinds[0].name; }, "DataCells[2].text: not a version"},
    {[](Parts& p) { p.DataCells[0].present = 7; }, "DataCells[0].present: flag 7 of 2"},
    {[](Parts& p) { p.Zones[0].offsets.count = 0; }, "Zones[0].offsets: no rows"},
    {[](Parts& p) { p.ZoneOffsets[1].from_ns = 0; }, "Zones[0].offsets: not sorted"},
    {[](Parts& p) {
       p.Zones[0].offsets = {1, 1};
     },
     "Zones[0].offsets: starts after the horizon"},
    {[](Parts& p) { p.ZoneOffsets[1].offset_s = 1'000'000; }, "Zones[0].offsets: an offset of more than a day"},
    {[](Parts& p) { p.WindowSteps[2].window = 1; }, "WindowSteps[2].window: window 1 of 1"},
    {[](Parts& p) { p.WindowSteps[1].zone = 1; }, "WindowSteps[1].zone: zone 1 of 1"},
    {[](Parts& p) { p.WindowSteps[1].from = INT64_MAX; }, "WindowSteps[1].from: a day outside 1678 to 2261"},
    {[](Parts& p) { p.WindowSteps[3].to = 0; }, "WindowSteps[3].to: before from"},
    {[](Parts& p) { p.MinuteRanges[0].begin = 10'080; }, "MinuteRanges[0].begin: minute 10080 of 10080"},
    {[](Parts& p) { p.MinuteRanges[0].end = 540; }, "MinuteRanges[0].end: not within a week after begin"},
};
INSTANTIATE_TEST_SUITE_P(Schema, LoadSections, ::testing::ValuesIn(kSchema));

const Case kCode[] = {
    {[](Parts& p) { p.Operands[3].type = Type::String; }, "Operands[3].type: not the type of its leaf"},
    {[](Parts& p) { p.Operands[3].index = 18; }, "Operands[3].index: leaf 18 of 18"},
    {[](Parts& p) { p.Operands[3].kind = 1; }, "Operands[3].kind: kind 1 of 1"},
    {[](Parts& p) { p.Operands[18].list = 3; }, "Operands[18].list: not a list"},
    {[](Parts& p) { p.Operands[18].index = 3; }, "Operands[18].index: column 3 of 3"},
    {[](Parts& p) { p.Operands[20].type = Type::Bool; }, "Operands[20].type: not a type that sets hold"},
    {[](Parts& p) { p.Operands[21].key = 21; }, "Operands[21].key: operand 21 of 21"},
    {[](Parts& p) { p.Operands[21].key = 3; }, "Operands[21].key: not a string"},
    {[](Parts& p) { p.Operands[21].index = 2; }, "Operands[21].type: not the type of its field"},
    {[](Parts& p) { p.Operands[21].data = 1; }, "Operands[21].data: data 1 of 1"},
    {[](Parts& p) {
       p.Bytes[p.Patterns[0].text.offset + p.Patterns[0].text.size - 1] = '\\';
       p.Bytes[p.Patterns[0].text.offset + p.Patterns[0].text.size - 2] = 'x';
     },
     "Patterns[0].text: ends in a backslash"},
    {[](Parts& p) { p.Patterns[1].dfa = 1; }, "Patterns[1].dfa: automaton 1 of 1"},
    {[](Parts& p) { p.Patterns[2].dfa = 0; }, "Patterns[2].dfa: an automaton of no regex"},
    {[](Parts& p) { p.Dfas[0].states = 1; }, "Dfas[0].states: fewer than 2 states"},
    {[](Parts& p) { p.Dfas[0].states = ~0u; }, "Dfas[0].table: 8589934590 cells from 0, of 6"},
    {[](Parts& p) { p.Dfas[0].classes = 257; }, "Dfas[0].classes: not 1 to 256 classes"},
    {[](Parts& p) { p.Bytes[p.Dfas[0].class_map + 255] = 2; }, "Dfas[0].class_map: class 2 of 2"},
    {[](Parts& p) { p.DfaCells[5] = 3; }, "Dfas[0].table: state 3 of 3"},
    {[](Parts& p) { p.DfaCells[1] = 1; }, "Dfas[0].table: state 0 is not dead"},
    {[](Parts& p) { p.Dfas[0].accept = 1; }, "Dfas[0].accept: 3 DfaAccepts from 1, of 3"},
    {[](Parts& p) { p.DfaAccepts[0] = p.DfaAccepts[2]; }, "Dfas[0].accept: the dead state accepts"},
    {[](Parts& p) { p.Dfas[0].scan = 1; }, "Patterns[1].dfa: a scanning automaton"},
    {[](Parts& p) { p.Indices[p.DfaAccepts[2].first] = 1; }, "Patterns[1].dfa: an automaton of several atoms"},
    {[](Parts& p) { p.LinearTerms[0].operand = 1; }, "LinearTerms[0].operand: not a number"},
    {[](Parts& p) { p.Linears[0].terms.count = 65; }, "Linears[0].terms: 65 LinearTerms from 0, of 2"},
    {[](Parts& p) { p.Linears[0].terms.count = 0; }, "Linears[0].terms: no terms"},
    {[](Parts& p) {
       p.LinearTerms = {{INT64_MIN, 0, 0}, {INT64_MIN, 0, 0}};
     },
     "Linears[0].terms: the sum may not fit 128 bits"},
    {[](Parts& p) { p.Requirements[0].count = 65; }, "Requirements[0].count: not within the limit approvals"},
    {[](Parts& p) { p.Requirements[0].within_ns = -2; }, "Requirements[0].within_ns: negative"},
    {[](Parts& p) { p.StringSets[0].count = 0; }, "Requirements[0].from: empty"},
    {[](Parts& p) { p.Indices[p.Requirements[0].excluding.first] = 3; }, "Requirements[0].excluding: not a string"},
    {[](Parts& p) { p.Kinds[0].approvals = kNone; }, "Code[40].b: a requirement on a kind without approvals"},
    {[](Parts& p) { p.RequirementGroups[0].alternatives.count = 0; }, "RequirementGroups[0].alternatives: none"},
    {[](Parts& p) { p.Code[2].op = 0xee; }, "Code[2].op: no instruction 0xee"},
    {[](Parts& p) { p.Code[2].a = 99; }, "Code[2].a: operand 99 of 24"},
    {[](Parts& p) { p.Code[2].a = 1; }, "Code[2].a: operand 1 has a type that num.cmp does not read"},
    {[](Parts& p) { p.Code[2].b = 99; }, "Code[2].b: number 99 of 4"},
    {[](Parts& p) { p.Code[2].aux = 6; }, "Code[2].aux: value 6 of 6"},
    {[](Parts& p) { find(p, Opcode::SignalIs).aux = 3; }, "Code[18].aux: value 3 of 3"},
    {[](Parts& p) { find(p, Opcode::StringIn).b = 9; }, "Code[6].b: string set 9 of 2"},
    {[](Parts& p) { find(p, Opcode::NumberIn).b = 9; }, "Code[4].b: number set 9 of 1"},
    {[](Parts& p) { find(p, Opcode::StringMatch).b = 9; }, "Code[8].b: pattern 9 of 3"},
    {[](Parts& p) { find(p, Opcode::InWindow).b = 9; }, "Code[30].b: window 9 of 2"},
    {[](Parts& p) { find(p, Opcode::Linear).b = 9; }, "Code[38].b: sum 9 of 1"},
    {[](Parts& p) { find(p, Opcode::Approvals).b = 9; }, "Code[40].b: requirement 9 of 1"},
    {[](Parts& p) { find(p, Opcode::VersionCompare).b = 0; }, "Code[12].b: not a version"},
    {[](Parts& p) { find(p, Opcode::VersionIn).b = 0; }, "Code[14].b: a set that holds something else than versions"},
    {[](Parts& p) { find(p, Opcode::SetHasAnyText).a = 16; },
     "Code[20].a: operand 16 has a type that set.any.s does not read"},
    {[](Parts& p) { p.Numbers[1] = 2; }, "Code[4].b: word 2 of 2"},
    {[](Parts& p) { find(p, Opcode::StringEqual).b = 4; }, "Code[32].b: not the type of the first operand"},
    {[](Parts& p) { p.Code[1].b = 1; }, "Code[1].b: a jump that is not forward, or leaves its code"},
    {[](Parts& p) { p.Code[1].b = 47; }, "Code[1].b: a jump that is not forward, or leaves its code"},
    {[](Parts& p) { p.Code[1].b = 0; }, "Code[1].b: a jump that is not forward, or leaves its code"},
    {[](Parts& p) {
       p.Code[0] = {static_cast<uint8_t>(Opcode::Not), 0, 0, 0, 0};
     },
     "Code[0].op: reads the flag before anything sets it"},
    {[](Parts& p) {
       p.Code[2] = {static_cast<uint8_t>(Opcode::CountLimit), 0, 0, 0, 1};
     },
     "Code[2].op: a limit without its count"},
    {[](Parts& p) {
       p.Code[2].a = 18;
       p.Code[2].op = static_cast<uint8_t>(Opcode::Present);
       p.Code[2].aux = 0;
     },
     "Code[2].a: a column outside of its list"},
    {[](Parts& p) { p.Code[2].a = 21; }, "Code[2].a: a column outside of its list"},
    {[](Parts& p) { p.Code[6].a = 20; }, "Code[6].a: an element outside of a set"},
    {[](Parts& p) { find(p, Opcode::Any).b = 0; }, "Code[46].b: a body that is empty or leaves its code"},
    {[](Parts& p) { find(p, Opcode::Any).b = 100; }, "Code[46].b: a body that is empty or leaves its code"},
    {[](Parts& p) { find(p, Opcode::Any).b = 5; }, "Code[48].b: a jump that is not forward, or leaves its code"},
    {[](Parts& p) { find(p, Opcode::All).b = 100; }, "Code[49].b: a body that is empty or leaves its code"},
    {[](Parts& p) { p.Code[48].b = 50; }, "Code[50].op: a jump leads into the body of a quantifier"},
    {[](Parts& p) { p.Code[53].b = 55; }, "Code[55].op: a jump leads into the body of a quantifier"},
    {[](Parts& p) { p.Code[49].a = 6; }, "Code[49].a: a list inside a quantifier"},
    {[](Parts& p) { p.Code[46].a = 5; }, "Code[47].a: a column outside of its list"},
    {[](Parts& p) { p.Code[55] = p.Code[56]; }, "Code[54].b: a count without its limit"},
    {[](Parts& p) { p.Code[54].a = 22; }, "Code[54].a: not a list or set of the action"},
    {[](Parts& p) { p.Code[54].a = 16; }, "Code[56].a: an element of another type than the set's"},
};
INSTANTIATE_TEST_SUITE_P(Code, LoadSections, ::testing::ValuesIn(kCode));

const Case kRules[] = {
    {[](Parts& p) { p.Obligations[0].json = p.Obligations[0].name; },
     "Obligations[0].json: not a JSON string, number or boolean"},
    {[](Parts& p) { p.Rules[0].effect = static_cast<Effect>(6); }, "Rules[0].effect: value 6 of 6"},
    {[](Parts& p) { p.Rules[0].mode = static_cast<Mode>(4); }, "Rules[0].mode: value 4 of 4"},
    {[](Parts& p) { p.Rules[0].span.file = 1; }, "Rules[0].span: source 1 of 1"},
    {[](Parts& p) { p.Rules[3].accepted.count = 1; }, "Rules[3].accepted: not pairs"},
    {[](Parts& p) { p.Rules[3].obligations.count = 9; }, "Rules[3].obligations: 9 Obligations from 0, of 2"},
    {[](Parts& p) { p.Indices[p.Rules[2].overrides.first] = 4; }, "Rules[2].overrides: rule 4 of 4"},
    {[](Parts& p) { p.Indices[p.Rules[2].overrides.first] = 2; }, "Rules[2].overrides: a rule that does not block"},
    {[](Parts& p) { p.Rules[0].mandatory = 1; }, "Rules[2].overrides: a mandatory rule"},
    {[](Parts& p) { p.Rules[1].overrides = p.Rules[2].overrides; }, "Rules[1].overrides: of a rule that is no allow"},
    {[](Parts& p) { std::swap(p.Rules[0].id, p.Rules[1].id); }, "Rules[1].id: rules are not sorted by id"},
    {[](Parts& p) { p.Indices[p.Exceptions[0].rules.first] = 3; }, "Exceptions[0].rules: not ascending"},
    {[](Parts& p) { p.BreakGlasses[0].duration_ns = -1; }, "BreakGlasses[0].duration_ns: negative"},
    {[](Parts& p) { p.BreakGlasses[0].every = 2; }, "BreakGlasses[0].every: flag 2 of 2"},
    {[](Parts& p) { p.Assumptions[0].text.size = 1 << 30; },
     "Assumptions[0].text: 1073741824 bytes from 1143, of 1272"},
    {[](Parts& p) {
       p.ConditionNodes[3].parts.count = 4;
       p.Indices[p.ConditionNodes[3].parts.first + 2] = 3;
     },
     "ConditionNodes[3].parts: node 3 of 3"},
    {[](Parts& p) { p.ConditionNodes[2].parts.count = 0; }, "ConditionNodes[2].parts: not one, under a not"},
    {[](Parts& p) { p.ConditionNodes[0].parts.count = 0; }, "ConditionNodes[0].parts: an atom without code"},
    {[](Parts& p) { p.ConditionNodes[1].parts = p.ConditionNodes[2].parts; },
     "ConditionNodes[1].parts: of a leaf of the tree"},
    {[](Parts& p) { p.ConditionNodes[0].operand = 18; }, "ConditionNodes[0].operand: a column outside of its list"},
    {[](Parts& p) { p.ConditionNodes[0].kind = static_cast<NodeKind>(5); }, "ConditionNodes[0].kind: value 5 of 5"},
    {[](Parts& p) { p.Kinds[0].entries.count = 8; }, "Kinds[0].entries: 8 Entries from 0, of 7"},
    {[](Parts& p) { p.Entries[3].object = 4; }, "Entries[3].object: object 4 of 4"},
    {[](Parts& p) { p.Entries[3].what = static_cast<What>(4); }, "Entries[3].what: value 4 of 4"},
    {[](Parts& p) { std::swap(p.Entries[0], p.Entries[1]); },
     "Entries[1].object: entries are not sorted by what and object"},
    {[](Parts& p) { p.Entries[0].match.count = 0; }, "Entries[0].match: no code"},
    {[](Parts& p) { p.Entries[0].match.first = ~0u; }, "Entries[0].match: 1 Code from 4294967295, of 62"},
    {[](Parts& p) { p.Entries[1].surely = p.Entries[1].match; },
     "Entries[1].surely: code of something else than a rule"},
    {[](Parts& p) { p.Rules[0].if_missing = IfMissing::Block; },
     "Entries[3].surely: code of a rule that does not hold when a signal is missing"},
    {[](Parts& p) { p.Entries[4].until.count = 0; },
     "Entries[4].until: code of a rule that is no hold, or none of a hold"},
    {[](Parts& p) { p.Entries[4].until_node = kNone; },
     "Entries[4].until_node: of a rule that is no hold, or none of a hold"},
    {[](Parts& p) { p.Entries[6].groups.count = 0; }, "Entries[6].groups: a require without requirements"},
    {[](Parts& p) { p.Entries[3].groups.count = 1; }, "Entries[3].groups: requirements of a rule that has none"},
    {[](Parts& p) { p.Rules[0].mode = Mode::Off; }, "Entries[3].object: a rule that is off"},
    {[](Parts& p) { p.Indices[p.Entries[3].signals.first] = 9; }, "Entries[3].signals: not a signal"},
    {[](Parts& p) { p.Entries[3].node = 4; }, "Entries[3].node: node 4 of 4"},
    {[](Parts& p) { p.Kinds[0].uses_windows = 0; },
     "Entries[3].match: asks for a window on a kind that says it uses none"},
    {[](Parts& p) {
       p.Kinds[0].break_glass = p.Kinds[0].break_glass_by = p.Kinds[0].break_glass_reason = p.Kinds[0].break_glass_at =
           kNone;
     },
     "Entries[2].object: a break-glass on a kind without its record"},
    {[](Parts& p) { p.MessageParts[1].operand = 18; }, "MessageParts[1].operand: a column outside of its list"},
    {[](Parts& p) { p.ConditionNodes[0].unsettled = 1; }, "ConditionNodes[0].unsettled: range 1 of 1"},
    {[](Parts& p) { p.PossiblyCodes[0].count = 99; }, "ConditionNodes[0].unsettled: 99 Code from 60, of 62"},
    {[](Parts& p) { p.MessageParts[2].element = 1; }, "MessageParts[2].element: element 1 of 1"},
    {[](Parts& p) { p.MessageElements[0].list = 5; }, "MessageParts[2].operand: a column outside of its list"},
    {[](Parts& p) { p.MessageElements[0].list = 3; }, "MessageElements[0].list: not a list or set of the action"},
    {[](Parts& p) { p.MessageElements[0].surely.count = 0; }, "MessageElements[0].surely: no code"},
    {[](Parts& p) { p.Kinds[0].worst_steps += 1; },
     "Kinds[0].worst_steps: 128000076000872, but its code takes 128000076000871"},
    {[](Parts& p) { p.Invariants[0].on.count = 2; }, "Invariants[0].on: 2 CheckOnKinds from 0, of 1"},
    {[](Parts& p) { p.Invariants[0].outcomes = 16; }, "Invariants[0].outcomes: outcomes 16 of 16"},
    {[](Parts& p) { p.Covers[0].on.first = 1; }, "Covers[0].on: 1 CheckOnKinds from 1, of 1"},
    {[](Parts& p) { p.CheckOnKinds[0].kind = 1; }, "CheckOnKinds[0].kind: kind 1 of 1"},
    {[](Parts& p) { p.CheckOnKinds[0].possibly.first = 50; }, "CheckOnKinds[0].possibly: 46 Code from 50, of 62"},
    {[](Parts& p) { p.Excerpts[0].source = 1; }, "Excerpts[0].source: source 1 of 1"},
};
INSTANTIATE_TEST_SUITE_P(Rules, LoadSections, ::testing::ValuesIn(kRules));

const Case kIndex[] = {
    {[](Parts& p) { p.Kinds[0].index_words = 2; }, "Kinds[0].index_words: not the words of its candidates"},
    {[](Parts& p) { p.Kinds[0].ranked.first = 2; }, "Kinds[0].ranked: 6 Candidates from 2, of 7"},
    {[](Parts& p) { p.Candidates[0].entry = 7; }, "Candidates[0].entry: entry 7 of 7"},
    {[](Parts& p) { p.Candidates[0].entry = 0; }, "Kinds[0].ranked: entry 0 twice"},
    {[](Parts& p) { p.Candidates[0].leaf = 18; }, "Candidates[0].leaf: leaf 18 of 18"},
    {[](Parts& p) { p.Candidates[0].leaf = 1; }, "Candidates[0].leaf: a leaf that is no number"},
    {[](Parts& p) { p.Candidates[0].code.first = ~0u; }, "Candidates[0].code: 1 Code from 4294967295, of 62"},
    {[](Parts& p) { p.Kinds[0].scope_dim = 10; }, "Kinds[0].scope_dim: dim 10 of 10"},
    {[](Parts& p) { p.Kinds[0].scope_dim = 6; },
     "Kinds[0].scope_dim: a dim of several atoms, or one that depends on the instant"},
    {[](Parts& p) { p.Kinds[0].scope_rows = 1; }, "Kinds[0].scope_rows: 4 ScopeRows from 1, of 4"},
    {[](Parts& p) {
       p.ScopeRows[2] = {6, 2};
     },
     "ScopeRows[2]: 2 Candidates from 6, of 7"},
    {[](Parts& p) {
       p.ScopeRows[2] = {0, 1};
     },
     "Candidates[0].entry: an entry that has a bit position"},
    {[](Parts& p) {
       p.ScopeRows[2] = {0, 0};
     },
     "Kinds[0].ranked: an entry that is no candidate anywhere"},
    {[](Parts& p) { p.Dims[0].dense = 2; }, "Dims[0].dense: a dim without rows that is not the scope dim"},
    {[](Parts& p) { p.Kinds[0].dims.count = 11; }, "Kinds[0].dims: 11 Dims from 0, of 10"},
    {[](Parts& p) { p.Dims[0].leaf = 18; }, "Dims[0].leaf: leaf 18 of 18"},
    {[](Parts& p) { p.Dims[0].leaf = 3; }, "Dims[0].classifier: does not classify values of its leaf"},
    {[](Parts& p) { p.Dims[0].classes = 4; }, "Dims[0].classes: not 3"},
    {[](Parts& p) { p.Dims[1].classes = 3; }, "Dims[1].classes: not 2"},
    {[](Parts& p) { p.Dims[3].classes = 5; }, "Dims[3].classes: not the classes of its cuts"},
    {[](Parts& p) {
       p.Dims[3].cuts = {3, 2};
     },
     "Dims[3].cuts: 2 Numbers from 3, of 4"},
    {[](Parts& p) { std::swap(p.Numbers[2], p.Numbers[3]); }, "Dims[3].cuts: not sorted"},
    {[](Parts& p) { p.Dims[4].cuts = p.StringSets[0]; }, "Dims[4].cuts: not a version"},
    {[](Parts& p) { p.Dims[5].hash.count = 3; }, "Dims[5].hash: a table that is no power of two"},
    {[](Parts& p) {
       for (uint32_t i = 0; i < 4; ++i) p.HashSlots[p.Dims[5].hash.first + i] = {{0, 0}, 2, 1};
     },
     "Dims[5].hash: a table without an empty slot"},
    {[](Parts& p) {
       for (uint32_t i = 0; i < 4; ++i) p.HashSlots[p.Dims[5].hash.first + i].value = 4;
     },
     "Dims[5].hash: class 4 of 4"},
    {[](Parts& p) {
       for (uint32_t i = 0; i < 4; ++i) p.HashSlots[p.Dims[5].hash.first + i].value = 1;
     },
     "Dims[5].hash: a constant of class 1"},
    {[](Parts& p) {
       for (uint32_t i = 0; i < 4; ++i) p.HashSlots[p.Dims[5].hash.first + i] = {{0, 1u << 30}, 2, 1};
     },
     "HashSlots[0].text: 1073741824 bytes from 0, of 1272"},
    {[](Parts& p) { p.Affixes[1].bytes = 5; }, "Dims[6].prefixes: lengths are not descending"},
    {[](Parts& p) { p.Indices[p.AtomLists[0].atoms.first] = 2; }, "Dims[6].prefixes: atom 2 of 2"},
    {[](Parts& p) { p.AtomLists[1].atoms.count = 99; }, "AtomLists[1].atoms: 99 Indices from 12, of 13"},
    {[](Parts& p) { p.Dims[6].dfas.count = 2; }, "Dims[6].dfas: 2 Dfas from 0, of 1"},
    {[](Parts& p) { p.Dims[6].dense = 1; }, "Dims[6].dense: a multi dim with dense rows"},
    {[](Parts& p) { p.Dims[6].hash = p.Dims[5].hash; }, "Dims[6].hash: a table that the classifier does not use"},
    {[](Parts& p) { p.Dims[8].hash = p.Dims[7].hash; }, "Dims[8].hash: a table that the classifier does not use"},
    {[](Parts& p) {
       p.Dims[9].prefixes = {99, 1};
     },
     "Dims[9].prefixes: a table that the classifier does not use"},
    {[](Parts& p) { p.Dims[8].suffixes = p.Dims[6].suffixes; },
     "Dims[8].suffixes: a table that the classifier does not use"},
    {[](Parts& p) { p.Dims[9].dfas = p.Dims[6].dfas; }, "Dims[9].dfas: a table that the classifier does not use"},
    {[](Parts& p) { p.Dims[7].cuts = p.Dims[8].cuts; }, "Dims[7].cuts: a table that the classifier does not use"},
    {[](Parts& p) { p.Dims[7].any_atom = 2; }, "Dims[7].any_atom: atom 2 of 2"},
    {[](Parts& p) { p.Dims[8].lists = 2; }, "Dims[8].lists: 2 AtomLists from 2, of 3"},
    {[](Parts& p) { p.Dims[9].windows.count = 1; }, "Dims[9].windows: not one per atom"},
    {[](Parts& p) { p.Dims[9].leaf = 1; }, "Dims[9].classifier: does not classify values of its leaf"},
    {[](Parts& p) { p.Dims[0].rows = ~0u; }, "Dims[0].rows: 6 words from 4294967295, of 58"},
    {[](Parts& p) { p.Dims[5].wildcard = 57; }, "Dims[5].wildcard: 2 words from 57, of 58"},
    {[](Parts& p) { p.Dims[6].negative = 58; }, "Dims[6].negative: 2 words from 58, of 58"},
    {[](Parts& p) { p.Dims[9].rows = 17; }, "Dims[9].rows: 4 sparse rows from 17, of 20"},
    {[](Parts& p) { p.IndexWords[2] |= 0x80; }, "Dims[0].rows: a bit of a candidate that is not there"},
    {[](Parts& p) { p.IndexWords[3] = 2; }, "Dims[0].rows: a summary that is not the summary of its words"},
    {[](Parts& p) { p.SparseWords[0].word = 1; }, "SparseRows[2].words: word 1 of 1"},
    {[](Parts& p) { p.SparseWords[0].bits = 0x80; }, "SparseRows[2].words: a bit of a candidate that is not there"},
    {[](Parts& p) {
       p.SparseRows[2].words = {0, 2};
     },
     "SparseRows[2].words: words are not ascending"},
    {[](Parts& p) { p.SparseRows[0].words = p.SparseRows[2].words; }, "SparseRows[19].words: sparse words 11 of 11"},
    {[](Parts& p) { p.SparseRows[2].words.first = ~0u; }, "SparseRows[2].words: 1 SparseWords from 4294967295, of 10"},
};
INSTANTIATE_TEST_SUITE_P(Index, LoadSections, ::testing::ValuesIn(kIndex));

// ---- what is bounded although each part is well-formed ----

TEST(LoadBounds, WindowsWithinWindowsDoNotMultiply) {
  Parts parts = small_set();
  for (uint32_t i = 2; i < 60; ++i) {
    WindowStepRow step{};
    step.kind = StepKind::Window;
    step.zone = kNone;
    step.window = i - 1;
    const auto first = static_cast<uint32_t>(parts.WindowSteps.size());
    parts.WindowSteps.insert(parts.WindowSteps.end(), 2, step);
    parts.Windows.push_back({parts.Windows[0].name, {first, 2}});
  }
  EXPECT_EQ(refusal(parts.bytes()), "Windows[18].steps: windows within windows: too many steps");
}

TEST(LoadBounds, ConditionsThatShareNodesDoNotMultiply) {
  Parts parts = small_set();
  for (uint32_t i = 4; i < 60; ++i) {
    ConditionNode node = parts.ConditionNodes[3];
    node.parts = parts.indices({i - 1, i - 1});
    parts.ConditionNodes.push_back(node);
  }
  EXPECT_EQ(refusal(parts.bytes()), "ConditionNodes[16].parts: a condition of too many nodes");
}

TEST(LoadBounds, LookupsWithinLookupsAreNotFollowedForEver) {
  Parts parts = small_set();
  parts.DataFields[0].type = Type::String;
  parts.DataCells[0].text = parts.DataCells[4].text = parts.Kinds[0].name;
  parts.Operands[21].type = Type::String;
  for (uint32_t i = 0; i < 100; ++i) {
    OperandRow row = parts.Operands[21];
    row.key = static_cast<uint32_t>(parts.Operands.size() - 1);
    if (i == 0) row.key = 21;
    parts.Operands.push_back(row);
  }
  EXPECT_EQ(refusal(parts.bytes()), "Operands[87].key: lookups nested too deeply");
}

TEST(LoadBounds, SharedRangesAreNotVisitedForEver) {
  Parts parts = small_set();
  const uint32_t count = 20'000;
  parts.Numbers.clear();
  for (int64_t n = 0; n < count; ++n) parts.Numbers.push_back(n);
  for (uint32_t i = 0; i < count; ++i) parts.NumberSets.push_back({0, count});
  EXPECT_EQ(refusal(parts.bytes()).substr(0, 11), "NumberSets[");
  EXPECT_TRUE(refusal(parts.bytes()).ends_with("too many ranges share the same items"));
}

// Many ranges over the same long texts: reading each of them would take minutes.
constexpr size_t kLongText = size_t{1} << 20;

TEST(LoadBounds, IdsThatOverlapAreNotComparedForEver) {
  Parts parts = small_set();
  const Text all = parts.text(std::string(kLongText, 'z'));
  for (uint32_t i = 0; i < 1000; ++i) {
    parts.Rules.push_back(parts.Rules[0]);
    parts.Rules.back().id = {all.offset, all.size - 1000 + i};
  }
  EXPECT_EQ(refusal(parts.bytes()), "Rules[300].id: too many ranges share the same items");
  parts = small_set();
  const Text other = parts.text(std::string(kLongText, 'z'));
  for (uint32_t i = 0; i < 1000; ++i) {
    parts.Exceptions.push_back(parts.Exceptions[0]);
    parts.Exceptions.back().id = {other.offset, other.size - 1000 + i};
  }
  EXPECT_EQ(refusal(parts.bytes()), "Exceptions[289].id: too many ranges share the same items");
}

TEST(LoadBounds, KeysWordsAndVersionsThatOverlapAreNotReadForEver) {
  Parts parts = small_set();
  const Text all = parts.text(std::string(kLongText, 'z'));
  const auto first = static_cast<uint32_t>(parts.Strings.size());
  parts.Strings.insert(parts.Strings.end(), 1000, all);
  Parts keys = parts;
  for (uint32_t i = 0; i < 100; ++i) {
    keys.Leaves.push_back(keys.Leaves[1]);
    keys.Leaves.back().json = {first + 64 * (i % 15), 64};
  }
  keys.Kinds.push_back(keys.Kinds[0]);
  keys.Kinds.back().leaves = {static_cast<uint32_t>(parts.Leaves.size()), 100};
  EXPECT_EQ(refusal(keys.bytes()), "Leaves[28].json: too many ranges share the same items");
  Parts words = parts;
  words.Enums[0].words = {first, 1000};
  EXPECT_EQ(refusal(words.bytes()), "Enums[0].words: too many ranges share the same items");
  Parts versions = parts;
  const Text version = versions.text("1.0.0-" + std::string(kLongText, 'z'));
  for (DataCell& cell : versions.DataCells) cell.text = version;
  versions.DataFields.assign(4, versions.DataFields[2]);
  for (uint32_t i = 0; i < 100; ++i) versions.Data.push_back(versions.Data[0]);
  EXPECT_EQ(refusal(versions.bytes()), "DataCells[6].text: too many ranges share the same items");
}

TEST(LoadBounds, NodesThatKindsShareAreNotVisitedForEver) {
  Parts parts = small_set();
  ConditionNode many = parts.ConditionNodes[3];
  many.parts = parts.indices(std::vector<uint32_t>(30'000, 1));
  parts.ConditionNodes.push_back(many);
  parts.Kinds.push_back(parts.Kinds[0]);
  parts.Kinds[1].entries = {7, 0};
  parts.Kinds[1].index_words = 0;
  parts.Kinds[1].ranked = {0, 0};
  parts.Kinds[1].scope_dim = format::kNone;
  parts.Kinds[1].dims = {0, 0};
  const auto node = static_cast<uint32_t>(parts.ConditionNodes.size() - 1);
  for (uint32_t i = 0; i < 1000; ++i) parts.CheckOnKinds.push_back({i % 2, node, {0, 0}, {0, 0}});
  EXPECT_EQ(refusal(parts.bytes()), "CheckOnKinds[116].node: too many ranges share the same items");
}

TEST(LoadBounds, ClassesWithoutEntriesAreNotCountedForEver) {
  Parts parts = small_set();
  parts.Kinds[0].entries.count = 0;
  parts.Kinds[0].index_words = 0;
  parts.Kinds[0].ranked = {0, 0};
  parts.Kinds[0].dims = {5, 1};
  parts.Dims[5].classes = ~0u;
  parts.Dims[5].dense = 1;
  EXPECT_EQ(refusal(parts.bytes()), "Dims[5].rows: too many ranges share the same items");
}

TEST(LoadBounds, DimsDoNotShareRows) {
  Parts parts = small_set();
  for (uint32_t i = 0; i < 20; ++i) parts.Dims.push_back(parts.Dims[9]);
  parts.Kinds[0].dims.count = 30;
  EXPECT_EQ(refusal(parts.bytes()), "Dims[10].rows: sparse rows 24 of 21");
}

// ---- UTF-8 ----

TEST(LoadUtf8, TextsStartAndEndAtCharacters) {
  const auto with_message = [](std::string_view bytes, uint32_t skip, uint32_t cut) {
    Parts parts = small_set();
    const Text all = parts.text(bytes);
    parts.Rules[0].message = {all.offset + skip, all.size - skip - cut};
    return refusal(parts.bytes());
  };
  const std::string_view text = "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z";
  EXPECT_EQ(with_message(text, 0, 0), "");
  EXPECT_EQ(with_message(text, 2, 1), "");
  for (const uint32_t skip : {1u, 3u, 4u, 6u, 7u, 8u}) EXPECT_NE(with_message(text, skip, 0), "") << skip;
  for (const uint32_t cut : {2u, 3u, 4u, 6u, 7u, 9u}) EXPECT_NE(with_message(text, 0, cut), "") << cut;
}

TEST(LoadUtf8, RefusesWhatIsNotWellFormed) {
  for (const std::string_view bad : {"\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf0\x80\x80\x80", "\xf4\x90\x80\x80",
                                     "\xf5\x80\x80\x80", "\x80", "\xc3", "\xc3z", "a\xff"}) {
    Parts parts = small_set();
    parts.Rules[0].message = parts.text(bad);
    EXPECT_NE(refusal(parts.bytes()), "");
    parts.text("\x80\x80\x80");
    EXPECT_NE(refusal(parts.bytes()), "") << "continuation bytes after the text must not complete it";
  }
  Parts parts = small_set();
  parts.text("\xff\xfe");  // Bytes that no text shows, such as an automaton's class map, may be anything.
  EXPECT_EQ(refusal(parts.bytes()), "");
}

}  // namespace
}  // namespace guardvm::testing
