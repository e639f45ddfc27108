// See subject.hpp.
#include "read/subject.hpp"

namespace guardvm {

Subjects::Subjects(const Bundle& bundle) {
  const format::View& view = bundle.view();
  for (const format::KindRow& kind : view.Kinds) {
    const auto shown = [&](uint32_t leaf) {
      if (leaf == format::kNone) return leaf;
      const format::LeafRow& row = view.Leaves[kind.leaves.first + leaf];
      return row.type == format::Type::String && row.sensitive == 0 ? leaf : format::kNone;
    };
    uint32_t service = 0;
    while (service < kind.leaves.count && bundle.text(view.Leaves[kind.leaves.first + service].path) != "service")
      ++service;
    kinds_.push_back({shown(service < kind.leaves.count ? service : format::kNone), shown(kind.actor)});
  }
}

std::string_view Subjects::text(const Action& action, uint32_t leaf) {
  if (leaf >= action.slots.size() || action.slots[leaf].present == 0) return {};
  return action.slots[leaf].string();
}

}  // namespace guardvm
