// unproven-promotion: holds of a rule exactly when the change raises it to `enforce` and the evidence that was given
// does
//   not carry it: it does not judge the rule, or finds that it lacks something, or the rule says something else than
//   what was rehearsed. Only asked with a base and evidence.
#include "verify/checks/all.hpp"

namespace guard::verify {

void check_promotions(Checker& checker) {
  for (const auto& [rule, why] : checker.options().unproven) {
    if (!checker.is_mine(rule)) continue;
    Finding finding;
    finding.check = CheckId::UnprovenPromotion;
    finding.severity = check_info(finding.check).severity;
    finding.rules = {checker.rule_id(rule)};
    finding.message = "`" + finding.rules[0] + "` " + why;
    finding.places = {checker.place(rule, "is enforced now")};
    finding.notes = {"leave it in shadow, and ask `guardvm report --require` again when it has been rehearsed"};
    checker.report(std::move(finding));
  }
}

}  // namespace guard::verify
