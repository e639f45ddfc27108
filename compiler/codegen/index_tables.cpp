// How a dim finds classes and atoms: cuts, hash tables, affix tables, automata.
#include <algorithm>
#include <bit>
#include <map>

#include "codegen/index_rows.hpp"
#include "guardvm/hash.hpp"

namespace guard::codegen {
namespace {

using AtomsOfText = std::map<std::string, std::vector<uint32_t>>;

format::Range hash_table(Context& context, const std::vector<std::pair<uint32_t, uint32_t>>& strings_and_values) {
  std::vector<format::HashSlot>& slots = context.pools.sections.HashSlots;
  if (strings_and_values.empty()) return {0, 0};
  const auto capacity = static_cast<uint32_t>(std::bit_ceil(strings_and_values.size() * 2));
  const auto first = static_cast<uint32_t>(slots.size());
  slots.resize(slots.size() + capacity, {});
  for (const auto& [string, value] : strings_and_values) {
    const format::Text text = context.pools.sections.Strings[string];
    const uint64_t hash = guardvm::hash_text(context.pools.view(text));
    auto at = static_cast<uint32_t>(hash) & (capacity - 1);
    while (slots[first + at].tag != 0) at = (at + 1) & (capacity - 1);
    slots[first + at] = {text, value, guardvm::hash_tag(hash)};
  }
  return {first, capacity};
}

format::Range hash_of_lists(Context& context, const AtomsOfText& texts) {
  std::vector<std::pair<uint32_t, uint32_t>> items;
  for (const auto& [text, atoms] : texts) {
    const uint32_t list = context.pools.atom_lists.add_one({context.pools.indices(atoms)});
    items.emplace_back(context.pools.string(text), list);
  }
  return hash_table(context, items);
}

// One table per length, the longest first.
format::Range affix_tables(Context& context, const AtomsOfText& affixes) {
  std::map<uint32_t, AtomsOfText, std::greater<>> by_length;
  for (const auto& [text, atoms] : affixes) by_length[static_cast<uint32_t>(text.size())][text] = atoms;
  std::vector<format::AffixRow> rows;
  for (const auto& [length, texts] : by_length) rows.push_back({length, 0, hash_of_lists(context, texts)});
  std::vector<format::AffixRow>& all = context.pools.sections.Affixes;
  const auto first = static_cast<uint32_t>(all.size());
  all.insert(all.end(), rows.begin(), rows.end());
  return {first, static_cast<uint32_t>(rows.size())};
}

void write_infixes(Context& context, const AtomsOfText& infixes) {
  std::vector<std::string> texts;
  std::vector<uint32_t> first_atom;
  for (const auto& [text, atoms] : infixes) texts.push_back(text);
  partition::Dfa dfa = partition::find_any(texts);
  std::vector<const std::vector<uint32_t>*> atoms_of;
  for (const auto& [text, atoms] : infixes) atoms_of.push_back(&atoms);
  std::vector<uint32_t> identity;
  for (std::vector<uint32_t>& accepted : dfa.accept) {
    std::vector<uint32_t> atoms;
    for (const uint32_t text : accepted) atoms.insert(atoms.end(), atoms_of[text]->begin(), atoms_of[text]->end());
    for (const uint32_t atom : atoms) {
      while (identity.size() <= atom) identity.push_back(static_cast<uint32_t>(identity.size()));
    }
    accepted = std::move(atoms);
  }
  append_dfa(context.pools, dfa, identity, true);
}

void write_text_tables(Context& context, const Dim& dim, format::DimRow& row) {
  AtomsOfText prefixes, suffixes, infixes, constants;
  std::map<int64_t, std::vector<uint32_t>> numbers;
  for (uint32_t i = 0; i < dim.atoms.size(); ++i) {
    const TextAtom& atom = dim.atoms[i];
    if (dim.weak[i] == 2) continue;
    if (atom.kind == TextAtom::Kind::Any) row.any_atom = i;
    if (atom.kind == TextAtom::Kind::Constants) {
      for (const std::string& text : atom.texts) constants[text].push_back(i);
      for (const int64_t number : atom.numbers) numbers[number].push_back(i);
    }
    if (atom.kind != TextAtom::Kind::Pattern) continue;
    const Shape& shape = dim.shapes[i];
    if (shape.kind == Shape::Kind::Prefix) prefixes[shape.text].push_back(i);
    if (shape.kind == Shape::Kind::Suffix) suffixes[shape.text].push_back(i);
    if (shape.kind == Shape::Kind::Infix) infixes[shape.text].push_back(i);
  }
  row.hash = hash_of_lists(context, constants);
  row.prefixes = affix_tables(context, prefixes);
  row.suffixes = affix_tables(context, suffixes);
  row.dfas.first = static_cast<uint32_t>(context.pools.sections.Dfas.size());
  if (!infixes.empty()) write_infixes(context, infixes);
  for (const partition::Group& group : dim.groups) append_dfa(context.pools, group.dfa, group.members, false);
  row.dfas.count = static_cast<uint32_t>(context.pools.sections.Dfas.size()) - row.dfas.first;
  if (numbers.empty()) return;
  std::vector<int64_t> cuts;
  std::vector<format::AtomList> lists;
  for (const auto& [number, atoms] : numbers) {
    cuts.push_back(number);
    lists.push_back({context.pools.indices(atoms)});
  }
  row.cuts = context.pools.numbers(cuts);
  std::vector<format::AtomList>& all = context.pools.sections.AtomLists;
  row.lists = static_cast<uint32_t>(all.size());
  all.insert(all.end(), lists.begin(), lists.end());
}

}  // namespace

format::DimRow write_dim_tables(Context& context, const Dim& dim) {
  format::DimRow row{};
  row.leaf = dim.leaf;
  row.classifier = dim.classifier;
  row.classes = dim.classes;
  row.any_atom = row.wildcard = row.negative = row.rows = format::kNone;
  switch (dim.classifier) {
    case Classifier::Flag:
    case Classifier::Presence:
    case Classifier::Signal:
      return row;
    case Classifier::Numbers:
      row.cuts = context.pools.numbers(dim.numbers);
      if (dim.numbers.empty()) row.classifier = Classifier::Presence;
      return row;
    case Classifier::Versions:
      row.cuts = context.pools.strings(dim.texts);
      if (dim.texts.empty()) row.classifier = Classifier::Presence;
      return row;
    case Classifier::Strings: {
      std::vector<std::pair<uint32_t, uint32_t>> items;
      for (uint32_t i = 0; i < dim.texts.size(); ++i) items.emplace_back(context.pools.string(dim.texts[i]), 2 + i);
      row.hash = hash_table(context, items);
      if (dim.texts.empty()) row.classifier = Classifier::Presence;
      return row;
    }
    case Classifier::Windows: {
      std::vector<uint32_t> windows;
      for (const TextAtom& atom : dim.atoms) windows.push_back(static_cast<uint32_t>(atom.numbers[0]));
      row.windows = context.pools.indices(windows);
      return row;
    }
    case Classifier::TextAtoms:
    case Classifier::SetAtoms:
      write_text_tables(context, dim, row);
      return row;
  }
  return row;
}

}  // namespace guard::codegen
