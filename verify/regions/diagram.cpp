// See diagram.hpp.
#include "verify/regions/diagram.hpp"

#include <algorithm>
#include <unordered_map>

namespace guard::verify {
namespace {

constexpr uint32_t kNoBit = UINT32_MAX;  // Of kNone and kAll: behind every bit.

uint64_t mixed(uint64_t a, uint64_t b) {
  uint64_t h = (a ^ b * 0xc4ceb9fe1a85ec53u) * 0x9e3779b97f4a7c15u;
  h ^= h >> 32;
  h *= 0xff51afd7ed558ccdu;
  return h ^ (h >> 29);
}

uint64_t pair(Diagram a, Diagram b) { return uint64_t{static_cast<uint32_t>(a)} << 32 | static_cast<uint32_t>(b); }

}  // namespace

Diagrams::Diagrams() : nodes_{{kNoBit, kNone, kNone}, {kNoBit, kAll, kAll}}, table_(1024, 0), known_(1024) {}

void Diagrams::grow() {
  table_.assign(table_.size() * 2, 0);
  const size_t mask = table_.size() - 1;
  for (uint32_t i = 2; i < nodes_.size(); ++i) {
    size_t at = mixed(pair(nodes_[i].low, nodes_[i].high), nodes_[i].bit) & mask;
    while (table_[at] != 0) at = (at + 1) & mask;
    table_[at] = i;
  }
  known_.assign(table_.size(), {});
}

Diagram Diagrams::node(uint32_t bit, Diagram low, Diagram high) {
  if (low == high) return low;
  const size_t mask = table_.size() - 1;
  size_t slot = mixed(pair(low, high), bit) & mask;
  for (; table_[slot] != 0; slot = (slot + 1) & mask) {
    const Node& own = nodes_[table_[slot]];
    if (own.bit == bit && own.low == low && own.high == high) return Diagram{table_[slot]};
  }
  full_ = full_ || nodes_.size() >= kMaxNodes;
  if (full_) return kNone;
  const auto made = static_cast<uint32_t>(nodes_.size());
  table_[slot] = made;
  nodes_.push_back({bit, low, high});
  if (nodes_.size() * 2 > table_.size()) grow();
  return Diagram{made};
}

Diagram Diagrams::point(Bits bits, const std::vector<bool>& values) {
  Diagram result = kAll;
  for (uint32_t b = bits.last; b > bits.first; --b) {
    const bool own = values[b - 1 - bits.first];
    result = own ? node(b - 1, kNone, result) : node(b - 1, result, kNone);
  }
  return result;
}

Diagrams::Known& Diagrams::known(uint32_t what, Diagram a, Diagram b) {
  return known_[mixed(pair(a, b), what) & (known_.size() - 1)];
}

Diagram Diagrams::apply(Op op, Diagram a, Diagram b) {
  if (op == Op::And) {
    if (a == kNone || b == kNone) return kNone;
    if (a == kAll || a == b) return b;
    if (b == kAll) return a;
  } else if (op == Op::Or) {
    if (a == kAll || b == kAll) return kAll;
    if (a == kNone || a == b) return b;
    if (b == kNone) return a;
  } else {
    if (a == kNone || b == kAll || a == b) return kNone;
    if (b == kNone) return a;
  }
  if (op != Op::Minus && b < a) std::swap(a, b);
  if (full_) return kNone;
  const auto what = static_cast<uint32_t>(op);
  const Known& old = known(what, a, b);
  if (old.is(what, a, b)) return old.result;
  const Node x = at(a), y = at(b);
  const uint32_t bit = std::min(x.bit, y.bit);
  const Diagram low = apply(op, x.bit == bit ? x.low : a, y.bit == bit ? y.low : b);
  const Diagram high = apply(op, x.bit == bit ? x.high : a, y.bit == bit ? y.high : b);
  const Diagram result = node(bit, low, high);
  known(what, a, b) = {a, b, what, result};
  return result;
}

bool Diagrams::meet(Diagram a, Diagram b) {
  if (a == kNone || b == kNone) return false;
  if (a == kAll || b == kAll || a == b) return true;
  if (b < a) std::swap(a, b);
  constexpr auto kWhat = static_cast<uint32_t>(Op::Meet);
  const Known& old = known(kWhat, a, b);
  if (old.is(kWhat, a, b)) return old.result == kAll;
  const Node &x = at(a), &y = at(b);
  const uint32_t bit = std::min(x.bit, y.bit);
  const bool result = meet(x.bit == bit ? x.low : a, y.bit == bit ? y.low : b) ||
                      meet(x.bit == bit ? x.high : a, y.bit == bit ? y.high : b);
  known(kWhat, a, b) = {a, b, kWhat, result ? kAll : kNone};
  return result;
}

Diagram Diagrams::project(Diagram a, Diagram b, Bits kept) {
  const auto same = [kept](const Bits& own) { return own.first == kept.first && own.last == kept.last; };
  auto at = std::find_if(kept_.begin(), kept_.end(), same);
  if (at == kept_.end()) at = kept_.insert(kept_.end(), kept);
  return project(a, b, kept, static_cast<uint32_t>(Op::Project) + kOps * static_cast<uint32_t>(at - kept_.begin()));
}

Diagram Diagrams::project(Diagram a, Diagram b, Bits kept, uint32_t what) {
  if (a == kNone || b == kNone) return kNone;
  const Node x = at(a), y = at(b);
  const uint32_t bit = std::min(x.bit, y.bit);
  if (bit >= kept.last) return meet(a, b) ? kAll : kNone;
  if (full_) return kNone;
  const Known& old = known(what, a, b);
  if (old.is(what, a, b)) return old.result;
  const Diagram low = project(x.bit == bit ? x.low : a, y.bit == bit ? y.low : b, kept, what);
  Diagram result = kAll;
  if (bit >= kept.first || low != kAll) {
    const Diagram high = project(x.bit == bit ? x.high : a, y.bit == bit ? y.high : b, kept, what);
    result = bit < kept.first ? either(low, high) : node(bit, low, high);
  }
  known(what, a, b) = {a, b, what, result};
  return result;
}

std::vector<bool> Diagrams::first(Diagram a, Bits bits) const {
  std::vector<bool> values;
  for (uint32_t b = bits.first; b < bits.last; ++b) {
    const Node& own = at(a);
    const bool is_set = own.bit == b && own.low == kNone;
    values.push_back(is_set);
    if (own.bit == b) a = is_set ? own.high : own.low;
  }
  return values;
}

bool Diagrams::has(Diagram a, Bits bits, const std::vector<bool>& point) const {
  while (a != kNone && a != kAll) a = point[at(a).bit - bits.first] ? at(a).high : at(a).low;
  return a == kAll;
}

double Diagrams::count(Diagram a, Bits bits) const {
  std::unordered_map<uint32_t, double> share;  // of all points
  const auto visit = [&](Diagram f, const auto& self) -> double {
    if (f == kNone || f == kAll) return f == kAll ? 1 : 0;
    const auto found = share.find(static_cast<uint32_t>(f));
    if (found != share.end()) return found->second;
    const double own = (self(at(f).low, self) + self(at(f).high, self)) / 2;
    share.emplace(static_cast<uint32_t>(f), own);
    return own;
  };
  double points = visit(a, visit);
  for (uint32_t b = bits.first; b < bits.last; ++b) points *= 2;
  return points;
}

}  // namespace guard::verify
