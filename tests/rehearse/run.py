#!/usr/bin/env python3
"""`guardvm report` on logs that log_writer wrote, as a gate does. Each case prints what it did, and fails with what it saw.

    run.py --bin build/bin CASE [--seed N] [--screenshot FILE]     CASE: see CASES at the end
"""
import argparse
import collections
import datetime
import html.parser
import json
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
SKIPPED = 77
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
  deny when canary > 30
  because "a bit much of {service}"
rule tiny on deploy
  mode advisory
  hold until canary < 20
  because "wait with {service}"
rule kind_one on deploy
  mode shadow
  allow when tags has any { "kind" }
  overrides big
  because "let it"
rule silent on deploy
  mode shadow
  deny when service == "nobody"
  because "no"
rule fix on deploy
  allow when tags has any { "hotfix" }
  overrides big
  because "a fix"
exception legacy for big on deploy
  when service == "legacy"
  expires 2030-01-01 00:00 in "Etc/UTC"
  owner "team"
  reason "moves out"
break glass emergency on deploy
  who actor.groups has any { "ops" }
  lifts every rule
  for 1h
"""
STRICT = {"allow": 0, "hold": 1, "deny": 2, "error": 3}
START = datetime.datetime(2026, 3, 2, 9, 30, tzinfo=datetime.timezone.utc)
HOSTILE = ["<script>alert(1)</script>", "\"><img src=http://x.example/y.png>", "a|b`c*d_e", "' onload='x", "&lt;b&gt;", "]]><!--",
           "[a](http://x.example)", "@everyone", "line\nbreak", "\u001b[31mred", "ünïcode ✓"]


class Failed(Exception):
    pass


def expect(condition, text):
    if not condition:
        raise Failed(text)


def equal(got, wanted, what):
    expect(got == wanted, f"{what}:\n  report   {got}\n  counted  {wanted}")


def instant(text):
    whole, _, fraction = text.rstrip("Z").partition(".")
    seconds = datetime.datetime.fromisoformat(whole + "+00:00").timestamp()
    return int(seconds) * 10**9 + int((fraction + "0" * 9)[:9] or 0)


def stamp(time):
    return time.isoformat().replace("+00:00", "Z")


class Bench:
    """A folder with bundles and a log, and the tools."""

    def __init__(self, binaries, folder, seed):
        self.bin, self.folder, self.seed = binaries, pathlib.Path(folder), seed
        self.dice = random.Random(seed)
        self.build("now", SET.replace("MODE", "mode shadow"))
        self.build("next", SET.replace("MODE", ""))

    def build(self, name, text):
        (self.folder / f"{name}.guard").write_text(text)
        subprocess.run([self.bin / "guardc", "build", f"{name}.guard", "-o", f"{name}.bundle"], cwd=self.folder, check=True)

    def action(self, canary, time=START, service="web", actor="ann", **more):
        return {"kind": "deploy", "time": stamp(time), "service": service, "canary": canary, "actor": {"id": actor, "groups": []},
                "tags": [], "approvals": [], **more}

    def random_actions(self, number):
        time, actions = START, []
        for _ in range(number):
            time += datetime.timedelta(minutes=self.dice.choice([1, 30, 700, 3000]))
            one = self.action(self.dice.choice([5, 25, 40, 70, 90]), time, self.dice.choice(["web", "shop", "legacy", "api"]),
                              self.dice.choice(["ann", "ben", "cat"]))
            one["tags"] = self.dice.sample(["hotfix", "kind", "x"], self.dice.randrange(3))
            if self.dice.random() < 0.3:
                one["approvals"] = [{"by": "lee", "groups": ["leads"], "at": stamp(time)}]
            if self.dice.random() < 0.2:
                one["actor"]["groups"] = self.dice.choice([["ops"], ["dev"]])
                one["glass"] = {"by": one["actor"]["id"], "reason": "INC-1", "at": stamp(time)}
            actions.append(one)
        return actions

    def write(self, actions, *more, bundle="now", log="log"):
        path = self.folder / "actions"
        path.write_text("".join(json.dumps(one) + "\n" for one in actions))
        done = subprocess.run([self.bin / "log_writer", self.folder / f"{bundle}.bundle", self.folder / log, path, *map(str, more)],
                              capture_output=True, text=True, check=False)
        expect(done.returncode == 0, f"log_writer gives {done.returncode}: {done.stderr}")

    def report(self, *words, code=0):
        done = subprocess.run([self.bin / "guardvm", "report", *map(str, words)], capture_output=True, text=True, check=False,
                              cwd=self.folder)
        expect(done.returncode == code, f"report {words} gives {done.returncode}, not {code}: {done.stderr}{done.stdout[:500]}")
        return done

    def json(self, *words, code=0):
        return json.loads(self.report("--format", "json", *words, code=code).stdout)

    def records(self, log="log"):
        done = subprocess.run([self.bin / "guardvm", "log", "query", "--format", "json", log], capture_output=True, text=True,
                              check=True, cwd=self.folder)
        return [json.loads(line) for line in done.stdout.splitlines()]


def most(counts):
    return [{"name": name, "count": n} for name, n in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]


def decides(rule, outcome):
    return rule["status"] == "applied" and (
        outcome == "deny" and rule["effect"] == "deny" or outcome == "hold" and rule.get("met") is False)


def count_rule(records, rule_id, rehearsed_bundles):
    """The measures of a rule, from the records."""
    span = [r for r in records if r["decision"]["bundle"] in rehearsed_bundles]
    blocks, fired, passes = [], 0, 0
    for record in span:
        for rule in record["decision"]["rules"]:
            if rule["id"] != rule_id or rule["status"] not in ("shadow", "advisory"):
                continue
            fired += 1
            change = STRICT[rule["would"]] - STRICT[record["decision"]["decision"]]
            passes += change < 0
            if change > 0:
                blocks.append(record)
    times = [instant(r["time"]) for r in span]
    pairs = collections.Counter((r["service"], r["actor"]) for r in blocks)
    quiet = max(times) - (instant(blocks[-1]["time"]) if blocks else min(times))
    day = 86_400 * 10**9
    return {"shadow_days": (max(times) - min(times)) // day, "active_days": len({r["time"][:10] for r in span}), "actions": len(span),
            "fired": fired, "would_block": len(blocks), "would_block_percent": round(100 * len(blocks) / len(span), 3),
            "would_let_pass": passes, "services": len({r["service"] for r in blocks}), "actors": len({r["actor"] for r in blocks}),
            "repeated": sum(n > 1 for n in pairs.values()), "quiet_days": quiet // day}, blocks


def counts(bench):
    """Everything is counted again from the records; over closed and compressed files, and two bundles."""
    bench.write(bench.random_actions(300), "--clock-of-action", "--candidate", bench.folder / "next.bundle", "--rotate", 60_000,
                "--compress")
    files = [p.name for p in bench.folder.iterdir() if p.name.startswith("log.") and p.name.endswith(".zst")]
    expect(len(files) > 2, f"the log was to have compressed files: {files}")
    records = bench.records()
    got = bench.json("log", "--bundle", "now.bundle")
    equal(got["actions"], len(records), "actions")
    equal(got["outcomes"], {o: sum(r["decision"]["decision"] == o for r in records) for o in STRICT}, "outcomes")
    stricter = [r for r in records if "would" in r["decision"] and STRICT[r["decision"]["would"]] > STRICT[r["decision"]["decision"]]]
    equal(got["would_block_all"], len(stricter), "would_block_all")
    days = collections.defaultdict(collections.Counter)
    for record in records:
        days[record["time"][:10]][record["decision"]["decision"]] += 1
    equal([(d["day"], {o: d[o] for o in STRICT}) for d in got["days"]], [(d, {o: c[o] for o in STRICT}) for d, c in sorted(days.items())],
          "days")
    rules = {rule["id"]: rule for rule in got["rules"]}
    bundle = records[0]["decision"]["bundle"]
    for rule_id in ("p.small", "p.tiny", "p.kind_one", "p.silent"):
        measures, blocks = count_rule(records, rule_id, {bundle})
        rehearsal = rules[rule_id]["rehearsal"]
        equal(rehearsal["measures"], measures, f"measures of {rule_id}")
        equal(rehearsal["services"], most(collections.Counter(r["service"] for r in blocks)), f"services of {rule_id}")
        equal(rehearsal["actors"], most(collections.Counter(r["actor"] for r in blocks)), f"actors of {rule_id}")
        equal({d["day"]: d["would_block"] for d in rehearsal["days"] if d["would_block"]},
              dict(collections.Counter(r["time"][:10] for r in blocks)), f"days of {rule_id}")
        equal([e["record"] for e in rehearsal["examples"]], [r["seq"] for r in blocks[-5:]], f"examples of {rule_id}")
        again = collections.Counter((r["service"], r["actor"]) for r in blocks)
        equal({(v["service"], v["actor"]): v["count"] for v in rehearsal["repeated"]}, {k: n for k, n in again.items() if n > 1},
              f"repeated of {rule_id}")
    for rule_id in ("p.big", "p.reviewed", "p.fix"):
        seen = [(r["decision"]["decision"], x) for r in records for x in r["decision"]["rules"] if x["id"] == rule_id]
        equal(rules[rule_id]["blocked"], sum(decides(x, o) for o, x in seen), f"blocked by {rule_id}")
        for status in ("applied", "overridden", "excepted"):
            equal(rules[rule_id][status], sum(x["status"] == status for _, x in seen), f"{status} of {rule_id}")
        lifted = collections.Counter((x["status"], x["by"]) for _, x in seen if x["status"] in ("overridden", "excepted"))
        equal({(x["status"], x["by"]): x["actions"] for x in rules[rule_id]["lifted"]}, dict(lifted), f"lifted of {rule_id}")
    expect(rules["p.big"]["overridden"] > 0 and rules["p.big"]["excepted"] > 0, "nothing was lifted: the test tests nothing")
    equal(got["never_fired"], [{"id": "p.silent", "mode": "shadow"}], "never_fired")

    glass = [r["decision"]["break_glass"] for r in records if "break_glass" in r["decision"]]
    equal((got["break_glass"]["used"], got["break_glass"]["refused"]), (sum(map(bool, glass)), sum(not g for g in glass)), "break-glass")
    (candidate,) = got["candidates"]
    pairs = collections.Counter((r["decision"]["decision"], r["candidate"]["decision"]["decision"]) for r in records)
    equal({(c["from"], c["to"]): c["count"] for c in candidate["changes"]}, {k: n for k, n in pairs.items() if k[0] != k[1]}, "changes")
    equal(candidate["newly_blocked"]["count"], sum(n for (a, b), n in pairs.items() if a == "allow" != b), "newly blocked")
    held = [r for r in records if r["decision"]["decision"] == "hold"]
    equal(got["holds"]["actions"], len(held), "holds")

    # The same, one bundle later: the days of a rule are those of the bundles in which it was rehearsed.
    last = datetime.datetime.fromisoformat(records[-1]["time"][:19] + "+00:00")
    later = [bench.action(40, last + datetime.timedelta(days=n)) for n in (10, 20)]
    bench.write(later, "--clock-of-action", bundle="next")
    got = bench.json("log")
    small = next(rule for rule in got["rules"] if rule["id"] == "p.small")
    equal(small["rehearsal"]["measures"], count_rule(records, "p.small", {bundle})[0], "measures of a rule that was promoted")
    equal(small["mode"], "enforce", "mode of a rule that was promoted")
    equal(got["never_fired"], None, "never_fired without a bundle")
    since = records[150]["time"]
    equal(bench.json("log", "--since", since)["actions"], len(records) + 2 - 150, "actions since a time")
    print(f"300 actions counted twice, alike (seed {bench.seed})")


def tries(bench):
    """The tries of one call are one action, and the last one counts."""
    held, passes = bench.action(70), bench.action(70, approvals=[{"by": "lee", "groups": ["leads"], "at": stamp(START)}])
    clock = int(START.timestamp()) * 10**9
    bench.write([held, held, passes], "--run", "a", "--clock", clock)
    bench.write([held, held], "--run", "b", "--clock", clock + 3600 * 10**9)
    bench.write([held], "--clock", clock + 7200 * 10**9)
    got = bench.json("log")
    equal((got["records"], got["actions"]), (6, 3), "records and actions")
    equal(got["outcomes"], {"allow": 1, "deny": 0, "hold": 2, "error": 0}, "outcomes")
    small = next(rule for rule in got["rules"] if rule["id"] == "p.small")
    equal(small["rehearsal"]["measures"]["would_block"], 3, "would_block: once a call")
    holds = got["holds"]
    equal((holds["actions"], holds["waited"], holds["released"]), (3, 2, 1), "holds")
    equal([(r["run"], r["tries"], r["wait_ns"], r["outcome"], r["rules"]) for r in holds["runs"]],
          [("a", 3, 2 * 10**9, "allow", "p.reviewed"), ("b", 2, 10**9, "hold", "p.reviewed")], "runs")
    bench.write([held], "--dry-run", "--clock", clock)
    equal((bench.json("log")["dry_runs"], bench.json("log", "--mode", "enforce")["dry_runs"]), (1, 0), "dry runs")
    print("six records of three calls: three actions")


class Outside(html.parser.HTMLParser):
    """Collects what a page refers to or runs, and its text."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.problems, self.words, self.tags, self.open = [], [], collections.Counter(), []

    def handle_starttag(self, tag, attrs):
        self.tags[tag] += 1
        if tag in ("script", "link", "img", "iframe", "object", "embed", "base", "form", "a", "image", "use", "audio", "video"):
            self.problems.append(f"<{tag}>")
        for name, value in attrs:
            if name in ("src", "href", "xlink:href", "srcset", "action", "data", "poster", "background") or name.startswith("on"):
                self.problems.append(f"{tag} {name}={value}")
            if "url(" in (value or "").lower():
                self.problems.append(f"{tag} {name}={value}")
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"</{tag}> closes another element")

    def handle_data(self, data):
        self.words.append(data)


def read_page(text):
    page = Outside()
    page.feed(text)
    page.close()
    if page.open:
        page.problems.append(f"not closed: {page.open}")
    style = re.search(r"<style>(.*?)</style>", text, re.S).group(1)
    for word in ("url(", "@import", "@font-face"):
        if word in style:
            page.problems.append(word)
    return page


def hostile_log(bench):
    actions = [bench.action(40, START + datetime.timedelta(days=i), name, name[::-1]) for i, name in enumerate(HOSTILE * 2)]
    bench.write(actions, "--clock-of-action", "--candidate", bench.folder / "next.bundle")


def hostile(bench):
    """Names that are markup somewhere show as text everywhere."""
    hostile_log(bench)
    page = read_page(bench.report("log", "--format", "html").stdout)
    expect(not page.problems, f"the page refers to or runs: {page.problems}")
    shown = "".join(page.words)
    for name in HOSTILE:
        expect(re.sub(r"[\x00-\x1f]", " ", name) in shown, f"{name!r} is not shown as it is")
    markdown = bench.report("log", "--format", "markdown").stdout
    for bad in ("<script", "<img", "](http", "@everyone", "http://", "|b`"):
        expect(bad not in markdown, f"Markdown has {bad!r}")
    text = bench.report("log").stdout
    expect("\x1b" not in text, "text has an escape character")
    expect(all(ord(c) >= 0x20 or c == "\n" for c in text), "text has a control character")
    services = bench.json("log")["rules"][0]["rehearsal"]["services"]
    equal({one["name"] for one in services}, set(HOSTILE), "names in JSON")
    print(f"{len(HOSTILE)} hostile names in four forms")


def page_case(bench):
    """The page refers to nothing outside, on a log with all that a report can show; what it draws is what was counted."""
    bench.write(bench.random_actions(200), "--clock-of-action", "--candidate", bench.folder / "next.bundle")
    bench.write([bench.action(70)] * 2, "--run", "a")
    words = ("log", "--bundle", "now.bundle", "--require", "would_block <= 0")
    done = bench.report(*words, "--format", "html", code=2)
    page = read_page(done.stdout)
    expect(not page.problems, f"the page refers to or runs: {page.problems}")
    expect("Content-Security-Policy" in done.stdout and "default-src 'none'" in done.stdout, "no policy forbids the browser to load")
    for wanted in ("The evidence is not there yet", "What was decided", "Rules in rehearsal", "Would have been stopped more than once", "Holds", "Break-glass",
                   "Enforced rules", "Rules that never fired", "A candidate for the whole set"):
        expect(wanted in "".join(page.words), f"the page has no `{wanted}`")
    got = bench.json(*words, code=2)
    drawn = sum(int(n.replace(",", "")) for title in re.findall(r"<title>(\d{4}-[^<]*)</title>", done.stdout)
                for n in re.findall(r"([\d,]+) would have blocked", title))
    equal(drawn, sum(rule["rehearsal"]["measures"]["would_block"] for rule in got["rules"] if rule["rehearsal"]), "drawn would_block")
    drawn = sum(int(n.replace(",", "")) for title in re.findall(r"<title>(\d{4}-[^<]*)</title>", done.stdout)
                for n in re.findall(r"([\d,]+) (?:allowed|held|denied|errors)", title))
    equal(drawn, got["actions"], "drawn actions")
    equal(bench.report(*words, "--format", "html", code=2).stdout, done.stdout, "the same page again")
    print(f"{len(done.stdout)} bytes, {page.tags['svg']} charts, nothing outside")


def render(bench):
    """Chromium renders the page and asks for nothing else."""
    chromium = shutil.which("chromium")
    if chromium is None:
        print("no Chromium here")
        sys.exit(SKIPPED)
    hostile_log(bench)
    (bench.folder / "page.html").write_text(bench.report("log", "--format", "html").stdout)
    picture = bench.screenshot or bench.folder / "page.png"
    done = subprocess.run([chromium, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--window-size=1100,1800",
                           f"--user-data-dir={bench.folder}/profile", f"--screenshot={picture}", f"file://{bench.folder}/page.html"],
                          capture_output=True, text=True, check=False, timeout=100)
    expect(done.returncode == 0 and picture.read_bytes().startswith(b"\x89PNG"), f"not rendered: {done.stderr[-500:]}")
    expect("Refused to" not in done.stderr, f"the page asked for something: {done.stderr[-500:]}")
    print(f"rendered to {picture.stat().st_size} bytes")


def broken(bench):
    """A log that is not what was written, or is empty, gives no report; nor does a bundle that decided nothing in it."""
    bench.write(bench.random_actions(40), "--clock-of-action")
    whole = (bench.folder / "log").read_bytes()
    lines = whole.splitlines(keepends=True)
    edits = {"edited": whole.replace(b'"would":"deny"', b'"would":"hold"', 1), "deleted": b"".join(lines[:9] + lines[10:]),
             "swapped": b"".join(lines[:5] + [lines[6], lines[5]] + lines[7:]), "begins late": b"".join(lines[3:]),
             "unfinished": whole[:-30], "not a record": whole + b"nonsense\n", "empty": b""}
    for name, data in edits.items():
        expect(data != whole, f"{name}: nothing was changed")
        (bench.folder / "edited").write_bytes(data)
        for form in ("text", "json", "markdown", "html"):
            done = bench.report("edited", "--format", form, "--require", "would_block < 1000000", code=1)
            expect(not done.stdout and ("no report" in done.stderr), f"{name}: {done.stdout[:200]} {done.stderr}")
    done = bench.report("log", "--bundle", "next.bundle", code=1)
    expect("no action in the log was decided by the bundle" in done.stderr, done.stderr)
    done = bench.report("log", "--since", "2040-01-01", code=1)
    expect("no record" in done.stderr, done.stderr)
    # With a checkpoint, the cut end is found too.
    key = subprocess.run([bench.bin / "guardvm", "log", "key", "key"], cwd=bench.folder, capture_output=True, text=True, check=True).stdout.strip()
    subprocess.run([bench.bin / "guardvm", "log", "checkpoint", "log", "--key", "key"], cwd=bench.folder, check=True, capture_output=True)
    equal(bench.json("log", "--public-key", key)["logs"][0]["pinned"], 40, "pinned")
    (bench.folder / "log").write_bytes(b"".join(lines[:-3]))
    bench.report("log")
    done = bench.report("log", "--public-key", key, code=1)
    expect("error[cut]" in done.stderr, done.stderr)
    print(f"{len(edits)} ways to break a log: no report of any")


def holds_of(expression, measures):
    """What an expression says, by Python."""
    words = re.sub(r"[a-z_]+", lambda m: m[0] if m[0] in ("and", "or", "not") else f"m[{m[0]!r}]", expression)
    return bool(eval(words, {"m": measures}))  # pylint: disable=eval-used


def random_expression(dice, names, depth):
    if depth == 0 or dice.random() < 0.3:
        return f"{dice.choice(names)} {dice.choice(['<', '<=', '==', '!=', '>=', '>'])} {dice.choice(['0', '1', '5', '7.5', '20', '100'])}"
    kind = dice.randrange(4)
    if kind == 0:
        return f"not ({random_expression(dice, names, depth - 1)})"
    left, right = (random_expression(dice, names, depth - 1) for _ in range(2))
    return f"({left}) {'and' if kind == 1 else 'or'} {right}" if kind < 3 else f"{left} and {right}"


def require(bench):
    """Random requirements mean what they mean in Python; the boundaries are exact."""
    bench.write(bench.random_actions(60), "--clock-of-action")
    rule = next(rule for rule in bench.json("log")["rules"] if rule["id"] == "p.small")
    measures = rule["rehearsal"]["measures"]
    exact = dict(measures, would_block_percent=100 * measures["would_block"] / measures["actions"])
    said = collections.Counter()
    for _ in range(150):
        expression = random_expression(bench.dice, sorted(measures), bench.dice.randrange(4))
        wanted = holds_of(expression, exact)
        got = bench.json("log", "--require", expression, "--rule", "small", code=0 if wanted else 2)["requirement"]
        equal((got["met"], got["rules"][0]["met"], bool(got["rules"][0]["lacks"])), (wanted, wanted, not wanted), expression)
        said[wanted] += 1
    refused = ["", "fired", "fired >=", "fired >= x", "fired >= -1", "fired >= 1 and", "(fired >= 1", "fired >= 1)", "fired => 1", "not", "fired > 1 fired > 2",
               "fired >= 9999999999999", "fired > 1.", "fired > .5", "(" * 100 + "fired > 1" + ")" * 100, "not " * 100 + "fired > 1", "fired\n> 1", "é > 1"]
    for expression in refused:
        done = bench.report("log", "--require", expression, code=1)
        expect("`--require`, column" in done.stderr and not done.stdout, f"{expression!r}: {done.stderr}")
    n = measures["would_block"]
    bench.report("log", "--rule", "small", "--require", f"would_block <= {n}")
    done = bench.report("log", "--rule", "small", "--require", f"would_block <= {n - 1}", code=2)
    expect(f"would_block is {n}, 1 too many for" in done.stderr, done.stderr)
    # What never was in shadow has no evidence, whatever is asked; nor does a log without such rules.
    for name in ("big", "nobody"):
        done = bench.report("log", "--rule", name, "--require", "would_block <= 1000000", code=2)
        expect("no action was decided with it in shadow or advisory" in done.stderr, done.stderr)
    # A rule that never fired is known by its bundle: it would have blocked nothing.
    bench.report("log", "--rule", "silent", "--require", "would_block == 0", code=2)
    bench.report("log", "--rule", "silent", "--require", "would_block == 0 and actions == 60", "--bundle", "now.bundle")
    bench.build("plain", SET.replace("MODE", "").replace("mode advisory", "").replace("mode shadow", ""))
    bench.write(bench.random_actions(5), bundle="plain", log="plain")
    done = bench.report("plain", "--require", "would_block == 0", code=1)
    expect("no rule is in shadow or advisory" in done.stderr, done.stderr)
    print(f"{sum(said.values())} requirements: {said[True]} met, {said[False]} lacking; {len(refused)} refused (seed {bench.seed})")


def names_of(value, out):
    if isinstance(value, dict):
        out.update(value)
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        names_of(one, out)
    return out


def document(bench):
    """REPORT.md names every key of the JSON, and its table of measures is measures.def."""
    bench.write(bench.random_actions(120), "--clock-of-action", "--candidate", bench.folder / "next.bundle")
    bench.write([bench.action(70)] * 2, "--run", "a")
    page = (ROOT / "runtime/rehearse/REPORT.md").read_text()
    documented = set(re.findall(r"`([a-z_]+)`", page))
    names = names_of(bench.json("log", "--bundle", "now.bundle", "--require", "would_block == 0", code=2), set())
    expect(names <= documented, f"REPORT.md does not name {sorted(names - documented)}")
    rows = re.findall(r'^GUARD_MEASURE\(\w+,\s*"(\w+)",\s*"(.*)"\)$', (ROOT / "runtime/rehearse/measures.def").read_text(), re.M)
    equal(re.findall(r"^\| `(\w+)` \| (.*) \|$", page.split("## Measures")[1].split("\n## ")[0], re.M), rows, "the table of measures")
    print(f"{len(names)} names, {len(rows)} measures")


CASES = {"counts": counts, "tries": tries, "hostile": hostile, "page": page_case, "render": render, "broken": broken, "require": require,
         "document": document}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=lambda p: pathlib.Path(p).resolve(), required=True)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    parser.add_argument("--screenshot", type=pathlib.Path)
    parser.add_argument("case", choices=CASES)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="rehearse-") as folder:
        bench = Bench(options.bin, folder, options.seed)
        bench.screenshot = options.screenshot
        try:
            CASES[options.case](bench)
        except Failed as failure:
            print(f"{options.case}: {failure}\n  (seed {options.seed})")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
