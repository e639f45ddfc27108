// Findings, and what a change does, for code hosts: as annotations, which are rendered as SARIF and as GitHub workflow
// commands. A change is a note at the first of its rules that the set still has.
//
// A finding's identity is made of its id, rules, subject and kind, and the text of its line: moving it does not make it
// new; of a group of conflicts only the first rule counts, so that it stays what it is when a rule joins them. What is
// inconclusive has no verdict (SARIF's `open`); what is accepted is suppressed, with the reason.
#include <unordered_map>

#include "diag/annotation.hpp"
#include "verify/report/changes.hpp"
#include "verify/report/finding_text.hpp"
#include "verify/report/report.hpp"

namespace guard::verify::rendering {
namespace {

class Annotator {
 public:
  Annotator(const guardvm::Bundle& bundle, const RenderOptions& options)
      : bundle_(bundle), options_(options), lines_(bundle, options) {}

  void add(const DiffReport& changes) {
    std::unordered_map<std::string_view, const guardvm::format::RuleRow*> rules;
    for (const guardvm::format::RuleRow& row : bundle_.view().Rules) rules.emplace(bundle_.text(row.id), &row);
    for (const ChangeEntry& entry : change_entries(changes)) {
      Annotation out;
      const ChangeInfo& info = change_info(entry.id);
      out.rule = check_count() + static_cast<size_t>(entry.id);
      out.id = info.id;
      out.severity = Severity::Note;
      out.message = entry.message;
      out.identity = std::string(info.id) + "\n" + entry.message;
      out.open = entry.id == ChangeClass::NotCompared;
      if (entry.change != nullptr) {
        out.notes = {"for: " + entry.change->region, "example: " + entry.change->action,
                     "decided: " + entry.change->from + " before, " + entry.change->to + " now"};
        out.identity += "\n" + entry.change->region;
        for (const std::string& rule : entry.change->rules) {
          out.notes.push_back("by: " + rule);
          const auto row = rules.find(rule);
          if (row != rules.end()) add_place(out, {row->second->span, "it is among what decides this"});
        }
      }
      out_.push_back(std::move(out));
    }
  }

  void add(const std::vector<Finding>& findings) {
    for (const Finding& finding : findings) out_.push_back(one(finding));
  }
  [[nodiscard]] std::vector<Annotation> take() { return std::move(out_); }

 private:
  [[nodiscard]] Annotation one(const Finding& finding) const {
    Annotation out;
    out.rule = static_cast<size_t>(finding.check);
    out.id = check_info(finding.check).id;
    out.severity = finding.severity;
    out.message = finding.message;
    if (names_region(finding)) out.notes.push_back("for: " + finding.region);
    if (!finding.witness.action.empty()) {
      out.notes.push_back("example: " + finding.witness.action);
      out.notes.push_back("decided: " + finding.witness.outcome);
    }
    for (const std::string& note : finding.notes) out.notes.push_back("help: " + note);
    for (const Place& place : finding.places) add_place(out, place);
    out.identity = identity(finding);
    if (finding.acceptance) out.accepted = acceptance_text(finding);
    out.open = finding.inconclusive;
    return out;
  }

  // The first is where it is shown.
  void add_place(Annotation& out, const Place& place) const {
    if (place.span.file >= bundle_.view().Sources.size()) return;
    if (out.place) {
      out.related.push_back(annotated(place));
    } else {
      out.place = annotated(place);
    }
  }

  [[nodiscard]] AnnotatedPlace annotated(const Place& place) const {
    const guardvm::format::SpanRow& span = place.span;
    return {source_path(bundle_, options_, span.file),
            span.line,
            span.column,
            span.line + span.lines,
            span.end_column,
            place.text};
  }

  [[nodiscard]] std::string identity(const Finding& finding) const {
    std::string key(check_info(finding.check).id);
    for (const std::string& rule : finding.rules) {
      key += "\n" + rule;
      if (is_group(finding)) break;
    }
    key += "\n" + finding.subject + "\n" + finding.kind;
    if (!finding.places.empty()) key += "\n" + std::string(lines_.line(finding.places[0]));
    return key;
  }

  const guardvm::Bundle& bundle_;
  const RenderOptions& options_;
  FindingText lines_;
  std::vector<Annotation> out_;
};

std::vector<Annotation> annotations(const Report& report, const guardvm::Bundle& bundle, const RenderOptions& options) {
  Annotator annotator(bundle, options);
  if (report.changes) annotator.add(*report.changes);
  annotator.add(report.findings);
  annotator.add(report.inconclusive);
  annotator.add(report.accepted);
  return annotator.take();
}

}  // namespace

std::string sarif(const Report& report, const guardvm::Bundle& bundle, const RenderOptions& options) {
  AnnotationLog log{{}, annotations(report, bundle, options), "guardFinding/v1"};
  for (size_t i = 0; i < check_count(); ++i) {
    const CheckInfo& row = check_info(static_cast<CheckId>(i));
    log.rules.push_back({row.id, row.severity, row.help});
  }
  if (report.changes) {
    for (const ChangeInfo& row : change_classes()) log.rules.push_back({row.id, Severity::Note, row.help});
  }
  return guard::sarif(log);
}

std::string github(const Report& report, const guardvm::Bundle& bundle, const RenderOptions& options) {
  return guard::github(annotations(report, bundle, options));
}

}  // namespace guard::verify::rendering
