// The table of diagnostics, the list that collects them, and the search for a near name.
#include "diag/diagnostic.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <tuple>
#include <utility>

#include "diag/render.hpp"

namespace guard {

namespace {

constexpr DiagInfo kTable[] = {
#define GUARD_DIAG(Name, kebab, severity, help) {kebab, Severity::severity, help},
#include "diag/diagnostics.def"
#undef GUARD_DIAG
};

// Longer words are not typing mistakes of a name, and the distance is quadratic.
constexpr size_t kMaxNearestWord = 64;

auto place(const Diagnostic& d) { return std::tuple(d.span.file, d.span.begin, d.span.end, d.id); }

std::string lower(std::string_view word) {
  std::string result(word);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

// Optimal string alignment (Damerau-Levenshtein without repeated edits of one substring).
size_t distance(std::string_view a, std::string_view b) {
  using Row = std::array<size_t, 2 * kMaxNearestWord + 1>;
  Row before{}, previous{}, current{};
  for (size_t j = 0; j <= b.size(); ++j) previous[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    current[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t change = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      current[j] = std::min({previous[j] + 1, current[j - 1] + 1, change});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) current[j] = std::min(current[j], before[j - 2] + 1);
    }
    before = previous;
    previous = current;
  }
  return previous[b.size()];
}

}  // namespace

const DiagInfo& info(DiagId id) { return kTable[static_cast<size_t>(id)]; }

size_t diag_count() { return std::size(kTable); }

Diagnostic& Diagnostics::report(DiagId id, Span span, std::string message) {
  list_.push_back({id, span, std::move(message), {}, {}});
  if (info(id).severity == Severity::Error) ++errors_;
  return list_.back();
}

void Diagnostics::finish() {
  std::stable_sort(list_.begin(), list_.end(),
                   [](const Diagnostic& a, const Diagnostic& b) { return place(a) < place(b); });
  const auto same = [](const Diagnostic& a, const Diagnostic& b) { return place(a) == place(b); };
  list_.erase(std::unique(list_.begin(), list_.end(), same), list_.end());
  errors_ = rendering::count(*this, Severity::Error);
}

std::string nearest(std::string_view word, const std::vector<std::string>& known) {
  if (word.size() > kMaxNearestWord) return {};
  const std::string wanted = lower(word);
  size_t limit = word.size() / 3;
  const std::string* best = nullptr;
  for (const std::string& candidate : known) {
    const size_t gap = candidate.size() > word.size() ? candidate.size() - word.size() : word.size() - candidate.size();
    if (gap > limit || candidate.size() > 2 * kMaxNearestWord) continue;
    const size_t edits = distance(wanted, lower(candidate));
    if (edits > limit || (best != nullptr && edits == limit)) continue;
    best = &candidate;
    limit = edits;
  }
  return best == nullptr ? std::string{} : *best;
}

std::string enumerated(const std::vector<std::string>& items, std::string_view conjunction, std::string_view quote) {
  std::string out;
  for (size_t i = 0; i < items.size(); ++i) {
    if (i > 0 && i + 1 < items.size()) out += ", ";
    if (i > 0 && i + 1 == items.size()) out.append(" ").append(conjunction).append(" ");
    out.append(quote).append(items[i]).append(quote);
  }
  return out;
}

std::string render(const Diagnostics& diagnostics, const Sources& sources, DiagFormat format) {
  switch (format) {
    case DiagFormat::Text:
      return rendering::text(diagnostics, sources);
    case DiagFormat::Json:
      return rendering::json(diagnostics, sources);
    case DiagFormat::Sarif:
      return rendering::sarif(diagnostics, sources);
    case DiagFormat::Github:
      return rendering::github(diagnostics, sources);
  }
  return {};
}

}  // namespace guard
