// Learning shapes of records; see shape.hpp.
#include "read/shape.hpp"

#include <algorithm>
#include <cstring>

#include "read/scan.hpp"

namespace guardvm {

namespace {

constexpr size_t kSteps = 256;  // of a shape: 16 KiB
constexpr size_t kLongestLead = 4 * ShapeStep::kLead;
constexpr size_t kPieces = 4 * kSteps;  // of a record; many are rows that look alike

StepOp step_of(ReadOp op) {
  switch (op) {
    case ReadOp::Bool:
      return StepOp::Bool;
    case ReadOp::Int:
      return StepOp::Int;
    case ReadOp::Decimal:
      return StepOp::Decimal;
    case ReadOp::String:
      return StepOp::String;
    case ReadOp::Enum:
      return StepOp::Enum;
    case ReadOp::Version:
      return StepOp::Version;
    case ReadOp::Timestamp:
    case ReadOp::AsOf:
      return StepOp::Timestamp;
    case ReadOp::Duration:
      return StepOp::Duration;
    case ReadOp::Set:
      return StepOp::Set;
    case ReadOp::List:
      return StepOp::List;
    case ReadOp::Presence:
    case ReadOp::Signal:
      return StepOp::Present;
    case ReadOp::Object:
    case ReadOp::Kind:
    case ReadOp::TooDeep:
      break;
  }
  return StepOp::Null;
}

// Goes through a record that is known to be in order, so it looks for nothing but what it wants to know.
class Walker {
 public:
  Walker(const ReadPlan& plan, std::string_view record, std::vector<ShapePiece>& pieces)
      : plan_(plan), begin_(record.data()), p_(begin_), lead_(begin_), pieces_(pieces) {}

  // False: the record is too large, or holds what no step stands for.
  bool record(uint32_t root) {
    space();
    if (!object(root)) return false;
    space();
    return step(0, StepOp::End);
  }

 private:
  void space() { p_ = scan::skip_space(p_); }

  // Behind the string at hand; its text, as it is written.
  std::string_view string() {
    const char* const first = ++p_;
    while (*p_ != '"') p_ += *p_ == '\\' ? 2 : 1;
    return {first, static_cast<size_t>(p_++ - first)};
  }

  bool add(uint32_t node, StepOp op, ShapePiece::Role role) {
    const auto size = static_cast<size_t>(p_ - lead_);
    if (size > kLongestLead || pieces_.size() >= kPieces) return false;
    pieces_.push_back({node, op, role, static_cast<uint32_t>(lead_ - begin_), static_cast<uint32_t>(p_ - begin_)});
    return true;
  }
  // The lead ends here, and so does what the step reads, unless it is a value.
  bool step(uint32_t node, StepOp op) {
    if (!add(node, op, ShapePiece::Role::Step)) return false;
    start_lead();
    return true;
  }
  void start_lead() { lead_ = p_; }

  bool object(uint32_t node) {
    ++p_;
    for (space(); *p_ != '}'; space()) {
      const std::string_view key = string();
      const uint32_t child = plan_.find_child(node, key);
      if (child == 0) return false;  // written with escapes
      space();
      ++p_;
      space();
      if (!value(child)) return false;
      space();
      if (*p_ == ',') ++p_;
    }
    ++p_;
    return true;
  }

  bool value(uint32_t node) {
    if (*p_ == 'n') {
      p_ += 4;
      return step(node, StepOp::Null);
    }
    const PlanNode& plan = plan_.nodes[node];
    const StepOp op = step_of(plan.op);
    switch (plan.op) {
      case ReadOp::Object:
        return add(node, op, ShapePiece::Role::Passed) && object(node);
      case ReadOp::Kind:
        string();
        return add(node, op, ShapePiece::Role::Passed);
      case ReadOp::Presence:
      case ReadOp::Signal:
        ++p_;
        if (!step(node, op)) return false;
        --p_;
        return object(node);
      case ReadOp::List:
        return list(node);
      case ReadOp::Set:
        ++p_;
        if (!step(node, op)) return false;
        while (*p_ != ']') {
          if (*p_ == '"')
            string();
          else
            ++p_;
        }
        ++p_;
        break;
      case ReadOp::TooDeep:
        return false;
      default:
        if (*p_ == '"') {
          ++p_;
          if (!step(node, op)) return false;
          --p_;
        } else if (!step(node, op)) {
          return false;
        }
        scalar();
        break;
    }
    start_lead();
    return true;
  }

  void scalar() {
    if (*p_ == '"') {
      string();
      return;
    }
    while (scan::goes_on(p_)) ++p_;
  }

  bool list(uint32_t node) {
    ++p_;
    if (!step(node, StepOp::List)) return false;
    for (space(); *p_ != ']'; space()) {
      start_lead();
      if (!object(plan_.nodes[node].detail) || !step(0, StepOp::End)) return false;
      space();
      if (*p_ == ',') ++p_;
    }
    ++p_;
    start_lead();
    return add(node, StepOp::List, ShapePiece::Role::RowsEnd);
  }

  const ReadPlan& plan_;
  const char* const begin_;
  const char* p_;
  const char* lead_;
  std::vector<ShapePiece>& pieces_;
};

// The step that reads a piece, or the part of its lead from `lead` on.
ShapeStep make_step(const ReadPlan& plan, const ShapePiece& piece, bool is_last, const char* lead) {
  ShapeStep step;
  step.op = StepOp::More;
  step.size = ShapeStep::kLead;
  if (is_last) {
    const PlanNode& node = plan.nodes[piece.node];
    step.op = piece.op;
    step.size = static_cast<uint8_t>((piece.to - piece.from - 1) % ShapeStep::kLead + 1);
    step.element = piece.op == StepOp::Set ? step_of(node.element) : StepOp::Never;
    step.leaf = node.leaf;
    step.plan = &node;
    if (piece.op == StepOp::Enum || step.element == StepOp::Enum) step.words = &plan.lists[node.detail];
  }
  step.mask = ~uint32_t{0} >> (ShapeStep::kLead - step.size);
  std::copy(lead, lead + step.size, step.lead);
  return step;
}

}  // namespace

// ---- one shape ----

// Everything is reserved at once, so that learning on does not allocate.
Shape::Shape() {
  steps_.reserve(kSteps);
  origins_.reserve(kSteps);
  order_.reserve(kPieces);
  next_order_.reserve(kPieces);
  forget();
}

void Shape::forget() {
  steps_.assign(1, ShapeStep{});
  steps_[0].next = steps_.data();
  origins_.assign(1, Origin{0, 0});
  order_.clear();
}

// Puts the keys of a record in order. False: they are in another one.
bool Shape::order(const std::vector<ShapePiece>& pieces) {
  next_order_ = order_;
  size_t place = 0, list_place = 0;  // behind the last key
  for (const ShapePiece& piece : pieces) {
    if (piece.role == ShapePiece::Role::RowsEnd || (piece.op == StepOp::End)) {
      place = list_place;
      continue;
    }
    if (!pass(piece.node, place)) return false;
    if (piece.op == StepOp::List) list_place = place;
  }
  order_.swap(next_order_);
  return true;
}

bool Shape::pass(uint32_t node, size_t& place) {
  const auto from = next_order_.begin() + static_cast<ptrdiff_t>(place);
  auto found = std::find(from, next_order_.end(), node);
  if (found == next_order_.end()) {
    if (next_order_.size() == kPieces || std::find(next_order_.begin(), from, node) != from) return false;
    found = next_order_.insert(from, node);
  }
  place = static_cast<size_t>(found - next_order_.begin()) + 1;
  return true;
}

// The step among `first` and its alternatives that is like this one, made when there is none; 0: no room.
uint16_t Shape::add(uint16_t& first, const ShapeStep& step, uint32_t node) {
  uint16_t* link = &first;
  for (; *link != 0; link = &steps_[*link].other) {
    const ShapeStep& there = steps_[*link];
    if (there.op == step.op && origins_[*link].node == node && there.mask == step.mask &&
        std::memcmp(there.lead, step.lead, sizeof step.lead) == 0)
      return *link;
  }
  if (steps_.size() == kSteps) return 0;
  const auto made = *link = static_cast<uint16_t>(steps_.size());
  ShapeStep& added = steps_.emplace_back(step);
  Origin& origin = origins_.emplace_back(Origin{node, 0});
  // Behind the same value, the record goes on in the same ways, wherever it came from.
  for (uint16_t i = 1; i < made && node != 0; ++i) {
    if (origins_[i].node != node || steps_[i].op != step.op) continue;
    origin.next = origins_[i].next;
    added.rows = steps_[i].rows;
    break;
  }
  return made;
}

bool Shape::learn(const ReadPlan& plan, const std::vector<ShapePiece>& pieces, const char* record) {
  if (steps_.size() == kSteps) forget();
  if (!order(pieces)) return false;
  add_walk(plan, pieces, record);
  for (size_t i = 0; i < steps_.size(); ++i) steps_[i].next = &steps_[origins_[i].next];
  return true;
}

void Shape::add_walk(const ReadPlan& plan, const std::vector<ShapePiece>& pieces, const char* record) {
  uint16_t* first = &origins_[0].next;  // where the next step belongs
  uint16_t list = 0;                    // the step of the list whose rows these are
  for (const ShapePiece& piece : pieces) {
    if (piece.role == ShapePiece::Role::Passed) continue;
    if (piece.role == ShapePiece::Role::RowsEnd) {
      first = &origins_[list].next;
      list = 0;
      continue;
    }
    uint32_t from = piece.from;
    for (bool is_last = false; !is_last; from += ShapeStep::kLead) {
      is_last = piece.to - from <= ShapeStep::kLead;
      const uint16_t step = add(*first, make_step(plan, piece, is_last, record + from), is_last ? piece.node : 0);
      if (step == 0) return;
      first = &origins_[step].next;
      if (is_last && piece.op == StepOp::List) list = step;
    }
    if (list != 0 && (piece.op == StepOp::List || piece.op == StepOp::End)) first = &steps_[list].rows;
  }
}

// ---- the shapes of a kind ----

void KindShapes::missed() {
  constexpr uint32_t kPause = 256;
  ++records_;
  if (--score_ > -kTrust) return;
  score_ = -kTrust / 2;
  pause_ = kPause;
  records_ += kPause;
}

void KindShapes::learn(const ReadPlan& plan, uint32_t root, std::string_view record, std::vector<ShapePiece>& pieces) {
  constexpr uint32_t kFreely = 64, kRation = 256;
  if (pause_ != 0 || records_ < next_learning_) return;
  if (++learnt_ > kFreely) next_learning_ = records_ + kRation;
  pieces.reserve(kPieces);
  pieces.clear();
  if (!Walker(plan, record, pieces).record(root)) return;
  for (Shape& shape : shapes_)
    if (shape.learn(plan, pieces, record.data())) return;
  if (shapes_.empty()) shapes_.reserve(kShapes);
  if (shapes_.size() < kShapes) {
    shapes_.emplace_back().learn(plan, pieces, record.data());
    return;
  }
  const auto oldest =
      std::min_element(shapes_.begin(), shapes_.end(), [](const Shape& a, const Shape& b) { return a.used < b.used; });
  oldest->forget();
  oldest->learn(plan, pieces, record.data());
  oldest->used = records_;
}

}  // namespace guardvm
