// Decides one action after another against a loaded bundle.
//
//   auto bundle = guardvm::Bundle::load(path);
//   guardvm::Session session(bundle.value());                 // the buffers of one thread; reuse it
//   const guardvm::Decision& d = session.decide(json, {});     // borrows `json` and the session until the next call
//   if (d.outcome != guardvm::Outcome::Allow) stop();
//   std::string text = session.to_json(d, {});                 // messages, missing, valid_until
//
// Never fails open: bytes that do not fit the schema give Outcome::Error with a code and a JSON pointer.
// Threads: a Bundle may be shared; a Session may not. Allocation: none on the decision path after the first calls.
// Cost: O(bytes) to read, O(attributes + matching rules) to decide; valid_until and messages only when printed.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "guardvm/action.hpp"
#include "guardvm/bundle.hpp"

namespace guardvm {

enum class Outcome : uint8_t { Allow, Deny, Hold, Error };
[[nodiscard]] std::string_view outcome_word(Outcome outcome);
enum class Status : uint8_t { Applied, Overridden, Excepted, Shadow, Advisory };
[[nodiscard]] std::string_view status_word(Status status);

// Which engine finds the entries that match. Both give the same decision; Linear evaluates every entry's code.
enum class Tier : uint8_t { Indexed, Linear };

struct FiredRule {
  enum class By : uint8_t { None, Rule, Exception, BreakGlass };
  uint32_t rule = 0;                             // Rules
  uint32_t entry = 0;                            // Entries
  format::Effect effect = format::Effect::Deny;  // Hold when degraded
  Status status = Status::Applied;
  bool degraded = false;  // fires only because a signal is missing or stale, and holds
  bool met = true;        // Require, Hold, Allow with requirements
  By by_what = By::None;
  uint32_t by = 0;                 // Rules, Exceptions or BreakGlasses
  Outcome would = Outcome::Allow;  // Shadow, Advisory: the outcome with this rule enforced
};

struct Decision {
  Outcome outcome = Outcome::Error;
  bool by_default = false;
  bool kind_known = false;
  uint32_t kind = 0;
  std::vector<FiredRule> rules;        // by ascending rule
  std::vector<uint32_t> break_glass;   // active ones
  bool break_glass_requested = false;  // the record carries the break-glass record
  bool has_would = false;              // some shadow or advisory rule fired
  Outcome would = Outcome::Allow;      // with all of them enforced
  ReadError error;                     // Outcome::Error
};

struct JsonOptions {
  bool valid_until = true;
  bool explain = false;
};

class Session {
 public:
  explicit Session(const Bundle& bundle, Tier tier = Tier::Indexed);
  Session(Session&&) noexcept;
  ~Session();

  // Reads the record and decides it. The decision is valid until the next call on this session.
  const Decision& decide(std::string_view json, const ReadOptions& options);
  // Decides an action that was read before (slots borrowed). For benchmarks, replay and valid_until.
  const Decision& decide(const Action& action);
  [[nodiscard]] const Action& action() const;      // of the last decide(json)
  [[nodiscard]] const Decision& decision() const;  // the last one

  // The earliest later instant at which the last decision would change (grammar/LANGUAGE.md, "valid_until"). False:
  // never.
  bool valid_until(int64_t& instant_ns);
  // The last decision as JSON, one line, no line end; the keys are documented in grammar/LANGUAGE.md, "The decision".
  void append_json(std::string& out, const JsonOptions& options);
  // The message of a rule that fired in the last decision, with the action's values filled in.
  void append_message(std::string& out, const FiredRule& rule) const;
  // The last decision as text for people.
  void append_text(std::string& out, const JsonOptions& options);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace guardvm
