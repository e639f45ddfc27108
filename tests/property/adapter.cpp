// The adapter of the differential test: guard_driver and guardvm's C++ interface. See adapter.hpp.
#include "adapter.hpp"

#include "diag/render.hpp"
#include "driver/compile.hpp"
#include "guardvm/bundle.hpp"
#include "guardvm/session.hpp"
#include "tests/reference/text_forms.hpp"

namespace guard::property {

std::optional<CompiledSet> compile(const Files& files, std::string& reasons) {
  driver::Compiled compiled = driver::compile_text(files, {});
  if (!compiled.ok() || compiled.bundle.empty()) {
    reasons = render(compiled.diagnostics, compiled.sources, DiagFormat::Text);
    return std::nullopt;
  }
  CompiledSet out{std::move(*compiled.set), {}, std::move(compiled.bundle)};
  for (uint32_t i = 0; i < compiled.sources.size(); ++i) out.texts.push_back(compiled.sources.file(FileId{i}).text);
  return out;
}

struct Machine::State {
  std::optional<guardvm::Bundle> bundle;
  std::optional<guardvm::Session> session;
  std::string digest;
};

Machine::Machine(const std::string& bundle, Tier tier, std::string& reason) : state_(std::make_unique<State>()) {
  guardvm::Loaded<guardvm::Bundle> loaded = guardvm::Bundle::from_bytes(bundle);
  if (!loaded.ok()) {
    reason = loaded.error().message;
    return;
  }
  state_->bundle.emplace(std::move(loaded.value()));
  state_->session.emplace(*state_->bundle, tier == Tier::Indexed ? guardvm::Tier::Indexed : guardvm::Tier::Linear);
  state_->digest = state_->bundle->digest();
}

Machine::~Machine() = default;

bool Machine::ready() const { return state_->session.has_value(); }
const std::string& Machine::digest() const { return state_->digest; }

std::string Machine::decide(std::string_view record, const reference::Options& options) {
  guardvm::ReadOptions read;
  if (options.kind) read.kind = *options.kind;
  if (options.at) {
    int64_t at = 0;
    read.has_at = reference::parse_timestamp(*options.at, at) == reference::Fit::Good;
    read.at_ns = at;
  }
  read.strict = options.strict;
  state_->session->decide(record, read);
  std::string out;
  guardvm::JsonOptions json;
  json.valid_until = options.with_valid_until;
  state_->session->append_json(out, json);
  return out;
}

}  // namespace guard::property
