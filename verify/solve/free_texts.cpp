// Texts that the flags say the same of are searched for together, for they are different ones.
//
// SOUND: when fewer than `n` texts satisfy some signs, the flags of no `n` texts can all say these signs.
#include "verify/solve/free_texts.hpp"

#include <algorithm>

#include "base/result.hpp"
#include "verify/model/text_search.hpp"

namespace guard::verify {
namespace {

struct Alike {
  TextSearch* search;
  std::vector<Sign> signs;
  std::vector<size_t> texts;  // positions in Problem::texts
};

std::vector<Alike> alike(const Problem& problem, const Assignment& solution) {
  std::vector<Alike> found;
  for (size_t t = 0; t < problem.texts.size(); ++t) {
    const FreeText& text = problem.texts[t];
    std::vector<Sign> signs;
    for (uint32_t i = 0; i < text.matches.size(); ++i) {
      signs.push_back({text.matches[i], solution.values[text.first_flag + i] == 1});
    }
    for (const PredId pred : text.excluded) signs.push_back({pred, false});
    const auto at = std::find_if(found.begin(), found.end(), [&](const Alike& other) {
      return other.search == text.search && other.signs == signs;
    });
    if (at == found.end()) {
      found.push_back({text.search, std::move(signs), {t}});
    } else {
      at->texts.push_back(t);
    }
  }
  return found;
}

}  // namespace

Verdict learn(Problem& problem, const Assignment& solution) {
  for (const Alike& own : alike(problem, solution)) {
    const TextSearch::Answer answer = own.search->find(own.signs, own.texts.size());
    if (answer.gave_up) return Verdict::Unknown;
    if (answer.texts.size() == own.texts.size()) continue;
    std::vector<TermId> parts;
    for (const size_t t : own.texts) {
      const FreeText& text = problem.texts[t];
      for (uint32_t i = 0; i < text.matches.size(); ++i) {
        for (const Sign& sign : answer.core) {
          if (sign.pred != text.matches[i]) continue;
          parts.push_back(problem.lit(text.first_flag + i, {sign.holds ? uint64_t{1} : uint64_t{2}}));
        }
      }
    }
    problem.lemmas.push_back(problem.any(std::move(parts)));
    return Verdict::Impossible;
  }
  return Verdict::Possible;
}

std::vector<std::string> texts_of(const Problem& problem, const Assignment& solution) {
  std::vector<std::string> texts(problem.texts.size());
  for (const Alike& own : alike(problem, solution)) {
    const TextSearch::Answer answer = own.search->find(own.signs, own.texts.size());
    GUARD_CHECK(answer.texts.size() == own.texts.size(), "a solution whose texts there are not");
    for (size_t i = 0; i < own.texts.size(); ++i) texts[own.texts[i]] = answer.texts[i];
  }
  return texts;
}

}  // namespace guard::verify
