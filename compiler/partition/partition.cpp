// Partitions: candidate values that reach every class, grouped by what the predicates say of them.
#include "partition/partition.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "partition/version.hpp"

namespace guard::partition {
namespace {

struct Candidate {
  Value value;
  bool single;  // stands for itself only
};

Value number(int64_t n) { return {true, n, {}}; }
Value text(std::string t) { return {true, 0, std::move(t)}; }

std::vector<Candidate> number_candidates(const Attribute& attribute, const std::vector<Predicate>& predicates) {
  std::vector<int64_t> cuts;
  for (const Predicate& predicate : predicates) {
    for (const int64_t n : predicate.numbers) {
      if (n >= attribute.min && n <= attribute.max) cuts.push_back(n);
    }
  }
  std::sort(cuts.begin(), cuts.end());
  cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
  std::vector<Candidate> out;
  // `from` is the least value not yet spoken for; `done` when there is none.
  int64_t from = attribute.min;
  bool done = attribute.min > attribute.max;
  for (const int64_t cut : cuts) {
    if (from < cut) out.push_back({number(from), from == cut - 1});
    out.push_back({number(cut), true});
    done = cut == attribute.max;
    if (!done) from = cut + 1;
  }
  if (!done) out.push_back({number(from), from == attribute.max});
  return out;
}

std::vector<Candidate> version_candidates(const std::vector<Predicate>& predicates) {
  std::vector<std::string> cuts;
  for (const Predicate& predicate : predicates) cuts.insert(cuts.end(), predicate.texts.begin(), predicate.texts.end());
  const auto before = [](const std::string& a, const std::string& b) { return compare_versions(a, b) < 0; };
  std::stable_sort(cuts.begin(), cuts.end(), before);
  cuts.erase(std::unique(cuts.begin(), cuts.end(), [&](const auto& a, const auto& b) { return !before(a, b); }),
             cuts.end());
  std::vector<Candidate> out;
  std::optional<std::string> low;
  for (const std::string& cut : cuts) {
    if (auto gap = version_between(low, cut)) out.push_back({text(std::move(*gap)), false});
    out.push_back({text(cut), false});  // Build metadata: many versions of one precedence.
    low = cut;
  }
  if (auto gap = version_between(low, std::nullopt)) out.push_back({text(std::move(*gap)), false});
  return out;
}

// One automaton over every constant and pattern; each set of accepted ones is a class.
Result<std::vector<Candidate>> text_candidates(const std::vector<Predicate>& predicates, size_t max_states) {
  std::vector<Pattern> patterns;
  patterns.push_back(any_run());  // Valid strings only; its acceptance marks those.
  for (const Predicate& predicate : predicates) {
    if (predicate.kind == Predicate::Kind::Matches) patterns.push_back(predicate.pattern);
    if (predicate.kind != Predicate::Kind::In) continue;
    std::vector<Pattern> constants;
    for (const std::string& constant : predicate.texts) constants.push_back(literal(constant));
    patterns.push_back(choice(std::move(constants)));
  }
  std::vector<const Pattern*> pointers;
  for (const Pattern& pattern : patterns) pointers.push_back(&pattern);
  const std::optional<Dfa> dfa = determinise(pointers, Utf8::OnlyValid, max_states);
  if (!dfa) return Failure{"the automaton over the attribute's patterns has too many states"};
  const auto texts = shortest_texts(*dfa);
  std::map<std::vector<uint32_t>, std::string> shortest;
  for (uint32_t s = 1; s < dfa->states; ++s) {
    if (!texts[s] || dfa->accept[s].empty()) continue;  // Inside a code point nothing is accepted.
    std::string& best = shortest.try_emplace(dfa->accept[s], *texts[s]).first->second;
    if (texts[s]->size() < best.size()) best = *texts[s];
  }
  std::vector<Candidate> out;
  for (auto& [accepted, witness] : shortest) out.push_back({text(std::move(witness)), false});
  return out;
}

std::vector<bool> truths(const std::vector<Predicate>& predicates, Domain domain, const Value& value) {
  std::vector<bool> out;
  out.reserve(predicates.size());
  for (const Predicate& predicate : predicates) out.push_back(holds(predicate, domain, value));
  return out;
}

}  // namespace

size_t Partition::class_of(const Value& value) const {
  if (!value.present) {
    GUARD_CHECK(attribute.optional, "an absent value of an attribute that is always present");
    return 0;
  }
  const std::vector<bool> truth = truths(predicates, attribute.domain, value);
  for (size_t c = 0; c < classes.size(); ++c) {
    if (classes[c].witness.present && classes[c].truth == truth) return c;
  }
  GUARD_CHECK(false, "a value without a class");
  return 0;
}

Result<Partition> make_partition(const Attribute& attribute, std::vector<Predicate> predicates, size_t max_states) {
  Partition result;
  result.attribute = attribute;
  std::vector<Candidate> candidates;
  switch (attribute.domain) {
    case Domain::Number:
      candidates = number_candidates(attribute, predicates);
      break;
    case Domain::Version:
      candidates = version_candidates(predicates);
      break;
    case Domain::Text: {
      auto found = text_candidates(predicates, max_states);
      if (!found.ok()) return Failure{found.error()};
      candidates = std::move(found).value();
      break;
    }
  }
  if (attribute.optional) result.classes.push_back({Value{}, truths(predicates, attribute.domain, Value{}), true});
  std::map<std::vector<bool>, size_t> known;
  for (Candidate& candidate : candidates) {
    std::vector<bool> truth = truths(predicates, attribute.domain, candidate.value);
    const auto [at, is_new] = known.try_emplace(truth, result.classes.size());
    if (is_new) {
      result.classes.push_back({std::move(candidate.value), std::move(truth), candidate.single});
    } else {
      result.classes[at->second].single = false;
    }
  }
  result.predicates = std::move(predicates);
  return result;
}

Result<Refined> refine(const Partition& a, const Partition& b, size_t max_states) {
  GUARD_CHECK(a.attribute.domain == b.attribute.domain, "partitions of different domains");
  Attribute attribute = a.attribute;
  attribute.min = std::min(a.attribute.min, b.attribute.min);
  attribute.max = std::max(a.attribute.max, b.attribute.max);
  attribute.optional = a.attribute.optional || b.attribute.optional;
  std::vector<Predicate> predicates = a.predicates;
  predicates.insert(predicates.end(), b.predicates.begin(), b.predicates.end());
  auto made = make_partition(attribute, std::move(predicates), max_states);
  if (!made.ok()) return Failure{made.error()};
  Refined result{std::move(made).value(), {}, {}};
  constexpr size_t kOutside = static_cast<size_t>(-1);
  const auto place = [](const Partition& in, const Class& c, size_t first) {
    const auto begin = c.truth.begin() + static_cast<std::ptrdiff_t>(first);
    for (size_t i = 0; i < in.classes.size(); ++i) {
      const Class& own = in.classes[i];
      if (own.witness.present == c.witness.present && std::equal(own.truth.begin(), own.truth.end(), begin)) return i;
    }
    return kOutside;  // The other partition's attribute has no such value.
  };
  for (const Class& c : result.partition.classes) {
    result.left.push_back(place(a, c, 0));
    result.right.push_back(place(b, c, a.predicates.size()));
  }
  return result;
}

}  // namespace guard::partition
