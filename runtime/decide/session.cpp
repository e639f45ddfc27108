// Session: a reader and an engine, and the last decision.
#include "guardvm/session.hpp"

#include "decide/engine.hpp"
#include "decide/text.hpp"
#include "read/reader.hpp"

namespace guardvm {

struct Session::Impl {
  Impl(const Bundle& bundle, Tier tier) : reader(bundle), engine(bundle, tier) {}
  Reader reader;
  Engine engine;
  Action action;
  Decision decision;
  const Action* last = &action;
};

Session::Session(const Bundle& bundle, Tier tier) : impl_(std::make_unique<Impl>(bundle, tier)) {}
Session::Session(Session&&) noexcept = default;
Session::~Session() = default;

const Decision& Session::decide(std::string_view json, const ReadOptions& options) {
  Impl& self = *impl_;
  self.last = &self.action;
  Decision& decision = self.decision;
  if (self.reader.read(json, options, self.action, decision.error)) {
    self.engine.decide(self.action, decision);
    return decision;
  }
  decision.outcome = Outcome::Error;
  decision.by_default = false;
  decision.has_would = false;
  decision.break_glass_requested = false;
  decision.rules.clear();
  decision.break_glass.clear();
  decision.kind = self.action.kind;
  decision.kind_known = self.reader.kind_known();
  return decision;
}

const Decision& Session::decide(const Action& action) {
  impl_->last = &action;
  impl_->engine.decide(action, impl_->decision);
  return impl_->decision;
}

const Action& Session::action() const { return *impl_->last; }
const Decision& Session::decision() const { return impl_->decision; }

bool Session::valid_until(int64_t& instant_ns) { return impl_->engine.valid_until(impl_->decision, instant_ns); }

void Session::append_json(std::string& out, const JsonOptions& options) {
  append_decision_json(out, impl_->engine, impl_->decision, *impl_->last, options);
}

void Session::append_message(std::string& out, const FiredRule& rule) const {
  guardvm::append_message(out, impl_->engine.facts(), impl_->engine.bundle().view().Entries[rule.entry]);
}

void Session::append_text(std::string& out, const JsonOptions& options) {
  append_decision_text(out, impl_->engine, impl_->decision, *impl_->last, options);
}

}  // namespace guardvm
