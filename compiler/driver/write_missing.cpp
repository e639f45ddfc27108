// See write_missing.hpp.
#include "driver/write_missing.hpp"

#include <algorithm>
#include <map>

#include "base/result.hpp"
#include "driver/coverage.hpp"
#include "guardvm/session.hpp"
#include "syntax/text.hpp"

namespace guard::driver {
namespace {

using verify::Side;
using verify::Verdict;

// A name that no policy of the set has.
std::string new_policy(const check::PolicySet& set) {
  std::string name = "missing_tests";
  const auto taken = [&] {
    return std::any_of(set.rules.begin(), set.rules.end(),
                       [&](const check::Rule& rule) { return rule.policy == name; });
  };
  for (size_t i = 2; taken(); ++i) name = "missing_tests_" + std::to_string(i);
  return name;
}

std::string words(const CoverageItem& item, const Side& side) {
  if (side.node == guardvm::format::kNone) return item.name + (side.yes ? " fires" : " does not fire");
  return item.rule + ": `" + item.name + "` is " + (side.yes ? "true" : "false");
}

class Writer {
 public:
  Writer(const check::PolicySet& set, const guardvm::Bundle& bundle, const Coverage& covered)
      : bundle_(bundle), session_(bundle), coverage_(bundle), cases_(bundle), policy_(new_policy(set)) {
    coverage_.go_on_from(covered);
  }

  MissingTests run() {
    std::map<std::string, Verdict> open;  // in words: the best answer on some kind
    for (const Side& side : coverage_.sides()) {
      if (!coverage_.is_open(side)) continue;
      const std::string what = words(coverage_.item(side), side);
      verify::Witness action;
      const Verdict verdict = cases_.find(side, action);
      if (verdict == Verdict::Possible) {
        write(side, what, action.action);
        open.erase(what);
      } else if (const auto known = open.emplace(what, verdict).first; verdict == Verdict::Unknown) {
        known->second = verdict;
      }
    }
    for (const Side& side : coverage_.sides()) {
      const std::string what = words(coverage_.item(side), side);
      if (const auto found = open.find(what); found != open.end() && !coverage_.is_open(side)) open.erase(found);
    }
    for (const auto& [what, verdict] : open)
      (verdict == Verdict::Impossible ? out_.impossible : out_.unsettled).push_back(what);
    if (out_.tests > 0) {
      out_.text =
          "// Written by `guardc test --write-missing`: an action for each rule and condition that no test showed both "
          "ways.\n"
          "policy " +
          policy_ + "\n" + out_.text;
    }
    out_.coverage = std::move(coverage_).take();
    return std::move(out_);
  }

 private:
  void write(const Side& side, const std::string& what, const std::string& action) {
    const guardvm::Decision& decision = session_.decide(action, {});
    coverage_.add(session_.action(), decision);
    GUARD_CHECK(!coverage_.is_open(side), "an action does not show what it was found for");
    ++out_.tests;
    out_.text += "\ntest " + syntax::quote(what) + " {\n  given json " + syntax::quote(action) + "\n  expect " +
                 std::string(guardvm::outcome_word(decision.outcome)) + "\n";
    if (side.node == guardvm::format::kNone) {
      const uint32_t rule = bundle_.view().Entries[side.entry].object;
      const auto fired = std::find_if(decision.rules.begin(), decision.rules.end(),
                                      [rule](const guardvm::FiredRule& one) { return one.rule == rule; });
      out_.text += "  expect " + std::string(bundle_.text(bundle_.view().Rules[rule].id)) + " is " +
                   (fired == decision.rules.end() ? "silent" : std::string(guardvm::status_word(fired->status))) + "\n";
    }
    out_.text += "}\n";
  }

  const guardvm::Bundle& bundle_;
  guardvm::Session session_;
  CoverageCollector coverage_;
  verify::CaseFinder cases_;
  std::string policy_;
  MissingTests out_;
};

}  // namespace

MissingTests missing_tests(const check::PolicySet& set, const guardvm::Bundle& bundle, const Coverage& covered) {
  return Writer(set, bundle, covered).run();
}

}  // namespace guard::driver
