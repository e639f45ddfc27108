// Report against table; see compare.hpp.
#include "compare.hpp"

#include <algorithm>

#include "regions.hpp"
#include "tests/reference/reference.hpp"

namespace guard::oracle {
namespace {

using check::Effect;
using reference::Outcome;
using reference::Status;
using reference::Truth;

// A witness, decided by the reference evaluator.
struct Witness {
  reference::Record record;
  std::optional<reference::Evaluation> evaluation;
  std::optional<reference::Ruling> ruling;
  Action action;
  std::string error;  // not admissible, and why
};

Witness decide(const Table& table, const std::string& json) {
  reference::Evaluator evaluator(table.set());
  Witness out;
  out.record = evaluator.read(json, {});
  if (out.record.error) {
    out.error = out.record.error->code + " at " + out.record.error->at;
    return out;
  }
  out.evaluation.emplace(evaluator.evaluation(out.record));
  out.ruling = reference::make_ruling(*out.evaluation);
  out.action = {out.evaluation->now(), out.evaluation->values()};
  if (out.ruling->error) out.error = *out.ruling->error;
  if (out.action.now < table.as_of_ns()) out.error = "before --as-of";
  if (out.action.now >= horizon_end(table.set())) out.error = "after the horizon";
  return out;
}

const reference::Fired* fired(const Witness& witness, const std::string& rule) {
  for (const reference::Fired& one : witness.ruling->fired)
    if (one.rule->id == rule) return &one;
  return nullptr;
}

bool applied(const Witness& witness, const std::string& rule) {
  const reference::Fired* one = fired(witness, rule);
  return one && one->status == Status::Applied;
}

size_t rule_index(const Table& table, const std::string& id) {
  for (size_t r = 0; r < table.set().rules.size(); ++r)
    if (table.set().rules[r].id == id) return r;
  return table.set().rules.size();
}

bool speaks(const Witness& witness) {
  return std::any_of(witness.ruling->fired.begin(), witness.ruling->fired.end(), [](const reference::Fired& one) {
    return one.rule->mode == syntax::Mode::Enforce && one.rule->effect != Effect::Warn &&
           one.rule->effect != Effect::Oblige;
  });
}

// The covers that the witness is a gap of.
std::vector<std::string> gaps_of(const Table& table, const Witness& witness) {
  std::vector<std::string> out;
  if (!witness.error.empty() || speaks(witness)) return out;
  for (size_t c = 0; c < table.set().covers.size(); ++c)
    if (const check::Condition* in = reference::condition_on_kind(table.set().covers[c].on, *witness.record.kind))
      if (witness.evaluation->truth(*in) == Truth::True) out.push_back(cover_name(c));
  return out;
}

bool breaks(const Table& table, const Witness& witness, const std::string& id) {
  for (const check::Invariant& invariant : table.set().invariants) {
    const check::Condition* in = reference::condition_on_kind(invariant.on, *witness.record.kind);
    if (invariant.id != id || !in || witness.evaluation->truth(*in) != Truth::True) continue;
    const syntax::OutcomeWord word = witness.ruling->outcome == Outcome::Allow  ? syntax::OutcomeWord::Allow
                                     : witness.ruling->outcome == Outcome::Deny ? syntax::OutcomeWord::Deny
                                                                                : syntax::OutcomeWord::Hold;
    const bool named =
        std::find(invariant.outcomes.begin(), invariant.outcomes.end(), word) != invariant.outcomes.end();
    return named == invariant.never;
  }
  return false;
}

// Empty: the witness shows what the finding says. Findings that say something of all actions show where the rule
// matches.
std::string refuted(const Table& table, const Finding& finding, const Witness& witness) {
  if (!witness.error.empty()) return "it is an error: " + witness.error;
  const std::string& id = finding.id;
  const auto no = [](bool good, const char* why) { return std::string(good ? "" : why); };
  const std::string& first = finding.names[0];
  if (id == "conflict") {
    bool allow = false, deny = false;
    for (const std::string& name : finding.names)
      if (const reference::Fired* one = fired(witness, name); one && one->status == Status::Applied)
        (one->effect == Effect::Allow ? allow : deny) = true;
    return no(allow && deny, "not both rules are applied");
  }
  if (id == "contradictory-obligations")
    return no(fired(witness, first) && fired(witness, finding.names[1]), "not both rules match");
  if (id == "gap") {
    const std::vector<std::string> gaps = gaps_of(table, witness);
    return no(std::find(gaps.begin(), gaps.end(), first) != gaps.end(), "it is not left to the default");
  }
  if (id == "dead-end")
    return no(witness.ruling->outcome == Outcome::Hold && applied(witness, first) && !fired(witness, first)->met &&
                  is_stuck(table, table.kinds()[static_cast<uint32_t>(*witness.record.kind)], witness.action),
              "it is not held for ever by this rule");
  if (id == "self-release")
    return no(
        fired(witness, first) && releases_itself(table, *witness.record.kind, witness.action, rule_index(table, first)),
        "the actor's approvals do not suffice");
  if (id == "invariant-violated") return no(breaks(table, witness, first), "it keeps the invariant");
  if (id == "signal-fails-open")
    return no(fails_open(table, *witness.record.kind, witness.action, rule_index(table, first)),
              "it does not pass because of this rule");
  if (id == "unreachable" || id == "redundant" || id == "always-matches" || id == "dead-condition")
    return no(fired(witness, first) != nullptr || id == "dead-condition", "the rule does not match it");
  return "";
}

bool mentions(const std::string& text, const std::string& name) {
  for (size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
    const size_t end = at + name.size();
    if (end >= text.size() || (!std::isalnum(static_cast<unsigned char>(text[end])) && text[end] != '_')) return true;
  }
  return false;
}

// What the finding is about, in the oracle's names; several only for gaps of several covers.
std::vector<std::vector<std::string>> names_of(const Table& table, const VerifierFinding& finding) {
  const check::PolicySet& set = table.set();
  const auto among = [&](const auto& items) {
    std::vector<std::vector<std::string>> out;
    for (const auto& item : items)
      if (std::find(finding.rules.begin(), finding.rules.end(), item.id) != finding.rules.end())
        return std::vector<std::vector<std::string>>{{item.id}};
    for (const auto& item : items)
      if (finding.subject == item.id || mentions(finding.message, item.id)) out.push_back({item.id});
    if (out.size() > 1) out.resize(1);
    return out;
  };
  if (finding.id == "gap") {
    std::vector<std::vector<std::string>> out;
    for (const std::string& cover : gaps_of(table, decide(table, finding.witness))) out.push_back({cover});
    return out;
  }
  if (finding.id == "invariant-violated") return among(set.invariants);
  if (finding.id.starts_with("exception-")) return among(set.exceptions);
  if (finding.id == "break-glass-too-broad") return among(set.break_glass);
  if (finding.id == "empty-scope") {
    if (auto out = among(set.invariants); !out.empty()) return out;
    for (size_t c = 0; c < set.covers.size(); ++c)
      if (mentions(finding.subject + " " + finding.message, set.covers[c].text)) return {{cover_name(c)}};
    for (const check::Kind& kind : set.kinds)
      if (mentions(finding.message, kind.name)) return {{kind.name}};
  }
  if (finding.id == "dead-condition" && !finding.rules.empty()) return {{finding.rules[0], "`" + finding.region + "`"}};
  if (finding.id == "dead-end") {  // one finding may name all that holds the action
    std::vector<std::vector<std::string>> out;
    for (const std::string& rule : finding.rules) out.push_back({rule});
    return out;
  }
  const Check* check = find_check(finding.id);
  std::vector<std::string> names = finding.rules;
  const bool pair = finding.id == "override-unused" || (check && !check->ordered);
  names.resize(std::min<size_t>(names.size(), pair ? 2 : 1));
  if (check && !check->ordered) std::sort(names.begin(), names.end());
  return {names};
}

}  // namespace

std::string finding_text(const Finding& finding) {
  std::string out = finding.severity + "[" + finding.id + "]";
  for (const std::string& name : finding.names) out += " " + name;
  return out;
}

std::vector<Disagreement> compare_gaps(const property::Files& files, const Table& table,
                                       const std::vector<VerifierFinding>& gaps) {
  std::vector<Disagreement> out;
  const reference::RecordReader reader(table.set());
  for (const KindTable& kind : table.kinds()) {
    Wanted wanted{table.set(), kind.kind, *kind.space, std::vector<bool>(kind.rows.size()),
                  std::vector<bool>(kind.rows.size())};
    size_t covers = 0;
    for (const check::Cover& cover : table.set().covers)
      covers += reference::condition_on_kind(cover.on, kind.kind) != nullptr;
    wanted.whole = covers < 2;
    for (size_t i = 0; i < kind.rows.size(); ++i) {
      wanted.relevant[i] = kind.rows[i].admissible;
      for (size_t c = 0; c < table.set().covers.size(); ++c)
        if (is_gap(table, kind.rows[i], c)) wanted.inside[i] = true;
    }
    std::vector<std::string> regions;
    for (const VerifierFinding& gap : gaps)
      if (reader.read(gap.witness, {}).kind == kind.kind) regions.push_back(gap.region);
    for (std::string& problem : cover_problems(files, wanted, regions))
      out.push_back({"region", "gap", std::move(problem)});
  }
  return out;
}

namespace {

// What is wrong with the region of a conflict: it is to be all admissible actions on which both rules stand.
std::vector<Disagreement> compare_overlap(const property::Files& files, const Table& table,
                                          const VerifierFinding& conflict) {
  std::vector<Disagreement> out;
  const reference::RecordReader reader(table.set());
  size_t allow = rule_index(table, conflict.rules.at(0)), deny = rule_index(table, conflict.rules.at(1));
  if (table.set().rules.at(allow).effect != Effect::Allow) std::swap(allow, deny);
  for (const KindTable& kind : table.kinds()) {
    if (reader.read(conflict.witness, {}).kind != kind.kind) continue;
    Wanted wanted{table.set(), kind.kind, *kind.space, {}, {}, false};
    for (const Row& row : kind.rows) {
      wanted.relevant.push_back(row.admissible);
      wanted.inside.push_back(row.admissible && stand_both(row, allow, deny));
    }
    for (std::string& problem : cover_problems(files, wanted, {conflict.region}))
      out.push_back({"region", "conflict", std::move(problem)});
  }
  return out;
}

}  // namespace

Comparison compare(const property::Files& files, const Table& table, const VerifierReport& report,
                   const std::string& only) {
  Comparison out;
  std::vector<Finding> expected = all_findings(table, only);
  for (const Finding& finding : expected) ++out.findings[finding.id];
  std::vector<bool> seen(expected.size(), false);
  std::vector<VerifierFinding> gaps;
  for (const VerifierFinding& finding : report.findings) {
    const bool compared = find_check(finding.id) != nullptr || finding.id == "acceptance-unused";
    if (!compared || (!only.empty() && finding.id != only)) continue;
    if (finding.id == "gap") gaps.push_back(finding);
    if (finding.id == "conflict") {
      ++out.regions;
      for (Disagreement& one : compare_overlap(files, table, finding)) out.disagreements.push_back(std::move(one));
    }
    bool known = false;
    for (const std::vector<std::string>& names : names_of(table, finding))
      for (size_t i = 0; i < expected.size(); ++i) {
        if (expected[i].id != finding.id || expected[i].names != names) continue;
        known = seen[i] = true;
        if (expected[i].severity != finding.severity)
          out.disagreements.push_back(
              {"severity", finding.id, finding_text(expected[i]) + " is given as " + finding.severity});
        if (finding.witness.empty()) continue;
        ++out.witnesses;
        if (const std::string why = refuted(table, expected[i], decide(table, finding.witness)); !why.empty())
          out.disagreements.push_back({"witness", finding.id, why + ": " + finding.text});
      }
    if (!known) out.disagreements.push_back({"spurious", finding.id, finding.text});
  }
  for (size_t i = 0; i < expected.size(); ++i)
    if (!seen[i]) out.disagreements.push_back({"missed", expected[i].id, finding_text(expected[i])});
  if (only.empty() || only == "gap") {
    out.regions += gaps.size();
    for (Disagreement& one : compare_gaps(files, table, gaps)) out.disagreements.push_back(std::move(one));
  }
  return out;
}

}  // namespace guard::oracle
