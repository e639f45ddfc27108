// A gate's decision for people and for programs: the decision as `eval` prints it, and what only a gate knows.
#include "guardvm/limits.hpp"
#include "read/json_writer.hpp"
#include "read/values.hpp"
#include "tool/gate.hpp"

namespace guardvm::tool {

namespace {

void line(std::string& out, std::string_view text) {
  out += "  ";
  out += text;
  out += '\n';
}

void append_candidate_line(std::string& out, const GateTry& decided) {
  if (!decided.candidate_problem.empty()) line(out, "candidate refused, so not asked: " + decided.candidate_problem);
  if (decided.beside == nullptr) return;
  const Decision& other = decided.beside->decision();
  std::string text = "candidate would ";
  text += outcome_word(other.outcome);
  std::string rules;
  for (const FiredRule& fired : other.rules) {
    if (fired.status != Status::Applied) continue;
    rules += rules.empty() ? ": " : ", ";
    rules += decided.candidate->text(decided.candidate->view().Rules[fired.rule].id);
  }
  line(out, text + rules);
}

}  // namespace

void append_gate_text(std::string& out, const GateTry& decided) {
  const bool allowed = decided.session.decision().outcome == Outcome::Allow;
  decided.session.append_text(out, {false, !allowed});
  if (decided.valid_until) {
    std::string until = "valid until ";
    append_timestamp(until, *decided.valid_until);
    line(out, until);
  }
  if (decided.composed.too_far)
    line(out, "the action's own time is more than " + std::to_string(kLimitGateSkewSeconds) +
                  " s from the clock's; leave it out, the gate puts in the clock's");
  for (const std::string& note : decided.composed.notes) line(out, note);
  append_candidate_line(out, decided);
  if (decided.options.wait_ns > 0 && decided.attempt > 1) line(out, "try " + std::to_string(decided.attempt));
  if (decided.recorded)
    line(out, "record " + std::to_string(decided.recorded->sequence) + " of the log `" + decided.options.log + '`');
  if (decided.options.mode == log::Mode::DryRun) {
    line(out,
         allowed ? "dry run: nothing is enforced" : "dry run: nothing is enforced; else the pipeline would stop here");
  }
}

void append_gate_json(std::string& out, const GateTry& decided) {
  JsonWriter json(out);
  json.open('{');
  json.key("guard_gate");
  json.number(1);
  json.member("outcome", outcome_word(decided.session.decision().outcome));
  json.member("mode", log::mode_word(decided.options.mode));
  json.key("at");
  json.instant(decided.instant_ns);
  json.key("valid_until");
  if (decided.valid_until)
    json.instant(*decided.valid_until);
  else
    json.raw("null");
  json.key("action");
  if (decided.action_digest.empty())
    json.raw("null");
  else
    json.text(decided.action_digest);
  json.member("bundle", decided.bundle.digest());
  if (!decided.run.empty()) {
    json.member("run", decided.run);
    json.key("attempt");
    json.number(decided.attempt);
  }
  if (decided.recorded) {
    json.key("record");
    json.open('{');
    json.key("seq");
    json.number(decided.recorded->sequence);
    json.member("id", decided.recorded->id);
    json.member("hash", decided.recorded->hash);
    json.close('}');
  }
  json.key("notes");
  json.open('[');
  for (const std::string& note : decided.composed.notes) json.text(note);
  json.close(']');
  std::string part;
  const bool allowed = decided.session.decision().outcome == Outcome::Allow;
  decided.session.append_json(part, {true, !allowed});
  json.key("decision");
  json.raw(part);
  if (!decided.candidate_problem.empty()) json.member("candidate_refused", decided.candidate_problem);
  if (decided.beside != nullptr) {
    part.clear();
    decided.beside->append_json(part, {true, false});
    json.key("candidate");
    json.raw(part);
  }
  json.close('}');
  out += '\n';
}

}  // namespace guardvm::tool
