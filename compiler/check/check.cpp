// The order in which a set is checked, and what is true of the set as a whole.
#include "check/check.hpp"

#include <algorithm>

#include "check/context.hpp"
#include "check/data.hpp"
#include "check/names.hpp"
#include "check/rules.hpp"
#include "check/schema.hpp"
#include "check/tests.hpp"
#include "check/windows.hpp"
#include "check/zones.hpp"

namespace guard::check {

namespace {

// Every kind must be spoken to by a rule that exists, or be unguarded on purpose.
void check_coverage(Context& context) {
  if (!context.rules_are_whole()) return;  // the missing rule may be the one that was reported
  if (context.set.rules.empty()) {
    context.report(DiagId::NoRules, context.schema->name.span, "there is no rule in the whole set");
    return;
  }
  std::vector<bool> covered(context.set.kinds.size(), false);
  for (const Rule& rule : context.set.rules) {
    if (rule.mode == syntax::Mode::Off) continue;
    for (const RuleOnKind& on : rule.on) covered[static_cast<uint32_t>(on.kind)] = true;
  }
  for (size_t i = 0; i < covered.size(); ++i) {
    const Kind& kind = context.set.kinds[i];
    if (covered[i] || kind.unguarded) continue;
    context.report(DiagId::UncoveredKind, kind.span, "no rule speaks of `" + kind.name + "`")
        .help("write a rule for it, or `unguarded " + kind.name + "` in the schema");
  }
}

// Whatever was refused was reported, or a part of the set would be missing without a word.
void check_nothing_is_broken(const Context& context) {
  const auto sound = [](const Scope& scope) {
    return std::none_of(scope.order.begin(), scope.order.end(),
                        [](const Symbol* s) { return s->state == Symbol::State::Broken; });
  };
  GUARD_CHECK(sound(context.schema_scope), "a declaration was refused without a diagnostic");
  for (const auto& scope : context.policies)
    GUARD_CHECK(sound(*scope), "a declaration was refused without a diagnostic");
  for (const Rule& rule : context.set.rules) {
    GUARD_CHECK(!rule.on.empty(), "a rule lost its kinds without a diagnostic");
    for (const RuleOnKind& on : rule.on) {
      GUARD_CHECK(on.until.has_value() == (rule.effect == Effect::Hold), "an `until` was refused without a diagnostic");
      GUARD_CHECK(rule.message_source.empty() || !on.message.empty(), "a message was refused without a diagnostic");
      for (const auto& group : on.requirements)
        GUARD_CHECK(!group.empty(), "a requirement was refused without a diagnostic");
    }
  }
  for (const Exception& e : context.set.exceptions)
    GUARD_CHECK(!e.rules.empty() && !e.on.empty(), "an exception lost its scope without a diagnostic");
  for (const BreakGlass& g : context.set.break_glass)
    GUARD_CHECK(!g.on.empty(), "a break glass lost its scope without a diagnostic");
}

void add_sources(Context& context) {
  for (const syntax::File& file : context.files) {
    const SourceFile& source = context.sources.file(file.id);
    context.set.sources.push_back({file.id, source.path, sha256_hex(source.text)});
  }
  std::sort(context.set.sources.begin(), context.set.sources.end(),
            [](const SourceDigest& a, const SourceDigest& b) { return a.path < b.path; });
}

}  // namespace

std::optional<PolicySet> check(const std::vector<syntax::File>& files, const Sources& sources,
                               const CheckOptions& options, Diagnostics& diagnostics) {
  const size_t before = diagnostics.error_count();
  Context context(files, sources, options, diagnostics);
  if (files.size() > limits::kSourceFiles.value) context.exceeded(limits::kSourceFiles, {files.back().id, 0, 0});
  set_horizon(context);
  find_schema(context);
  if (context.schema == nullptr) return std::nullopt;
  build_schema(context);
  declare_names(context);
  if (context.set.kinds.empty()) return std::nullopt;
  build_data(context);  // before the lets, which may name words of its enums
  resolve_all_lets(context);
  build_windows(context);
  build_rules(context);
  build_exceptions(context);
  build_break_glass(context);
  build_claims(context);
  build_tests(context);
  check_coverage(context);
  // With errors, what looks unused may be what a mistyped name meant.
  if (diagnostics.error_count() == before) report_unused(context);
  if (diagnostics.error_count() > before) return std::nullopt;
  check_nothing_is_broken(context);
  build_zones(context);
  add_sources(context);
  return std::move(context.set);
}

}  // namespace guard::check
