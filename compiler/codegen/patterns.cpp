// From globs and regular expressions to the partition library's patterns, and from its automata to tables.
#include "codegen/patterns.hpp"

#include <algorithm>
#include <utility>

#include "check/glob.hpp"
#include "check/regex.hpp"

namespace guard::codegen {
namespace {

using partition::Pattern;

Pattern from_regex(const check::RegexNode& node) {
  using Kind = check::RegexNode::Kind;
  std::vector<Pattern> children;
  for (const check::RegexNode& child : node.children) children.push_back(from_regex(child));
  switch (node.kind) {
    case Kind::Empty:
      return partition::literal("");
    case Kind::Class: {
      std::vector<partition::CodeRange> ranges;
      for (const check::CodeRange& range : node.ranges) ranges.push_back({range.low, range.high});
      return partition::one_of(std::move(ranges));
    }
    case Kind::Concat:
      return partition::sequence(std::move(children));
    case Kind::Alternate:
      return partition::choice(std::move(children));
    case Kind::Repeat:
      return partition::repeat(std::move(children[0]), node.min, node.max);
  }
  return {};
}

std::vector<check::GlobPart> glob_parts(std::string_view text) {
  auto parts = check::parse_glob(text);
  GUARD_CHECK(parts.ok(), "a glob that the checker accepted");
  return std::move(parts).value();
}

Pattern from_glob(std::string_view text) {
  using Kind = check::GlobPart::Kind;
  std::vector<Pattern> pieces;
  for (check::GlobPart& part : glob_parts(text)) {
    switch (part.kind) {
      case Kind::Literal:
        pieces.push_back(partition::literal(part.text));
        break;
      case Kind::AnyRun:
        pieces.push_back(partition::any_run());
        break;
      case Kind::AnyOne:
        pieces.push_back(partition::any_one());
        break;
    }
  }
  return partition::sequence(std::move(pieces));
}

// Literal text that every match of `node` starts with; `whole` when the node matches nothing else.
std::string regex_prefix(const check::RegexNode& node, bool& whole) {
  using Kind = check::RegexNode::Kind;
  whole = false;
  if (node.kind == Kind::Empty) {
    whole = true;
    return {};
  }
  if (node.kind == Kind::Class && node.ranges.size() == 1 && node.ranges[0].low == node.ranges[0].high &&
      node.ranges[0].low < 0x80) {
    whole = true;
    return std::string(1, static_cast<char>(node.ranges[0].low));
  }
  std::string prefix;
  if (node.kind != Kind::Concat) return prefix;
  for (const check::RegexNode& child : node.children) {
    prefix += regex_prefix(child, whole);
    if (!whole) return prefix;
  }
  return prefix;
}

}  // namespace

Pattern to_pattern(check::Match match, std::string_view text) {
  switch (match) {
    case check::Match::StartsWith:
      return partition::sequence({partition::literal(text), partition::any_run()});
    case check::Match::EndsWith:
      return partition::sequence({partition::any_run(), partition::literal(text)});
    case check::Match::Contains:
      return partition::sequence({partition::any_run(), partition::literal(text), partition::any_run()});
    case check::Match::Glob:
      return from_glob(text);
    case check::Match::Regex: {
      auto ast = check::parse_regex(text);
      GUARD_CHECK(ast.ok(), "a regular expression that the checker accepted");
      return from_regex(ast.value().root);
    }
  }
  return {};
}

Shape shape_of(check::Match match, std::string_view text) {
  using Kind = Shape::Kind;
  switch (match) {
    case check::Match::StartsWith:
      return {Kind::Prefix, std::string(text)};
    case check::Match::EndsWith:
      return {Kind::Suffix, std::string(text)};
    case check::Match::Contains:
      return {Kind::Infix, std::string(text)};
    case check::Match::Regex:
      return {Kind::General, {}};
    case check::Match::Glob:
      break;
  }
  const std::vector<check::GlobPart> parts = glob_parts(text);
  const auto is = [&](size_t i, check::GlobPart::Kind kind) { return parts[i].kind == kind; };
  const auto run = check::GlobPart::Kind::AnyRun, plain = check::GlobPart::Kind::Literal;
  if (parts.empty()) return {Kind::Equal, {}};
  if (parts.size() == 1 && is(0, plain)) return {Kind::Equal, parts[0].text};
  if (parts.size() == 1 && is(0, run)) return {Kind::Prefix, {}};
  if (parts.size() == 2 && is(0, plain) && is(1, run)) return {Kind::Prefix, parts[0].text};
  if (parts.size() == 2 && is(0, run) && is(1, plain)) return {Kind::Suffix, parts[1].text};
  if (parts.size() == 3 && is(0, run) && is(1, plain) && is(2, run)) return {Kind::Infix, parts[1].text};
  return {Kind::General, {}};
}

Shape weakened(check::Match match, std::string_view text) {
  using Kind = Shape::Kind;
  if (match == check::Match::Regex) {
    const auto ast = check::parse_regex(text);
    bool whole = false;
    std::string prefix = ast.ok() ? regex_prefix(ast.value().root, whole) : std::string{};
    return prefix.empty() ? Shape{} : Shape{Kind::Prefix, std::move(prefix)};
  }
  if (match != check::Match::Glob) return shape_of(match, text);
  const std::vector<check::GlobPart> parts = glob_parts(text);
  const check::GlobPart* longest = nullptr;
  for (const check::GlobPart& part : parts) {
    if (part.kind == check::GlobPart::Kind::Literal &&
        (longest == nullptr || part.text.size() > longest->text.size())) {
      longest = &part;
    }
  }
  if (longest == nullptr) return {};
  if (longest == &parts.front()) return {Kind::Prefix, longest->text};
  if (longest == &parts.back()) return {Kind::Suffix, longest->text};
  return {Kind::Infix, longest->text};
}

uint32_t append_dfa(Pools& pools, const partition::Dfa& dfa, const std::vector<uint32_t>& atom_of, bool scan) {
  Sections& out = pools.sections;
  format::DfaRow row{};
  row.states = dfa.states;
  row.classes = dfa.classes;
  row.class_map = pools.text({reinterpret_cast<const char*>(dfa.class_of.data()), dfa.class_of.size()}).offset;
  row.table = static_cast<uint32_t>(out.DfaCells.size());
  out.DfaCells.insert(out.DfaCells.end(), dfa.table.begin(), dfa.table.end());
  row.accept = static_cast<uint32_t>(out.DfaAccepts.size());
  std::vector<uint32_t> atoms;
  for (const std::vector<uint32_t>& accepted : dfa.accept) {
    atoms.clear();
    for (const uint32_t pattern : accepted) atoms.push_back(atom_of[pattern]);
    std::sort(atoms.begin(), atoms.end());
    out.DfaAccepts.push_back(pools.indices(atoms));
  }
  row.scan = scan ? 1 : 0;
  out.Dfas.push_back(row);
  return static_cast<uint32_t>(out.Dfas.size() - 1);
}

}  // namespace guard::codegen
