// Strings: every constant of the predicates is a class of its own; all other strings are told apart by which patterns
// they match.
//
// One automaton over the affixes and globs (made by the partition library) runs beside the bundle's own automaton of
// each regex. A breadth-first walk over the reachable states collects, per set of matched patterns, as many shortest
// strings as are asked that are no constants. SOUND: different strings are different walks, and the `n` shortest walks
// to a state need no more than the `n` shortest to each state before it; with at most `constants` of them taken away,
// n + constants walks per state are enough to find n members or to know that there are no more.
//
// Patterns that can match one text in any combination have exponentially many sets of matched ones. Where that is too
// many, only prefixes make classes, which are as many as they; the other patterns are open: what a string that is no
// constant says to them is asked with each question (`search`).
#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include "verify/model/domain.hpp"
#include "verify/model/text_search.hpp"

namespace guard::verify {
namespace {

namespace format = guardvm::format;
using partition::Dfa;
using partition::Pattern;

constexpr size_t kMaxStates = 30000;  // of the product of all patterns

// The bundle's automaton of a regex.
struct BundleDfa {
  const format::View* view;
  const format::DfaRow* row;
  [[nodiscard]] uint32_t step(uint32_t state, uint8_t byte) const {
    return view->DfaCells[row->table + state * row->classes + view->Bytes[row->class_map + byte]];
  }
  [[nodiscard]] bool accepts(uint32_t state) const { return view->DfaAccepts[row->accept + state].count > 0; }
};

class TextDomain : public Domain {
 public:
  explicit TextDomain(const Preds& preds) : preds_(preds), search_(preds) {}

  void use(PredId id) override {
    const Pred& pred = preds_[id];
    if (pred.kind == Pred::Kind::TextIn) {
      for (const std::string_view text : preds_.texts(pred.index)) constants_.push_back(text);
    } else if (pred.kind == Pred::Kind::TextMatch) {
      used_patterns_.insert(pred.index);
    }
  }

  Result<bool> close() override {
    std::sort(constants_.begin(), constants_.end());
    constants_.erase(std::unique(constants_.begin(), constants_.end()), constants_.end());
    for (const Explicit which : {Explicit::All, Explicit::Prefixes, Explicit::None}) {
      if (make_states(which)) break;
    }
    ask(1);
    // A set of matched patterns whose every string is a constant has no class.
    for (uint32_t s = 0; s < found_.size(); ++s) {
      if (!found_[s].empty()) groups_.push_back(s);
    }
    classes_ = static_cast<uint32_t>(constants_.size() + groups_.size());
    for (const std::string_view constant : constants_) constant_members_.push_back({{true, 0, std::string(constant)}});
    return true;
  }

  const std::vector<Value>& members(uint32_t cls, size_t count) override {
    if (cls < constants_.size()) return constant_members_[cls];
    const uint32_t group = groups_[cls - constants_.size()];
    if (found_[group].size() < count && !exhausted_[group]) ask(std::max(count, 2 * asked_));
    return found_[group];
  }

  uint64_t preference_of(uint32_t cls) const override { return cls; }
  bool ordered() const override { return false; }
  bool prefers_first() const override { return true; }

  bool is_open(PredId id) const override {
    return preds_[id].kind == Pred::Kind::TextMatch && open_.contains(preds_[id].index);
  }
  ClassSet possible(PredId id) override {
    ClassSet result = of(id);
    if (is_open(id)) result.append(static_cast<uint32_t>(constants_.size()), classes_);
    return result;
  }
  TextSearch* search() override { return &search_; }

 protected:
  ClassSet evaluate(PredId id) override {
    const Pred& pred = preds_[id];
    if (pred.kind == Pred::Kind::Present) return all();
    ClassSet result;
    if (pred.kind == Pred::Kind::TextIn) {
      for (const std::string_view text : preds_.texts(pred.index)) {
        const auto at = std::lower_bound(constants_.begin(), constants_.end(), text);
        const auto cls = static_cast<uint32_t>(at - constants_.begin());
        result.append(cls, cls + 1);
      }
      return result;
    }
    for (uint32_t cls = 0; cls < constants_.size(); ++cls) {
      if (preds_.holds(id, constant_members_[cls][0])) result.append(cls, cls + 1);
    }
    for (uint32_t g = 0; g < groups_.size() && !is_open(id); ++g) {
      const auto cls = static_cast<uint32_t>(constants_.size()) + g;
      if (preds_.holds(id, found_[groups_[g]][0])) result.append(cls, cls + 1);
    }
    return result;
  }

 private:
  using Place = std::vector<uint32_t>;  // a state of dfa_, then one of each regex
  struct HashPlace {
    size_t operator()(const Place& place) const {
      uint64_t h = 0;
      for (const uint32_t state : place) h = (h ^ state) * 0x9e3779b97f4a7c15u, h ^= h >> 29;
      return static_cast<size_t>(h);
    }
  };

  enum class Explicit : uint8_t { All, Prefixes, None };

  // The states of the patterns that make classes. False: too many.
  bool make_states(Explicit which) {
    plain_patterns_.clear();
    regexes_.clear();
    open_.clear();
    bytes_.clear();
    std::vector<Pattern> patterns{partition::any_run()};
    for (const uint32_t index : used_patterns_) {
      const guardvm::Bundle& bundle = *preds_.pattern(index).bundle;
      const format::PatternRow& row = bundle.view().Patterns[preds_.pattern(index).row];
      const bool prefix = row.match == format::Match::StartsWith;
      if (which == Explicit::None || (which == Explicit::Prefixes && !prefix)) {
        open_.insert(index);
      } else if (row.match == format::Match::Regex) {
        regexes_.push_back({&bundle.view(), &bundle.view().Dfas[row.dfa]});
      } else {
        patterns.push_back(pattern_of(row.match, bundle.text(row.text)));
        plain_patterns_.push_back(index);
      }
    }
    std::vector<const Pattern*> pointers;
    for (const Pattern& pattern : patterns) pointers.push_back(&pattern);
    std::optional<Dfa> dfa = partition::determinise(pointers, partition::Utf8::OnlyValid, kMaxStates);
    if (!dfa) return false;
    dfa_ = std::move(*dfa);
    choose_bytes();
    return explore();
  }

  // Bytes that no automaton tells apart are one class; per class its bytes, the readable ones first.
  void choose_bytes() {
    std::map<std::vector<uint32_t>, uint32_t> known;
    for (uint32_t byte = 0; byte < 256; ++byte) {
      std::vector<uint32_t> key{dfa_.class_of[byte]};
      for (const BundleDfa& regex : regexes_) key.push_back(regex.view->Bytes[regex.row->class_map + byte]);
      const auto [at, is_new] = known.try_emplace(key, static_cast<uint32_t>(bytes_.size()));
      if (is_new) bytes_.emplace_back();
      bytes_[at->second].push_back(static_cast<uint8_t>(byte));
    }
    for (auto& list : bytes_) {
      std::sort(list.begin(), list.end(), [](uint8_t a, uint8_t b) { return readability(a) < readability(b); });
    }
    std::sort(bytes_.begin(), bytes_.end(),
              [](const auto& a, const auto& b) { return readability(a[0]) < readability(b[0]); });
  }

  // The reachable states of the product.
  bool explore() {
    std::unordered_map<Place, uint32_t, HashPlace> known;
    std::map<std::vector<bool>, uint32_t> known_signatures;
    std::vector<const Place*> places{nullptr};  // per state
    signature_of_.assign(1, UINT32_MAX);        // the dead state
    next_.assign(bytes_.size(), 0);
    const auto add = [&](const Place& at) {
      const auto [found, is_new] = known.try_emplace(at, static_cast<uint32_t>(places.size()));
      if (!is_new) return found->second;
      places.push_back(&found->first);
      signature_of_.push_back(UINT32_MAX);
      const std::vector<uint32_t>& accepted = dfa_.accept[at[0]];
      if (!accepted.empty()) {  // Pattern 0 accepts valid text.
        std::vector<bool> signature(plain_patterns_.size() + regexes_.size());
        for (const uint32_t a : accepted) {
          if (a > 0) signature[a - 1] = true;
        }
        for (size_t r = 0; r < regexes_.size(); ++r) {
          signature[plain_patterns_.size() + r] = regexes_[r].accepts(at[r + 1]);
        }
        const auto number = static_cast<uint32_t>(known_signatures.size());
        signature_of_.back() = known_signatures.try_emplace(std::move(signature), number).first->second;
      }
      return found->second;
    };
    add(Place(1 + regexes_.size(), 1));
    Place to, last;  // `last`: of the byte before, which most bytes lead to as well
    uint32_t last_state = 0;
    for (size_t s = 1; s < places.size(); ++s) {
      if (places.size() > kMaxStates) return false;
      const Place& from = *places[s];
      for (const auto& list : bytes_) {
        to = from;
        to[0] = dfa_.table[from[0] * dfa_.classes + dfa_.class_of[list[0]]];
        for (size_t r = 0; r < regexes_.size() && to[0] != 0; ++r) to[r + 1] = regexes_[r].step(from[r + 1], list[0]);
        if (to != last) {
          last_state = to[0] == 0 ? 0 : add(to);
          last = to;
        }
        next_.push_back(last_state);
      }
    }
    found_.resize(known_signatures.size());
    exhausted_.assign(found_.size(), false);
    return true;
  }

  // Collects `count` members per group that has them. First with few walks per state, then with all that may be needed.
  void ask(size_t count) {
    asked_ = count;
    for (auto& list : found_) list.clear();
    const size_t all_walks = count + 1 + constants_.size();
    if (walk(count, std::min(all_walks, count + 4))) return;
    walk(count, all_walks);
    for (size_t g = 0; g < found_.size(); ++g) exhausted_[g] = found_[g].size() < count;
  }

  // Whether every group has its members.
  bool walk(size_t count, size_t walks) {
    for (auto& list : found_) list.clear();
    std::vector<size_t> visits(signature_of_.size(), 0);
    std::vector<std::pair<uint32_t, std::string>> queue{{1, ""}};
    bool has_empty = false;
    size_t open = found_.size();
    visits[1] = 1;
    const auto note = [&](uint32_t state, const std::string& text) {
      if (signature_of_[state] == UINT32_MAX) return;
      std::vector<Value>& list = found_[signature_of_[state]];
      if (list.size() >= count || std::binary_search(constants_.begin(), constants_.end(), std::string_view(text)))
        return;
      if (text.empty()) {  // Valid, and hard to read: it comes last.
        has_empty = true;
        return;
      }
      list.push_back({true, 0, text});
      if (list.size() == count) --open;
    };
    note(1, "");
    for (size_t i = 0; i < queue.size() && open > 0; ++i) {
      for (uint32_t c = 0; c < bytes_.size(); ++c) {
        const uint32_t to = next_[queue[i].first * bytes_.size() + c];
        if (to == 0) continue;
        for (size_t b = 0; b < bytes_[c].size() && visits[to] < walks; ++b) {
          ++visits[to];
          std::string text = queue[i].second + static_cast<char>(bytes_[c][b]);
          note(to, text);
          queue.emplace_back(to, std::move(text));
        }
      }
    }
    if (has_empty) {
      std::vector<Value>& list = found_[signature_of_[1]];
      if (list.size() < count) {
        list.push_back({true, 0, ""});
        if (list.size() == count) --open;
      }
    }
    return open == 0;
  }

  const Preds& preds_;
  TextSearch search_;
  std::vector<std::string_view> constants_;
  std::set<uint32_t> used_patterns_;
  std::set<uint32_t> open_;  // patterns that the classes do not tell apart
  std::vector<uint32_t> plain_patterns_;
  std::vector<BundleDfa> regexes_;
  Dfa dfa_;
  std::vector<std::vector<uint8_t>> bytes_;
  // States of the product of all automata; 0 is dead, 1 the first.
  std::vector<uint32_t> signature_of_;  // UINT32_MAX: no valid text ends there
  std::vector<uint32_t> next_;          // per state and byte class
  std::vector<std::vector<Value>> found_, constant_members_;
  std::vector<bool> exhausted_;
  std::vector<uint32_t> groups_;
  size_t asked_ = 0;
};

}  // namespace

std::unique_ptr<Domain> make_text_domain(const Preds& preds) { return std::make_unique<TextDomain>(preds); }

}  // namespace guard::verify
