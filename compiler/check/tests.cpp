// Tests of the schema and of all policies, in order of policy and place.
#include "check/tests.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "check/constants.hpp"
#include "check/fixtures.hpp"
#include "check/names.hpp"
#include "check/rules.hpp"

namespace guard::check {

namespace {

using SK = syntax::TestStep::Kind;

constexpr std::array kErrorCodes = {
#define GUARD_ERROR(Name, code, help) std::string_view(code),
#include "tables/errors.def"
#undef GUARD_ERROR
};

class TestBuilder {
 public:
  TestBuilder(Context& context, Scope& scope, const syntax::TestItem& item)
      : context_(context), scope_(scope), item_(item) {}

  void build() {
    Test test;
    test.name = item_.name.value;
    test.policy = scope_.policy;
    test.span = item_.name.span;
    if (item_.steps.empty()) report(item_.name.span, "the test is empty", "give it an action, and say what to expect");
    for (const syntax::TestStep& step : item_.steps) {
      const bool given = step.kind == SK::GivenRecord || step.kind == SK::GivenJson || step.kind == SK::GivenFile;
      if (given) {
        expects_something(test);
        test.cases.push_back(test_case(step));
      } else if (test.cases.empty()) {
        report(step.span, "nothing is given yet", "write `given …` before `expect …`");
      } else if (auto expectation = expect(step)) {
        test.cases.back().expectations.push_back(std::move(*expectation));
        ++expectations_;
      }
    }
    expects_something(test);
    context_.set.tests.push_back(std::move(test));
  }

 private:
  void report(Span span, std::string what, std::string help) {
    context_.report(DiagId::BadTest, span, std::move(what)).help(std::move(help));
  }

  // Each action must be followed by an expectation, or it tests nothing.
  void expects_something(const Test& test) {
    if (!test.cases.empty() && expectations_ == 0 && !failed_) {
      report(test.cases.back().span, "nothing is expected of this action",
             "write `expect allow`, `expect deny by …`, …");
    }
    expectations_ = 0;
    failed_ = false;
  }

  TestCase test_case(const syntax::TestStep& step) {
    TestCase result;
    result.span = step.span;
    if (step.as) {
      if (resolve_kind(context_, *step.as)) result.kind = step.as->text;
    }
    switch (step.kind) {
      case SK::GivenRecord:
        if (auto json = record_json(context_, scope_, *step.record)) result.json = std::move(*json);
        break;
      case SK::GivenJson:
        result.json = step.text.value;
        break;
      case SK::GivenFile: {
        bool readable = false;
        result.json = context_.read(step.span.file, step.text, readable);
        break;
      }
      default:
        break;
    }
    return result;
  }

  std::optional<RuleId> rule(const syntax::RuleRef& ref) {
    const auto id = resolve_rule(context_, scope_, ref);
    failed_ = failed_ || !id;
    return id;
  }

  std::optional<Expectation> expect(const syntax::TestStep& step) {
    Expectation result{step.kind, step.outcome, {}, {}, {}, step.status, {}, {}, step.span};
    switch (step.kind) {
      case SK::ExpectOutcome:
        for (const syntax::RuleRef& ref : step.rules) {
          if (const auto id = rule(ref)) result.by.push_back(*id);
        }
        return result;
      case SK::ExpectError:
        if (!known_code(step)) return std::nullopt;
        result.error = step.text.value;
        return result;
      case SK::ExpectStatus: {
        const auto id = rule(step.rules[0]);
        if (!id) return std::nullopt;
        result.rule = *id;
        return result;
      }
      case SK::ExpectObligation: {
        Site site;
        site.scope = &scope_;
        const auto obligation = build_obligation(context_, site, step.name, *step.value, step.span);
        failed_ = failed_ || !obligation;
        if (!obligation) return std::nullopt;
        result.obligation = obligation->name;
        const TypeKind kind = obligation->value.type.kind;
        const bool text = kind == TypeKind::String || kind == TypeKind::Duration;
        result.obligation_json = text ? json_string(obligation->text) : obligation->text;
        return result;
      }
      case SK::GivenRecord:
      case SK::GivenJson:
      case SK::GivenFile:
        break;
    }
    return std::nullopt;
  }

  // The code must be one that a decision can have.
  bool known_code(const syntax::TestStep& step) {
    const std::string& code = step.text.value;
    if (code.empty()) return true;
    if (code != "none" && std::find(kErrorCodes.begin(), kErrorCodes.end(), code) != kErrorCodes.end()) return true;
    failed_ = true;
    Diagnostic& diagnostic =
        context_.report(DiagId::UnknownErrorCode, step.text.span, "no decision has the error code `" + code + "`");
    suggest(diagnostic, code, std::vector<std::string>(kErrorCodes.begin() + 1, kErrorCodes.end()));
    return false;
  }

  Context& context_;
  Scope& scope_;
  const syntax::TestItem& item_;
  size_t expectations_ = 0;
  bool failed_ = false;  // an expectation of the current action was reported
};

void build_scope(Context& context, Scope& scope) {
  std::unordered_map<std::string, Span> names;
  for (const syntax::Section* section : scope.sections) {
    for (const syntax::Item& item : section->items) {
      const auto* test = std::get_if<syntax::TestItem>(&item.node);
      if (test == nullptr) continue;
      const auto [it, fresh] = names.emplace(test->name.value, test->name.span);
      if (!fresh) {
        context.report(DiagId::DuplicateName, test->name.span, "there is already a test of this name")
            .label(it->second, "first here");
      }
      TestBuilder(context, scope, *test).build();
    }
  }
}

}  // namespace

void build_tests(Context& context) {
  check_fixtures(context);
  build_scope(context, context.schema_scope);
  for (const auto& scope : context.policies) build_scope(context, *scope);
}

}  // namespace guard::check
