// Findings about promises: covers, invariants, requirements, exceptions, signals.
#include <algorithm>
#include <map>
#include <set>

#include "findings.hpp"
#include "tests/reference/evaluate.hpp"
#include "tests/reference/text_forms.hpp"

namespace guard::oracle {
namespace {

using check::Effect;
using reference::Outcome;
using reference::Truth;

template <typename Test>
bool any_row(const Table& table, const Test& test) {
  for (const KindTable& kind : table.kinds())
    for (size_t i = 0; i < kind.rows.size(); ++i)
      if (kind.rows[i].admissible && test(kind, kind.rows[i], i)) return true;
  return false;
}

syntax::OutcomeWord word(Outcome outcome) {
  return outcome == Outcome::Allow  ? syntax::OutcomeWord::Allow
         : outcome == Outcome::Deny ? syntax::OutcomeWord::Deny
                                    : syntax::OutcomeWord::Hold;
}

std::string policy_name(const check::PolicySet& set, check::KindId kind) {
  return set.kinds[static_cast<uint32_t>(kind)].name;
}

}  // namespace

std::string cover_name(size_t cover) { return "cover " + std::to_string(cover + 1); }

bool is_gap(const Table& table, const Row& row, size_t cover) {
  return row.admissible && (row.covers & bit(cover)) && !(row.fired & table.deciding());
}

// gap: an admissible action inside a `cover` matches no enforced deny, allow, require or hold rule.
// READING: inside where the cover's condition surely holds. A rule that is lifted still speaks.
std::vector<Finding> find_gap(const Table& table) {
  std::vector<Finding> out;
  for (size_t c = 0; c < table.set().covers.size(); ++c)
    if (any_row(table, [&](const KindTable&, const Row& row, size_t) { return is_gap(table, row, c); }))
      out.push_back({"gap", {cover_name(c)}, ""});
  return out;
}

namespace {
// Of the action itself and of what it says, its signals and approvals aside.
int64_t latest_instant(const Table& table, const KindTable& kind, const Action& action) {
  int64_t latest = action.now;
  const std::vector<check::Leaf>& leaves = table.kind(kind).leaves;
  for (size_t leaf = 0; leaf < leaves.size(); ++leaf)
    if (leaves[leaf].type.kind == check::TypeKind::Timestamp && leaves[leaf].signal == check::kNoLeaf &&
        action.values[leaf].present)
      latest = std::max(latest, action.values[leaf].number);
  return latest;
}

bool ends_accepted(const reference::Ruling& ruling) {
  return std::any_of(ruling.fired.begin(), ruling.fired.end(), [](const reference::Fired& fired) {
    return fired.status == reference::Status::Applied && fired.can_be_unmet && !fired.met &&
           std::any_of(fired.rule->accepted.begin(), fired.rule->accepted.end(),
                       [](const auto& accepted) { return accepted.check == "dead-end"; });
  });
}
}  // namespace

bool is_stuck(const Table& table, const KindTable& kind, const Action& action) {
  return !kind.space->any_release(action, [&](const Action& trial) {
    const reference::Ruling ruling = reference::make_ruling(evaluation_of(table.set(), kind.kind, trial));
    return !ruling.error && ruling.outcome == Outcome::Allow;
  });
}

// dead-end: an action is held, and with everything else fixed no approvals, no signal value and no later instant make
// it allowed.
// READING: everything else includes the absolute times in the record (but not those of approvals and signals, which are
// as new as they need to be). A later instant is any from the action's own to the horizon's end; that nothing opens for
// an action of the last 400 days of the horizon, or one that names an instant from then on, does not count. An action
// that breaks an assumption is no release. One finding here for each rule that is applied and unmet on such an
// action, unless one of these accepts its dead ends.
std::vector<Finding> find_dead_end(const Table& table) {
  Bits blamed = 0;
  for (const KindTable& kind : table.kinds()) {
    std::map<std::string, bool> known;
    for (size_t i = 0; i < kind.rows.size(); ++i) {
      const Row& row = kind.rows[i];
      if (!row.admissible || row.outcome != Outcome::Hold || !(row.applied & row.unmet & ~blamed)) continue;
      for (const bool late : {false, true}) {
        const Action action = late ? kind.space->late(i) : kind.space->at(i);
        if (latest_instant(table, kind, action) >= horizon_end(table.set()) - kEdge) continue;
        const reference::Ruling ruling = reference::make_ruling(evaluation_of(table.set(), kind.kind, action));
        if (ruling.error || ruling.outcome != Outcome::Hold) continue;
        const auto [place, is_new] = known.emplace(kind.space->fixed_key(action), false);
        if (is_new) place->second = is_stuck(table, kind, action);
        if (!place->second) continue;
        if (ends_accepted(ruling)) continue;
        for (const reference::Fired& fired : ruling.fired)
          if (fired.status == reference::Status::Applied && fired.can_be_unmet && !fired.met)
            blamed |= bit(static_cast<size_t>(fired.rule - table.set().rules.data()));
      }
    }
  }
  std::vector<Finding> out;
  for (size_t r = 0; r < table.set().rules.size(); ++r)
    if (blamed & bit(r)) out.push_back({"dead-end", {table.set().rules[r].id}, ""});
  return out;
}

bool releases_itself(const Table& table, check::KindId kind_id, const Action& action, size_t r) {
  const check::Rule& rule = table.set().rules[r];
  const check::Kind& kind = table.set().kinds[static_cast<uint32_t>(kind_id)];
  const check::RuleOnKind* on = reference::rule_on_kind(rule, kind_id);
  if (!on || on->requirements.empty() || kind.approvals == check::kNoLeaf || kind.actor == check::kNoLeaf) return false;
  const std::string& actor = action.values[static_cast<uint32_t>(kind.actor)].text;
  for (const std::vector<reference::Value>& row : action.values[static_cast<uint32_t>(kind.approvals)].rows)
    if (row[kind.approval_by].text != actor) return false;
  const reference::Evaluation evaluation = evaluation_of(table.set(), kind_id, action);
  for (const std::vector<check::RequirementId>& clause : on->requirements)
    for (const check::RequirementId id : clause)
      if (evaluation.approvals(id).met) return true;
  return false;
}

// self-release: the actor of an action can satisfy its own requirement.
// READING: an enforced rule matches an admissible action all of whose approvals are the actor's own, and they meet one
// `require` clause of the rule. Where somebody else must approve too (two approvals including the actor), that is none.
std::vector<Finding> find_self_release(const Table& table) {
  std::vector<Finding> out;
  for (size_t r = 0; r < table.set().rules.size(); ++r) {
    const check::Rule& rule = table.set().rules[r];
    const bool asks = std::any_of(rule.on.begin(), rule.on.end(),
                                  [](const check::RuleOnKind& on) { return !on.requirements.empty(); });
    if (!asks || !(table.enforced() & bit(r))) continue;
    if (any_row(table, [&](const KindTable& kind, const Row& row, size_t i) {
          return (row.fired & bit(r)) && releases_itself(table, kind.kind, kind.space->at(i), r);
        }))
      out.push_back({"self-release", {rule.id}, ""});
  }
  return out;
}

// invariant-violated: an action breaks a declared invariant.
// READING: where its condition surely holds.
std::vector<Finding> find_invariant_violated(const Table& table) {
  std::vector<Finding> out;
  for (size_t n = 0; n < table.set().invariants.size(); ++n) {
    const check::Invariant& invariant = table.set().invariants[n];
    if (any_row(table, [&](const KindTable&, const Row& row, size_t) {
          const bool named = std::find(invariant.outcomes.begin(), invariant.outcomes.end(), word(row.outcome)) !=
                             invariant.outcomes.end();
          return (row.invariants & bit(n)) && named == invariant.never;
        }))
      out.push_back({"invariant-violated", {invariant.id}, ""});
  }
  return out;
}

// exception-expired: it is expired at `--as-of`.
std::vector<Finding> find_exception_expired(const Table& table) {
  std::vector<Finding> out;
  for (const check::Exception& exception : table.set().exceptions)
    if (exception.expires_ns <= table.as_of_ns()) out.push_back({"exception-expired", {exception.id}, ""});
  return out;
}

// exception-too-broad: the exception's scope contains everything its rule matches.
// READING: the scope is its kinds and its condition, before it expires. One of its rules suffices, if that rule matches
// anything before the exception expires, in any mode but `off`. An expired exception is only expired.
std::vector<Finding> find_exception_too_broad(const Table& table) {
  std::vector<Finding> out;
  for (size_t e = 0; e < table.set().exceptions.size(); ++e) {
    const check::Exception& exception = table.set().exceptions[e];
    if (exception.expires_ns <= table.as_of_ns()) continue;
    const bool broad = std::any_of(exception.rules.begin(), exception.rules.end(), [&](check::RuleId id) {
      const Bits rule = bit(static_cast<uint32_t>(id));
      bool matched = false;
      const bool outside = any_row(table, [&](const KindTable& kind, const Row& row, size_t i) {
        if (!(row.fired & rule) || kind.space->at(i).now >= exception.expires_ns) return false;
        matched = true;
        return !(row.exceptions & bit(e));
      });
      return matched && !outside;
    });
    if (broad) out.push_back({"exception-too-broad", {exception.id}, ""});
  }
  return out;
}

// break-glass-too-broad: release without any approver or condition.
// READING: `who` and `when` surely hold of every admissible action of one of its kinds.
std::vector<Finding> find_break_glass_too_broad(const Table& table) {
  std::vector<Finding> out;
  for (size_t g = 0; g < table.set().break_glass.size(); ++g) {
    const check::BreakGlass& glass = table.set().break_glass[g];
    const bool broad = std::any_of(table.kinds().begin(), table.kinds().end(), [&](const KindTable& kind) {
      if (!reference::condition_on_kind(glass.on, kind.kind)) return false;
      bool any = false;
      for (const Row& row : kind.rows) {
        if (!row.admissible) continue;
        any = true;
        if (!(row.glasses & bit(g))) return false;
      }
      return any;
    });
    if (broad) out.push_back({"break-glass-too-broad", {glass.id}, ""});
  }
  return out;
}

bool fails_open(const Table& table, check::KindId kind, const Action& action, size_t rule) {
  check::PolicySet heeding = table.set();
  heeding.rules[rule].if_missing = syntax::MissingPolicy::Block;
  const reference::Ruling with = reference::make_ruling(evaluation_of(heeding, kind, action));
  const reference::Ruling ruling = reference::make_ruling(evaluation_of(table.set(), kind, action));
  return !ruling.error && !with.error && ruling.outcome == Outcome::Allow && with.outcome != Outcome::Allow;
}

// signal-fails-open: a rule ignores a missing or stale signal and an action passes only because of that.
// READING: the action is allowed, and would not be if the rule said `if missing: block`. The signal counts as ignored
// where the rule's condition is unknown; an author's own `s is fresh and …` is a condition like any other.
std::vector<Finding> find_signal_fails_open(const Table& table) {
  std::vector<Finding> out;
  for (size_t r = 0; r < table.set().rules.size(); ++r) {
    const check::Rule& rule = table.set().rules[r];
    if (!check::is_blocking(rule.effect) || rule.if_missing != syntax::MissingPolicy::Ignore ||
        !(table.enforced() & bit(r)) || (never_matching(table) & bit(r)))
      continue;
    if (any_row(table, [&](const KindTable& kind, const Row& row, size_t i) {
          return row.outcome == Outcome::Allow && (row.unknown & bit(r)) &&
                 fails_open(table, kind.kind, kind.space->at(i), r);
        }))
      out.push_back({"signal-fails-open", {rule.id}, ""});
  }
  return out;
}

// empty-scope: an invariant, cover, test fixture or assumption whose scope no admissible action satisfies.
// READING: on none of its kinds. Of assumptions: a kind has no admissible action at all; named by the kind.
std::vector<Finding> find_empty_scope(const Table& table) {
  std::vector<Finding> out;
  for (const KindTable& kind : table.kinds())
    if (std::none_of(kind.rows.begin(), kind.rows.end(), [](const Row& row) { return row.admissible; }))
      out.push_back({"empty-scope", {policy_name(table.set(), kind.kind)}, "error"});
  if (!out.empty()) return out;
  for (size_t n = 0; n < table.set().invariants.size(); ++n)
    if (!any_row(table, [&](const KindTable&, const Row& row, size_t) { return (row.invariants & bit(n)) != 0; }))
      out.push_back({"empty-scope", {table.set().invariants[n].id}, ""});
  for (size_t c = 0; c < table.set().covers.size(); ++c)
    if (!any_row(table, [&](const KindTable&, const Row& row, size_t) { return (row.covers & bit(c)) != 0; }))
      out.push_back({"empty-scope", {cover_name(c)}, ""});
  return out;
}

}  // namespace guard::oracle
