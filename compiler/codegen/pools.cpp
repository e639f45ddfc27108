// Sharing of texts, numbers and sets; see pools.hpp.
#include "codegen/pools.hpp"

namespace guard::codegen {

Pools::Pools()
    : operands(sections.Operands),
      patterns(sections.Patterns),
      linears(sections.Linears),
      linear_terms(sections.LinearTerms),
      groups(sections.RequirementGroups),
      message_parts(sections.MessageParts),
      message_elements(sections.MessageElements),
      possibly_codes(sections.PossiblyCodes),
      obligations(sections.Obligations),
      nodes(sections.ConditionNodes),
      atom_lists(sections.AtomLists),
      strings_(sections.Strings),
      numbers_(sections.Numbers),
      indices_(sections.Indices),
      number_sets_(sections.NumberSets),
      string_sets_(sections.StringSets) {}

format::Text Pools::text(std::string_view text, format::Text near) {
  if (text.empty()) return {0, 0};
  const auto fresh = static_cast<uint32_t>(texts_.size());
  const uint32_t id = text_index_.find_or_add(guardvm::hash_text(text), fresh,
                                              [&](uint32_t known) { return view(texts_[known]) == text; });
  if (id != fresh) return texts_[id];
  const auto size = static_cast<uint32_t>(text.size());
  const size_t inside = near.size >= size ? view(near).find(text) : std::string_view::npos;
  if (inside != std::string_view::npos) {
    texts_.push_back({near.offset + static_cast<uint32_t>(inside), size});
  } else {
    texts_.push_back({static_cast<uint32_t>(sections.Bytes.size()), size});
    sections.Bytes.insert(sections.Bytes.end(), text.begin(), text.end());
  }
  return texts_[id];
}

std::string_view Pools::view(format::Text text) const {
  return {reinterpret_cast<const char*>(sections.Bytes.data()) + text.offset, text.size};
}

uint32_t Pools::string(std::string_view text) { return strings_.add_one(this->text(text)); }

format::Range Pools::strings(const std::vector<std::string>& texts) {
  std::vector<format::Text> items;
  items.reserve(texts.size());
  for (const std::string& item : texts) items.push_back(text(item));
  return strings_.add(items);
}

uint32_t Pools::number(int64_t number) { return numbers_.add_one(number); }

format::Range Pools::numbers(std::span<const int64_t> numbers) { return numbers_.add(numbers); }

format::Range Pools::indices(std::span<const uint32_t> indices) { return indices_.add(indices); }

uint32_t Pools::number_set(std::span<const int64_t> numbers) { return number_sets_.add_one(this->numbers(numbers)); }

uint32_t Pools::string_set(const std::vector<std::string>& texts) { return string_sets_.add_one(strings(texts)); }

}  // namespace guard::codegen
