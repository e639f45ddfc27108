// A report as one HTML page, for people who decide whether a rule is to be enforced. Charts are in charts.cpp.
//
// INVARIANT: the page refers to nothing outside and runs nothing: no script, no link, no image, no font; a policy in
// its
//   head (CSP) says so to the browser. Every value goes through `escaped`.
#include "rehearse/charts.hpp"
#include "rehearse/parts.hpp"

namespace guardvm::rehearse {

namespace {

constexpr size_t kMostRows = 10;
constexpr size_t kMostBins = 64;

constexpr std::string_view kHead = R"(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Rehearsal report</title><style>
:root{color-scheme:light dark;--page:#f6f7f9;--card:#fff;--ink:#1a2230;--soft:#5a6475;--line:#dfe3ea;--allow:#9db4cc;--hold:#d99a2b;
--deny:#c2413b;--error:#7b5bb5;--would:#2f6db5;--good:#2c7d52;--good-back:#e6f3ec;--bad-back:#fbeae9}
@media(prefers-color-scheme:dark){:root{--page:#12161d;--card:#1a202a;--ink:#e4e8ef;--soft:#9aa5b6;--line:#2d3644;--allow:#51697f;
--hold:#d9a441;--deny:#e0665f;--error:#a48be0;--would:#6aa5e8;--good:#6cc496;--good-back:#17301f;--bad-back:#371c1b}}
*{box-sizing:border-box}body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
main{max-width:60rem;margin:0 auto;padding:2rem 1.25rem 3rem}h1{font-size:1.6rem;margin:0}h2{font-size:1.15rem;margin:2.2rem 0 .7rem}
h3{font-size:1rem;margin:0;overflow-wrap:anywhere}h4{font-size:.8rem;margin:1rem 0 .3rem;color:var(--soft);font-weight:600}
p{margin:.35rem 0}.soft{color:var(--soft)}.card{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:1rem 1.2rem;margin:.8rem 0;overflow-x:auto}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(8.5rem,1fr));gap:.8rem;margin:1.2rem 0}.tiles .card{margin:0;padding:.8rem 1rem}
.tiles b{display:block;font-size:1.5rem;line-height:1.3;font-weight:600}.tiles .strong b{color:var(--would)}
.verdict{border-left:5px solid var(--deny);background:var(--bad-back)}.verdict.met{border-left-color:var(--good);background:var(--good-back)}
.chip{font-size:.75rem;border:1px solid var(--line);border-radius:99px;padding:.05rem .55rem;margin-left:.4rem;color:var(--soft);font-weight:400;white-space:nowrap}
table{border-collapse:collapse;width:100%;font-size:.88rem}th{text-align:left;color:var(--soft);font-weight:600}
td,th{padding:.3rem .8rem .3rem 0;border-bottom:1px solid var(--line);vertical-align:top;overflow-wrap:break-word}tr:last-child td{border-bottom:0}
.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}.t{white-space:nowrap}.two{display:grid;grid-template-columns:repeat(auto-fit,minmax(17rem,1fr));gap:0 2rem}
.bar{height:.45rem;background:var(--would);border-radius:2px;min-width:2px}.bars td{border:0;padding:.12rem .6rem .12rem 0}.bars td:first-child{width:45%}.bars td:nth-child(2){width:45%;vertical-align:middle}
svg{display:block;width:100%;height:auto;margin:.5rem 0 0}svg text{font:11px system-ui,sans-serif;fill:var(--soft)}svg line{stroke:var(--line)}
.allow{fill:var(--allow)}.hold{fill:var(--hold)}.deny{fill:var(--deny)}.error{fill:var(--error)}.would{fill:var(--would)}
.key{display:inline-block;width:.7rem;height:.7rem;border-radius:2px;margin:0 .3rem 0 .9rem}.key.allow{background:var(--allow)}.key.hold{background:var(--hold)}
.key.deny{background:var(--deny)}.key.error{background:var(--error)}.key.would{background:var(--would)}
code{font:.85em ui-monospace,monospace;overflow-wrap:anywhere}ul{margin:.3rem 0;padding-left:1.2rem}footer{margin-top:2.5rem;font-size:.8rem;color:var(--soft)}
@media print{body{background:#fff}.card{break-inside:avoid}}
</style></head><body><main>
)";

class Page {
 public:
  Page(std::string& out, const Report& report) : out_(out), report_(report), rehearsal_(report.rehearsal) {}

  void run() {
    out_ += kHead;
    head();
    verdict();
    tiles();
    decisions();
    rehearsed();
    candidates();
    holds();
    break_glass();
    enforced();
    never_fired();
    foot();
    out_ += "</main></body></html>\n";
  }

 private:
  void text(std::string_view value) { out_ += escaped(value); }
  // What stands between ` is shown as code.
  void text_with_code(std::string_view value) {
    bool code = false;
    for (const char c : escaped(value)) {
      if (c != '`') {
        out_ += c;
        continue;
      }
      out_ += code ? "</code>" : "<code>";
      code = !code;
    }
    if (code) out_ += "</code>";
  }
  void paragraph(std::string_view value, std::string_view kind = {}) {
    out_ += kind.empty() ? "<p>" : "<p class=\"" + std::string(kind) + "\">";
    text(value);
    out_ += "</p>\n";
  }
  void title(std::string_view value) { out_.append("<h2>").append(value) += "</h2>\n"; }
  void cell(std::string_view value, std::string_view kind = {}) {
    out_ += kind.empty() ? "<td>" : "<td class=\"" + std::string(kind) + "\">";
    text(value);
    out_ += "</td>";
  }
  void header(std::initializer_list<std::string_view> cells) {
    out_ += "<table><tr>";
    for (std::string_view name : cells) {
      const bool number = name.starts_with('#');
      out_ += number ? "<th class=\"n\">" : "<th>";
      text(number ? name.substr(1) : name);
      out_ += "</th>";
    }
    out_ += "</tr>\n";
  }

  void head() {
    out_ += "<h1>Rehearsal report</h1>\n";
    paragraph(date_text(rehearsal_.period().first_ns) + " to " + date_text(rehearsal_.period().last_ns) + ", from " +
                  counted(rehearsal_.records(), "record") + " of " + counted(report_.logs.size(), "decision log") +
                  (report_.mode.empty() ? "" : ", mode " + report_.mode),
              "soft");
  }

  void verdict() {
    if (!report_.requirement) return;
    out_ += report_.met() ? "<div class=\"card verdict met\"><h3>The evidence is there</h3>"
                          : "<div class=\"card verdict\"><h3>The evidence is not there yet</h3>";
    out_ += "<p class=\"soft\">Required of a rule before it is enforced: <code>";
    text(report_.requirement->text());
    out_ += "</code></p><ul>";
    for (const Judged& judged : report_.judged) {
      out_ += "<li><b>";
      text(judged.rule);
      out_ += judged.verdict.met ? "</b>: met" : "</b>: ";
      for (size_t i = 0; i < judged.verdict.lacks.size(); ++i)
        text_with_code((i > 0 ? "; " : "") + judged.verdict.lacks[i]);
      out_ += "</li>";
    }
    out_ += "</ul></div>\n";
  }

  void tile(std::string_view name, uint64_t number, bool strong = false) {
    out_ += strong ? "<div class=\"card strong\"><b>" : "<div class=\"card\"><b>";
    out_ += grouped(number) + "</b><span class=\"soft\">";
    text(name);
    out_ += "</span></div>\n";
  }
  void tiles() {
    out_ += "<div class=\"tiles\">\n";
    tile("actions", rehearsal_.actions());
    tile("allowed", of(Outcome::Allow));
    tile("held", of(Outcome::Hold));
    tile("denied", of(Outcome::Deny));
    if (of(Outcome::Error) > 0) tile("errors", of(Outcome::Error));
    if (rehearsal_.dry_runs() > 0) tile("dry runs, not blocked", rehearsal_.dry_runs());
    tile("more to block, by rules in rehearsal", rehearsal_.would_block_all(), true);
    out_ += "</div>\n";
  }
  [[nodiscard]] uint64_t of(Outcome outcome) const { return rehearsal_.outcomes()[static_cast<size_t>(outcome)]; }

  void decisions() {
    Bins bins = bins_of(rehearsal_.period(), kMostBins);
    for (const auto& [day, count] : rehearsal_.days())
      for (size_t i = 0; i < count.outcomes.size(); ++i) bins.counts[bin_of(bins, day)][i] += count.outcomes[i];
    static constexpr Series kSeries[] = {{"allow", "allowed", static_cast<size_t>(Outcome::Allow)},
                                         {"hold", "held", static_cast<size_t>(Outcome::Hold)},
                                         {"deny", "denied", static_cast<size_t>(Outcome::Deny)},
                                         {"error", "errors", static_cast<size_t>(Outcome::Error)}};
    title("What was decided");
    out_ += "<div class=\"card\"><div class=\"soft\">actions per ";
    text(bin_word(bins));
    for (const Series& series : kSeries) {
      out_.append("<span class=\"key ").append(series.kind).append("\"></span>");
      text(series.name);
    }
    out_ += "</div>\n";
    append_columns(out_, bins, kSeries, 150);
    out_ += "</div>\n";
  }

  void rehearsed() {
    const std::vector<NamedRule> rules = rehearsed_rules(rehearsal_);
    if (rules.empty()) return;
    title("Rules in rehearsal");
    paragraph(
        "In shadow or advisory: recorded, never applied. “Would have blocked” means that the outcome had been stricter "
        "with that one rule enforced, all else as it was.",
        "soft");
    for (const auto& [id, rule] : rules) rehearsed_rule(id, *rule);
  }
  void rehearsed_rule(const std::string& id, const RuleHistory& rule) {
    const auto value = [&](Measure measure) { return rehearsal_.measure(rule, measure); };
    const Period period = rehearsal_.rehearsed_period(rule);
    out_ += "<div class=\"card\"><h3>";
    text(id);
    for (const std::string& chip : {rule.mode, rule.effect, rule.owner}) {
      if (chip.empty()) continue;
      out_ += "<span class=\"chip\">";
      text(chip);
      out_ += "</span>";
    }
    out_ += "</h3>\n";
    out_ += "<p><b>Would have blocked ";
    text(grouped(rule.would_block) + " of " + counted(value(Measure::Actions).over, "action"));
    out_ += "</b> ";
    text("(" + value_text(value(Measure::WouldBlockPercent)) + " %); it fired on " + grouped(rule.rehearsed_fired) +
         (rule.would_let_pass > 0 ? "; would have let pass " + grouped(rule.would_let_pass) : "") + ".");
    out_ += "</p>\n";
    paragraph("Rehearsed from " + date_text(period.first_ns) + " to " + date_text(period.last_ns) + ": " +
                  counted(value(Measure::ShadowDays).over, "whole day") + ", " +
                  counted(value(Measure::ActiveDays).over, "day") + " with actions; quiet for the last " +
                  counted(value(Measure::QuietDays).over, "day") + ".",
              "soft");
    if (rule.would_block > 0) blocked_by(rule);
    out_ += "</div>\n";
  }
  void blocked_by(const RuleHistory& rule) {
    Bins bins = bins_of(rehearsal_.period(), kMostBins);
    for (const auto& [day, count] : rule.days) bins.counts[bin_of(bins, day)][0] += count.would_block;
    static constexpr Series kSeries[] = {{"would", "would have blocked", 0}};
    out_ += "<h4>Would have blocked, per ";
    text(bin_word(bins));
    out_ += "</h4>\n";
    append_columns(out_, bins, kSeries, 80);
    out_ += "<div class=\"two\">";
    bars("Services", rule.services);
    bars("Actors", rule.actors);
    out_ += "</div>\n";
    if (const auto list = repeated(rule); !list.empty()) {
      out_ += "<h4>Would have been stopped more than once</h4>\n";
      header({"who", "#times", "first", "last"});
      for (size_t i = 0; i < list.size() && i < kMostRows; ++i) {
        const auto& [who, repeat] = list[i];
        out_ += "<tr>";
        cell(subject_text(who.first, who.second));
        cell(grouped(repeat.count), "n");
        cell(date_text(repeat.period.first_ns), "t");
        cell(date_text(repeat.period.last_ns), "t");
        out_ += "</tr>\n";
      }
      out_ += "</table>\n";
      more(list.size());
    }
    out_ += "<h4>The last ones</h4>\n";
    occasions(rule.examples, false);
  }
  void more(size_t size) {
    if (size > kMostRows) paragraph("… and " + grouped(size - kMostRows) + " more", "soft");
  }
  void bars(std::string_view name, const TextCounts& counts) {
    if (counts.empty()) return;
    out_.append("<div><h4>").append(name).append("</h4><table class=\"bars\">\n");
    const auto list = counts.most();
    for (size_t i = 0; i < list.size() && i < kMostRows; ++i) {
      out_ += "<tr>";
      cell(list[i].first);
      out_ += "<td><div class=\"bar\" style=\"width:" + std::to_string(list[i].second * 100 / list[0].second) +
              "%\"></div></td>";
      cell(grouped(list[i].second), "n");
      out_ += "</tr>\n";
    }
    out_ += "</table>";
    more(list.size());
    out_ += "</div>\n";
  }
  void occasions(const std::vector<Occasion>& list, bool with_rules = true) {
    if (with_rules)
      header({"when", "record", "who", "outcome", "rules", "message"});
    else
      header({"when", "record", "who", "outcome", "message"});
    for (const Occasion& one : list) {
      out_ += "<tr>";
      cell(date_text(one.time_ns), "t");
      cell(std::to_string(one.sequence));
      cell(subject_text(one.service, one.actor));
      cell(std::string(outcome_word(one.from)) + " → " + std::string(outcome_word(one.to)), "t");
      if (with_rules) cell(one.rules);
      cell(one.message);
      out_ += "</tr>\n";
    }
    out_ += "</table>\n";
  }

  void candidates() {
    for (const auto& [digest, history] : rehearsal_.candidates()) {
      title("A candidate for the whole set");
      out_ += "<div class=\"card\"><p>Asked beside the enforced set on ";
      text(counted(history.compared, "action") + ", never applied: would newly block " +
           grouped(history.newly_blocked) + " and newly allow " + grouped(history.newly_allowed) + ".");
      out_ += "</p><p class=\"soft\"><code>";
      text(digest);
      out_ += "</code></p>\n<div class=\"two\">";
      bars("Rules that newly block", history.rules);
      bars("Services newly blocked", history.services);
      bars("Actors newly blocked", history.actors);
      out_ += "</div>\n";
      if (!history.allowed_examples.empty()) {
        out_ += "<h4>The last newly allowed</h4>\n";
        occasions(history.allowed_examples);
      }
      if (!history.blocked_examples.empty()) {
        out_ += "<h4>The last newly blocked</h4>\n";
        occasions(history.blocked_examples);
      }
      out_ += "</div>\n";
    }
  }

  void holds() {
    const Holds& holds = rehearsal_.holds();
    if (holds.held == 0) return;
    title("Holds");
    out_ += "<div class=\"card\">";
    paragraph(counted(holds.held, "action") + " held" +
              (holds.runs.empty()
                   ? "; none of them waited."
                   : "; " + grouped(holds.runs.size()) + " waited, " + grouped(holds.released()) +
                         " of them until they passed, median wait " + wait_text(holds.median_wait_ns()) + "."));
    out_ += "<div class=\"two\">";
    bars("Held by", holds.rules);
    out_ += "</div>\n";
    if (!holds.runs.empty()) {
      out_ += "<h4>Waited longest</h4>\n";
      header({"since", "who", "held by", "#waited", "#tries", "then"});
      for (size_t i = 0; i < holds.runs.size() && i < kMostRows; ++i) {
        const Run& run = holds.runs[i];
        out_ += "<tr>";
        cell(date_text(run.period.first_ns), "t");
        cell(subject_text(run.service, run.actor));
        cell(run.rules);
        cell(wait_text(wait_ns(run)), "n");
        cell(grouped(run.tries), "n");
        cell(outcome_word(run.end));
        out_ += "</tr>\n";
      }
      out_ += "</table>\n";
      more(holds.runs.size());
    }
    out_ += "</div>\n";
  }

  void break_glass() {
    const BreakGlass& glass = rehearsal_.break_glass();
    if (glass.used + glass.refused == 0) return;
    title("Break-glass");
    out_ += "<div class=\"card\">";
    paragraph("Used on " + counted(glass.used, "action") + ", refused on " + grouped(glass.refused) + ".");
    if (!glass.occasions.empty()) {
      header({"when", "record", "who", "by", "lifted", "then"});
      for (const Occasion& one : glass.occasions) {
        out_ += "<tr>";
        cell(date_text(one.time_ns), "t");
        cell(std::to_string(one.sequence));
        cell(subject_text(one.service, one.actor));
        cell(one.message);
        cell(one.rules.empty() ? "nothing" : one.rules);
        cell(outcome_word(one.to));
        out_ += "</tr>\n";
      }
      out_ += "</table>\n";
    }
    out_ += "</div>\n";
  }

  void enforced() {
    const std::vector<NamedRule> rules = enforced_rules(rehearsal_);
    if (rules.empty()) return;
    title("Enforced rules");
    out_ += "<div class=\"card\">";
    header({"rule", "#fired", "#blocked", "#overridden", "#excepted", "lifted by"});
    for (const auto& [id, rule] : rules) {
      out_ += "<tr>";
      cell(id);
      for (const uint64_t n :
           {rule->fired - rule->rehearsed_fired, rule->blocked, rule->statuses[static_cast<size_t>(Status::Overridden)],
            rule->statuses[static_cast<size_t>(Status::Excepted)]})
        cell(grouped(n), "n");
      std::string by;
      for (const auto& [how, n] : rule->lifted) by += (by.empty() ? "" : ", ") + how.second + " " + grouped(n);
      cell(by);
      out_ += "</tr>\n";
    }
    out_ += "</table></div>\n";
  }

  void never_fired() {
    if (!rehearsal_.never_fired() || rehearsal_.never_fired()->empty()) return;
    title("Rules that never fired");
    out_ += "<div class=\"card\">";
    std::string list;
    for (const auto& [id, mode] : *rehearsal_.never_fired())
      list += (list.empty() ? "" : ", ") + id + " (" + mode + ")";
    paragraph(list);
    out_ += "</div>\n";
  }

  void foot() {
    out_ += "<footer>";
    for (const ReadLog& log : report_.logs) {
      out_ += "<p><code>";
      text(log.name);
      out_ += "</code>: ";
      text("records " + std::to_string(log.first) + " to " + std::to_string(log.last) + ", chain intact" +
           (log.pinned > 0 ? ", pinned by a checkpoint to record " + std::to_string(log.pinned) : ", no checkpoint") +
           "; last hash ");
      out_ += "<code>";
      text(log.head);
      out_ += "</code></p>";
    }
    out_ += "</footer>\n";
  }

  std::string& out_;
  const Report& report_;
  const Rehearsal& rehearsal_;
};

}  // namespace

void append_html(std::string& out, const Report& report) { Page(out, report).run(); }

}  // namespace guardvm::rehearse
