#!/usr/bin/env python3
"""`guardvm report`: its numbers are counted again from the records, its HTML needs nothing from outside, hostile names stay text, and
`--require` judges as it says.

    report.py --bin build/bin [--screenshot FILE]    with Chromium installed, the HTML is also rendered (to FILE, to be looked at)
"""
import argparse
import collections
import html.parser
import json
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile

SET = """\
schema s
default allow
record Actor { id: string identity, groups: set<string> }
record Approval { by: string, groups: set<string>, at: timestamp }
record Glass { by: string, reason: string, at: timestamp }
action deploy {
  time: timestamp now, service: string, canary: int 0..100, actor: Actor, tags: set<string>,
  approvals: list<Approval> approvals(by, groups, at), glass: Glass? break glass(by, reason, at)
}
policy p
owner "team"
rule big on deploy
  deny when canary > 80
  because "too much of {service}"
rule reviewed on deploy
  when canary > 60
  require 1 approval from { "leads" }
  because "ask a lead"
rule small on deploy
  MODE
  deny when canary > 10
  because "a bit much of {service}"
rule tiny on deploy
  mode advisory
  deny when canary > 75
  because "even more"
rule silent on deploy
  mode shadow
  deny when service == "nobody"
  because "no"
rule fix on deploy
  allow when tags has any { "hotfix" }
  overrides big
  because "a fix"
break glass emergency on deploy
  who actor.groups has any { "ops" }
  lifts every rule
  for 1h
"""
STRICT = {"allow": 0, "hold": 1, "deny": 2, "error": 3}
HOSTILE = ['<script>alert(1)</script>', '"><img src=http://x/y.png>', "a|b`c*d_e", "tab\tline\nend", "&lt;", "]]>", "' onload='x", "ünïcode ✓"]


class Failed(Exception):
    pass


def expect(got, wanted, what):
    if got != wanted:
        raise Failed(f"{what}:\n  got    {got}\n  wanted {wanted}")


class Page(html.parser.HTMLParser):
    """What a page would load, and whether its elements close."""
    VOID = {"meta"}

    def __init__(self, text):
        super().__init__()
        self.open, self.words, self.tags, self.loads = [], [], collections.Counter(), []
        self.feed(text)
        self.close()
        expect(self.open, [], "elements that do not close")

    def handle_starttag(self, tag, attrs):
        self.tags[tag] += 1
        for name, value in attrs:
            if name in ("src", "href", "srcset", "data", "action", "poster", "background", "xlink:href") or name.startswith("on"):
                self.loads.append((tag, name, value))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags[tag] += 1

    def handle_endtag(self, tag):
        expect(self.open and self.open[-1], tag, "the element that closes")
        self.open.pop()

    def handle_data(self, data):
        self.words.append(data)


def run(*words, codes=(0,)):
    done = subprocess.run([str(w) for w in words], capture_output=True, text=True, check=False)
    if done.returncode not in codes:
        raise Failed(f"{' '.join(map(str, words))} gives {done.returncode}: {done.stderr}")
    return done


def actions(seed):
    dice = random.Random(seed)
    for i in range(400):
        yield {"kind": "deploy", "time": f"2026-{3 + i // 140:02}-{1 + i % 140 // 5:02}T09:{i % 60:02}:00Z", "service": dice.choice(["web", "shop", *HOSTILE]),
               "canary": dice.randrange(101) if dice.random() < 0.97 else 200, "actor": {"id": dice.choice(["ann", "ben", *HOSTILE[:3]]), "groups": dice.choice([[], ["ops"]])},
               "tags": dice.choice([[], [], ["hotfix"]]), "approvals": [],
               **({"glass": {"by": "ann", "reason": "INC-1", "at": f"2026-{3 + i // 140:02}-{1 + i % 140 // 5:02}T09:{i % 60:02}:00Z"}} if dice.random() < 0.1 else {})}


def counted(records):
    """The numbers of the report, from the records."""
    rules, days, outcomes, bundles = {}, {}, collections.Counter(), collections.defaultdict(set)
    per_bundle, glass, pairs = collections.Counter(), collections.Counter(), collections.Counter()
    for record in records:
        decision, day = record["decision"], record["time"][:10]
        outcome = decision["decision"]
        outcomes[outcome] += 1
        days.setdefault(day, collections.Counter())[outcome] += 1
        bundles[decision["bundle"]].add(day)
        per_bundle[decision["bundle"]] += 1
        for name in decision.get("break_glass", []):
            glass[name + " by " + record["actor"]] += 1
        if "candidate" in record:
            other = record["candidate"]["decision"]["decision"]
            if other != outcome:
                pairs[outcome, other] += 1
        for fired in decision["rules"]:
            rule = rules.setdefault(fired["id"], {"fired": 0, "count": collections.Counter(), "would": 0, "days": collections.Counter(), "services": collections.Counter(),
                                                  "actors": collections.Counter(), "bundles": set(), "rehearsed": 0})
            rule["fired"] += 1
            rule["count"][fired["status"]] += 1
            if "would" in fired:
                rule["rehearsed"] += 1
                rule["bundles"].add(decision["bundle"])
                if STRICT[fired["would"]] > STRICT[outcome]:
                    rule["would"] += 1
                    rule["days"][day] += 1
                    rule["services"][record["service"]] += 1
                    rule["actors"][record["actor"]] += 1
    return {
        "records": len(records), "outcomes": {o: outcomes[o] for o in STRICT}, "days": {d: {o: c[o] for o in STRICT} for d, c in days.items()},
        "break_glass": dict(glass), "changes": dict(pairs),
        "rules": {id_: {"fired_in_all": r["fired"], "applied": r["count"]["applied"], "overridden": r["count"]["overridden"], "excepted": r["count"]["excepted"],
                        "fired": r["rehearsed"], "would_block": r["would"], "would_block_days": dict(r["days"]), "would_block_services": dict(r["services"]),
                        "would_block_actors": dict(r["actors"]), "services": len(r["services"]), "actors": len(r["actors"]),
                        "shadow_days": len(set().union(*(bundles[b] for b in r["bundles"]))) if r["bundles"] else 0,
                        "evaluations": sum(per_bundle[b] for b in r["bundles"])} for id_, r in rules.items()},
    }


def numbers(tools, folder, screenshot):
    guardvm, log = tools / "guardvm", folder / "log"
    for name, mode in (("a", "mode shadow"), ("b", "mode enforce")):
        (folder / f"{name}.guard").write_text(SET.replace("MODE", mode), encoding="utf-8")
        run(tools / "guardc", "build", folder / f"{name}.guard", "-o", folder / f"{name}.bundle")
    lines = [json.dumps(action) for action in actions(7)]
    (folder / "first").write_text("".join(line + "\n" for line in lines[:250]))
    (folder / "second").write_text("".join(line + "\n" for line in lines[250:]))
    run(tools / "log_writer", folder / "a.bundle", log, folder / "first", "--clock-of-action", "--clock", 1_772_000_000_000_000_000, "--candidate", folder / "b.bundle")
    run(tools / "log_writer", folder / "b.bundle", log, folder / "second", "--clock-of-action", "--clock", 1_778_000_000_000_000_000, "--dry-run")
    records = [json.loads(line) for line in run(guardvm, "log", "query", log, "--format", "json").stdout.splitlines()]
    report = json.loads(run(guardvm, "report", log, "--format", "json", "--bundle", folder / "a.bundle").stdout)
    wanted = counted(records)
    expect({k: report[k] for k in ("records", "outcomes", "days", "break_glass")}, {k: wanted[k] for k in ("records", "outcomes", "days", "break_glass")}, "totals")
    expect({(c["from"], c["to"]): c["count"] for c in report["candidate"]["changes"]}, wanted["changes"], "the candidate")
    expect(report["dry_runs"], 150, "dry runs")
    got = {rule["id"]: rule for rule in report["rules"]}
    for id_, rule in wanted["rules"].items():
        expect({k: got[id_][k] for k in rule}, rule, id_)
    expect(got["p.silent"]["fired_in_all"], 0, "a rule that never fired")
    expect(got["p.silent"]["evaluations"], 250, "evaluations of a rule that never fired")
    expect(set(got), {*wanted["rules"], "p.silent"}, "rules")
    assert wanted["rules"]["p.small"]["would_block"] > 50 and wanted["break_glass"] and wanted["changes"] and wanted["rules"]["p.big"]["overridden"]

    page = run(guardvm, "report", log, "--format", "html", "--bundle", folder / "a.bundle").stdout
    parsed = Page(page)
    expect(parsed.loads, [], "what the page would load")
    expect(re.findall(r"(?i)url\(|@import|<script|<link|<img|<iframe|javascript:", re.sub(r"&[#\w]+;", "", page)), [], "ways to load something")
    expect(parsed.tags["svg"] >= 4 and parsed.tags["rect"] > 50, True, "charts")
    text = "".join(parsed.words)
    for name in HOSTILE[:1] + HOSTILE[2:3] + HOSTILE[7:]:
        expect(name in text, True, f"{name!r} in the page as text")
    markdown = run(guardvm, "report", log, "--format", "markdown").stdout
    expect(re.findall(r"(?<!\\)<(?=\w|/)", markdown), [], "HTML in Markdown")
    rows = [line for line in markdown.splitlines() if line.startswith("|")]
    widths = [len(re.findall(r"(?<!\\)\|", row)) for row in rows]
    for before, after in zip(widths, widths[1:]):
        expect(before == after or rows[widths.index(after)].startswith("|"), True, "columns of a Markdown table")
    plain = run(guardvm, "report", log).stdout
    expect([c for c in plain if ord(c) < 32 and c != "\n"], [], "control characters in text")
    chromium = shutil.which("chromium")
    rendered = "no Chromium here: not rendered"
    if chromium:
        (folder / "report.html").write_text(page, encoding="utf-8")
        shot = screenshot or folder / "report.png"
        done = subprocess.run([chromium, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--window-size=1100,3000", f"--screenshot={shot}",
                               (folder / "report.html").as_uri()], capture_output=True, text=True, timeout=90, check=False)
        expect(done.returncode == 0 and pathlib.Path(shot).stat().st_size > 20_000, True, f"rendering: {done.stderr[-300:]}")
        rendered = "rendered by Chromium"
    print(f"report: {len(records)} records, {len(wanted['rules'])} rules, {len(wanted['days'])} days as counted again; HTML of {len(page)} bytes loads nothing; {rendered}")


def require(tools, folder):
    """What is enough evidence."""
    guardvm, log = tools / "guardvm", folder / "log"
    report = json.loads(run(guardvm, "report", log, "--format", "json").stdout)
    small = next(rule for rule in report["rules"] if rule["id"] == "p.small")
    days, block = small["shadow_days"], small["would_block"]
    cases = [(f"shadow_days >= {days}", "small", 0), (f"shadow_days > {days}", "small", 2), (f"would_block <= {block}", "p.small", 0), (f"would_block < {block}", "small", 2),
             (f"shadow_days >= {days} and would_block <= {block}", "small", 0), (f"shadow_days >= {days + 1} or would_block == {block}", "small", 0),
             (f"not (would_block != {block})", "small", 0), ("shadow_days >= 1 and not would_block == 0 or fired < 0", "small", 0), ("would_block <= 5", "big", 2),
             ("would_block <= 5", "unheard", 2), ("would_block >= 0", "silent", 2)]
    for text, rule, code in cases:
        done = run(guardvm, "report", log, "--require", text, "--rule", rule, codes=(0, 1, 2))
        expect(done.returncode, code, f"{text} of {rule}: {done.stderr}")
        expect("not enough evidence" in done.stderr, code == 2, done.stderr)
    done = run(guardvm, "report", log, "--require", "evaluations >= 250", "--rule", "silent", "--bundle", folder / "a.bundle", codes=(0, 2))
    expect(done.returncode, 0, "a rule that never fired, in a bundle that was evaluated")
    wrong = ["", "shadow_days", "shadow_days >=", "shadow_days >= x", "shadow_days >= -1", "days >= 1", "shadow_days >= 1 and", "(shadow_days >= 1", "shadow_days >= 1)",
             "shadow_days => 1", "not", "fired >= 99999999999999999999", "(" * 100 + "fired > 1" + ")" * 100, "fired > 1 fired > 2"]
    for text in wrong[1:]:
        done = run(guardvm, "report", log, "--require", text, codes=(0, 1, 2))
        expect((done.returncode, "`--require`: " in done.stderr), (1, True), f"{text}: {done.stderr}")
    text = log.read_text()
    (folder / "edited").write_text(text.replace('"decision":"deny"', '"decision":"hold"', 1))
    done = run(guardvm, "report", folder / "edited", "--require", "shadow_days >= 0", "--rule", "small", codes=(0, 1, 2))
    expect((done.returncode, "no evidence: the log is not what was written" in done.stderr), (2, True), "an edited log")
    print(f"--require: {len(cases) + 1} expressions judged, {len(wrong) - 1} refused")


def waits(tools, folder):
    """Holds that were waited for: the tries of one call."""
    base = {"kind": "deploy", "service": "web", "canary": 70, "actor": {"id": "ann", "groups": []}, "tags": [], "approvals": []}
    approval = [{"by": "bob", "groups": ["leads"], "at": "2026-03-02T09:00:00Z"}]
    for name, tries in (("released", [(0, []), (20, []), (50, approval)]), ("given-up", [(0, []), (10, [])]), ("at-once", [(0, approval)])):
        (folder / name).write_text("".join(json.dumps({**base, "time": f"2026-03-02T10:{minute:02}:00Z", "approvals": given}) + "\n" for minute, given in tries))
        run(tools / "log_writer", folder / "a.bundle", folder / "waits", folder / name, "--run", name, "--clock-of-action")
    report = json.loads(run(tools / "guardvm", "report", folder / "waits", "--format", "json").stdout)
    got = {wait["run"]: (wait["outcome"], wait["seconds"], wait["rules"]) for wait in report["holds"]["waits"]}
    expect(got, {"released": ("allow", 3000, "p.reviewed"), "given-up": ("hold", 600, "p.reviewed")}, "waits")
    text = run(tools / "guardvm", "report", folder / "waits").stdout
    expect("Until release: 50m (median), 50m (longest)." in text, True, text)
    print(f"waits: {got}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    parser.add_argument("--screenshot", type=pathlib.Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="guard-report-") as name:
        try:
            numbers(options.bin.resolve(), pathlib.Path(name), options.screenshot)
            require(options.bin.resolve(), pathlib.Path(name))
            waits(options.bin.resolve(), pathlib.Path(name))
        except Failed as failure:
            sys.exit(str(failure))


if __name__ == "__main__":
    main()
