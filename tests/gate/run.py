#!/usr/bin/env python3
"""The gate from outside: approvals and signals at their boundaries, waiting, kept decisions, the log.

    run.py --bin build/bin CASE     CASE: see CASES at the end

Boundaries are asked for at instants of the test's choice by `--mode dry-run --at`, which decides like `enforce` and only
exits otherwise; what needs the clock is asked for with it.
"""
import argparse
import datetime
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

SET = """\
schema shop
default allow
enum Severity { none < minor < major }
record Actor { id: string, groups: set<string> }
record Approval { by: string, groups: set<string>, at: timestamp }
action deploy {
  time: timestamp now, actor: Actor identity id, approvals: list<Approval> approvals(by, groups, at),
  service: string, canary: int 0..100, signal incident: record { severity: Severity } max age 5m
}
policy p
owner "delivery"
rule calm on deploy
  when incident.severity >= major
  deny because "wait for the end of the incident"
rule reviewed on deploy
  when canary > 50
  require 2 approvals from { "leads" }
  because "two leads"
"""
NOW = "2026-03-02T09:30:00Z"
ACTION = {"kind": "deploy", "actor": {"id": "ann", "groups": ["dev"]}, "service": "web", "canary": 60}


class Failed(Exception):
    pass


def expect(condition, text):
    if not condition:
        raise Failed(text)


def clock(shift_s=0):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=shift_s)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Bench:
    """A folder with a bundle, an action, and folders for signals and approvals."""

    def __init__(self, binaries, folder):
        self.bin, self.folder = pathlib.Path(binaries).resolve(), pathlib.Path(folder)
        (self.folder / "s.guard").write_text(SET)
        self.run("guardc", "build", "s.guard", "-o", "s.bundle", exits=0)
        for name in ("signals", "approvals"):
            (self.folder / name).mkdir()
        self.action(ACTION)
        self.signal("none", NOW)

    def run(self, tool, *words, exits=None, **more):
        done = subprocess.run([self.bin / tool, *map(str, words)], cwd=self.folder, capture_output=True, text=True, check=False, **more)
        expect(exits is None or done.returncode == exits,
               f"{' '.join(map(str, words))}: exit {done.returncode}, not {exits}\n{done.stdout}{done.stderr}")
        return done

    def vm(self, *words, exits=0, **more):
        return self.run("guardvm", *words, exits=exits, **more)

    def action(self, action, name="a.json"):
        (self.folder / name).write_text(json.dumps(action))

    def signal(self, severity, as_of):
        self.vm("signal", "set", "incident", json.dumps({"severity": severity}), "--as-of", as_of, "--signals", "signals")

    def at(self, instant, *words, action="a.json"):
        """What is decided at an instant of the past."""
        done = self.vm("gate", "s.bundle", action, "--mode", "dry-run", "--at", instant, "--format", "json", *words)
        return json.loads(done.stdout)

    def have(self, decided):
        """How many approvals of the requirement are counted."""
        missing = [m for m in decided["decision"]["missing"] if m["kind"] == "approvals"]
        return missing[0]["any_of"][0]["have"] if missing else 2

    def digest(self, action="a.json"):
        return self.at(NOW, "--signals", "signals", action=action)["action"]

    def approval(self, name, **more):
        record = {"guard_approval": 1, "action": self.digest(), "by": "ben", "groups": ["leads"], "at": "2026-03-02T09:00:00Z",
                  "expires": "2026-03-02T10:00:00Z", **more}
        text = json.dumps({k: v for k, v in record.items() if v is not None}, separators=(",", ":"))
        (self.folder / "approvals" / f"{name}.json").write_text(text + "\n")

    def count(self, instant=NOW, *words):
        decided = self.at(instant, "--signals", "signals", "--approvals", "approvals", *words)
        return self.have(decided), decided["notes"], decided


def approvals(bench):
    """Expiry, the instant itself, duplicates, the actor's own, another action, and what is no approval."""
    bench.signal("none", "2026-03-02T09:29:00Z")
    bench.approval("1")
    expect(bench.count()[0] == 1, "one approval counts")
    bench.approval("1", expires="2026-03-02T09:30:00.000000001Z")
    have, notes, decided = bench.count()
    expect((have, notes) == (1, []), f"a nanosecond before it expires it counts: {notes}")
    expect(decided["valid_until"] == "2026-03-02T09:30:00.000000001Z", f"valid until it expires: {decided['valid_until']}")
    bench.approval("1", expires=NOW)
    have, notes, _ = bench.count()
    expect(have == 0 and notes == [f"approval `1.json` does not count: it expired at {NOW}"], f"at its expiry: {notes}")
    bench.approval("1", at=NOW)
    expect(bench.count()[0] == 1, "given at the instant itself it counts")
    bench.approval("1", at="2026-03-02T09:30:00.000000001Z")
    expect(bench.count()[0] == 0, "given later than the instant it does not")
    bench.approval("1")
    bench.approval("2", at="2026-03-02T09:10:00Z", expires="2026-03-02T11:00:00Z")
    have, _, decided = bench.count("2026-03-02T09:30:00Z")
    expect(have == 1, "one person counts once")
    bench.approval("2", by="bea", groups=["dev"])
    expect(bench.count()[0] == 1, "another group does not count")
    bench.approval("2", by="bea")
    expect(bench.count()[2]["outcome"] == "allow", "two people do")
    for name, more, note in [("actor", {"by": "ann"}, "it is by the action's own actor"),
                             ("other", {"action": "sha256:" + "0" * 64}, "it is for another action"),
                             ("nobody", {"by": None}, "it names nobody"),
                             ("form", {"guard_approval": 2}, "it is of a later form of approval records than this guardvm knows"),
                             ("none", {"guard_approval": None}, "it is no approval record"),
                             ("no_action", {"action": None}, "it names no action"),
                             ("no_at", {"at": "today"}, "it has no `at`, a timestamp"),
                             ("no_expiry", {"expires": None}, "it has no `expires`, a timestamp"),
                             ("by", {"by": 5}, "it has a `by` that is no text"),
                             ("groups", {"groups": "leads"}, "it has `groups` that are no list of texts"),
                             ("unlast", {"signature": "00"}, "it has a signature that does not stand last")]:
        (bench.folder / "approvals" / "2.json").unlink(missing_ok=True)
        bench.approval(name, **{"by": "bea", **more})
        have, notes, _ = bench.count()
        expect(have == 1 and notes == [f"approval `{name}.json` does not count: {note}"], f"{name}: {have} {notes}")
        (bench.folder / "approvals" / f"{name}.json").unlink()
    (bench.folder / "approvals" / "torn.json").write_text('{"guard_approval":1,')
    (bench.folder / "approvals" / "large.json").write_text('"' + "x" * (1 << 20) + '"')
    have, notes, _ = bench.count()
    expect(have == 1 and len(notes) == 2 and "is not JSON" in notes[1], f"no JSON, too large: {notes}")
    for file in (bench.folder / "approvals").iterdir():
        file.unlink()
    own = [{"by": name, "groups": ["leads"], "at": "2026-03-02T09:00:00Z"} for name in ("eve", "bob")]
    for rows, note in ((own, "the action's own 2 approvals do not count: approvals come from the folder"),
                       (own[:1], "the action's own approval does not count: approvals come from the folder")):
        bench.action({**ACTION, "approvals": rows})
        have, notes, decided = bench.count()
        expect((have, notes, decided["outcome"]) == (0, [note], "hold"), f"the action's own do not count: {have} {notes}")
    bench.approval("1")
    expect(bench.count()[0] == 1, "those of the folder do")
    bench.action({**ACTION, "approvals": own})
    expect(bench.at(NOW, "--signals", "signals")["outcome"] == "allow", "without a folder, the action's own")


def digest(bench):
    """The digest is of the action, however it is written, without its time, approvals and signals."""
    same = bench.digest()
    for change in ({"time": NOW}, {"approvals": []}, {"approvals": [{"by": "x", "groups": [], "at": NOW}]}, {"unknown": 1},
                   {"incident": {"value": {"severity": "major"}, "as_of": NOW}}, {"actor": {"groups": ["dev", "dev"], "id": "\u0061nn"}}):
        bench.action({**ACTION, **change}, "b.json")
        expect(bench.digest("b.json") == same, f"{change} changes the digest")
    (bench.folder / "b.json").write_text(json.dumps(ACTION, indent=3).replace("web", "\\u0077eb"))
    expect(bench.digest("b.json") == same, "another spelling changes the digest")
    for change in ({"service": "wob"}, {"canary": 61}, {"actor": {"id": "bob", "groups": ["dev"]}}, {"actor": {"id": "ann", "groups": []}}):
        bench.action({**ACTION, **change}, "b.json")
        expect(bench.digest("b.json") != same, f"{change} does not change the digest")
    document = (pathlib.Path(__file__).resolve().parents[2] / "runtime/gate/GATE.md").read_text(encoding="utf-8")
    page = re.search(r"```\n(guard action 1\n.*?)```", document, re.S).group(1)
    expect(same == "sha256:" + hashlib.sha256(page.encode()).hexdigest(), "GATE.md's bytes have another digest")


def signed(bench):
    """With a keyring: names and groups are the keyring's; unsigned, edited and unknown ones do not count."""
    bench.action({**ACTION, "approvals": [{"by": "eve", "groups": ["leads"], "at": "2026-03-02T09:00:00Z"}]})
    keys = {name: bench.vm("log", "key", f"{name}.key").stdout.strip().split()[-1] for name in ("ben", "bea", "mallory")}
    people = [{"name": "ben", "groups": ["leads"], "keys": [keys["ben"]]}, {"name": "bea", "groups": ["leads"], "keys": [keys["bea"]]}]
    (bench.folder / "ring.json").write_text(json.dumps({"people": people}))
    bench.signal("none", clock())
    gate = ("gate", "s.bundle", "a.json", "--signals", "signals", "--approvals", "approvals", "--keyring", "ring.json", "--format", "json")
    folder = bench.folder / "approvals"

    def ask(exits):
        decided = json.loads(bench.vm(*gate, exits=exits).stdout)
        expect(decided["notes"][:1] == ["the action's own approval does not count: approvals come from the folder"], decided["notes"])
        return bench.have(decided), decided["notes"][1:]

    expect(ask(4) == (0, []), "the action's own approvals do not count")
    first = pathlib.Path(bench.vm("approve", "s.bundle", "--action", "a.json", "--key", "ben.key", "--approvals", "approvals").stdout.strip())
    expect(ask(4) == (1, []), "a signed one counts")
    line = (bench.folder / first).read_text()
    for name, text, note in [
            ("edited", line.replace('"expires":"20', '"expires":"21'), "has a signature that does not fit: it was changed after it was signed"),
            ("renamed", line.replace('{"guard_approval":1,', '{"guard_approval":1,"by":"bea",'), "has a signature that does not fit"),
            ("rekeyed", line.replace(keys["ben"], keys["bea"]), "has a signature that does not fit"),
            ("cut", line.replace(line[-10:-4], ""), "has a signature that does not stand last"),
            ("not_last", line.rstrip()[:-1] + ',"by":"bea"}\n', "has a signature that does not stand last")]:
        expect(text != line, name)
        (folder / "x.json").write_text(text)
        have, notes = ask(4)
        expect(have == 1 and len(notes) == 1 and note in notes[0], f"{name}: {have} {notes}")
    (folder / "x.json").unlink()
    bench.vm("approve", "s.bundle", "--action", "a.json", "--by", "bea", "--group", "leads", "--approvals", "approvals")
    have, notes = ask(4)
    expect(have == 1 and "is not signed" in notes[0], f"an unsigned one: {notes}")
    bench.vm("approve", "s.bundle", "--action", "a.json", "--key", "mallory.key", "--approvals", "approvals")
    have, notes = ask(4)
    expect(have == 1 and any("by a key that the keyring does not know" in n for n in notes), f"an unknown key: {notes}")
    bench.vm("approve", "s.bundle", "--action", "a.json", "--key", "ben.key", "--approvals", "approvals")
    expect(ask(4)[0] == 1, "twice by one person counts once")
    bench.vm("approve", "s.bundle", "--action", "a.json", "--key", "bea.key", "--approvals", "approvals")
    expect(ask(0)[0] == 2, "two people of the keyring release it")
    people[0]["name"] = "ann"
    (bench.folder / "ring.json").write_text(json.dumps({"people": people}))
    have, notes = ask(4)
    expect(have == 1 and any("own actor" in n for n in notes), f"the actor's key: {notes}")


def signals(bench):
    """Fresh at the last moment, stale a nanosecond later or ahead of the instant, missing; the folder alone, not the record."""
    bench.action({**ACTION, "canary": 5})
    outcome = lambda instant, *words: bench.at(instant, *(words or ("--signals", "signals")))["outcome"]
    expect(outcome(NOW) == "allow", "as of the instant")
    expect(outcome("2026-03-02T09:35:00Z") == "allow", "five minutes old")
    expect(outcome("2026-03-02T09:35:00.000000001Z") == "deny", "older")
    expect(outcome("2026-03-02T09:29:59.999999999Z") == "deny", "of the future")
    bench.signal("major", NOW)
    expect(outcome(NOW) == "deny", "an incident")
    own = {"value": {"severity": "none"}, "as_of": NOW}
    bench.action({**ACTION, "canary": 5, "incident": own})
    expect(outcome(NOW) == "deny", "the folder's counts, not the action's")
    unused = "the action's own signal `incident` does not count: signals come from the folder"
    expect(bench.at(NOW, "--signals", "signals")["notes"] == [unused], "the action's own is named")
    (bench.folder / "signals" / "incident.json").rename(bench.folder / "signals" / "Incident.json")
    decided = bench.at(NOW, "--signals", "signals")
    expect(decided["outcome"] == "deny", "without a file it is missing, whatever the action says")
    stray = "`Incident.json` in the folder of signals is no signal of the kind `deploy`"
    expect(decided["notes"] == [unused, stray], f"both are named: {decided['notes']}")
    (bench.folder / "signals" / "Incident.json").unlink()
    expect(bench.at(NOW)["outcome"] == "allow", "without a folder, the action's own")
    bench.vm("gate", "s.bundle", "a.json", "--signals", "nowhere", exits=1)
    for odd in (None, 5, {"value": None}):
        bench.action({**ACTION, "canary": 5, "incident": odd})
        expect(outcome(NOW) == "deny", f"missing, not {odd}")
    bench.action({**ACTION, "canary": 5})
    decided = bench.at(NOW, "--signals", "signals")
    expect((decided["outcome"], decided["notes"]) == ("deny", []), "missing")
    (bench.folder / "signals" / "incident.json").write_text('{"value": {"severity": "none"}}')
    decided = bench.at(NOW, "--signals", "signals")
    expect(decided["outcome"] == "error" and decided["decision"]["error"]["at"].startswith("/incident"), "without as_of: an error")
    (bench.folder / "signals" / "incident.json").write_text(json.dumps(own) + " " * (1 << 20))
    done = bench.vm("gate", "s.bundle", "a.json", "--signals", "signals", exits=1)
    expect("nothing was decided" in done.stderr, "too large a file blocks")


def fits(bench):
    """`signal set --bundle` takes what fits a kind that has the signal, whatever else its records need, and nothing else."""
    (bench.folder / "w.guard").write_text("""\
schema wide
default allow
kind at "/event/kind"
enum Light { green < red }
record Row { name: string, size: int 1..9 }
record Spot { note: string?, zone: int }
action build { time: timestamp now, signal light: bool max age 5m }
action deploy {
  time: timestamp now, flag: bool, count: int 3..9, whole: int, share: decimal(6, 2), light_now: Light at "/event/light", version: version,
  made: timestamp, took: duration, tags: set<string>, rows: list<Row>, name: string, extra: Row?, spot: Spot,
  signal light: Light max age 5m, signal queue: record { size: int 0..9, last: string? } max age 5m,
  signal heat: decimal(6, 2) max age 5m at "/spot/heat"
}
unguarded build
policy p
owner "delivery"
rule flagged on deploy
  when flag
  deny because "flagged"
""")
    bench.run("guardc", "build", "w.guard", "-o", "w.bundle", exits=0)
    for name, value, exits in (("light", '"green"', 0), ("light", "true", 0), ("light", '"blue"', 1), ("light", "5", 1), ("queue", '{"size": 9}', 0),
                               ("queue", '{"size": 9, "last": "x"}', 0), ("queue", '{"size": 10}', 1), ("queue", '{"last": "x"}', 1), ("queue", "null", 1),
                               ("heat", "1.5", 0), ("heat", "1.505", 1), ("spot.heat", "1.5", 1)):
        done = bench.vm("signal", "set", name, value, "--bundle", "w.bundle", "--signals", "signals", exits=exits)
        expect(exits == 0 or "the schema" in done.stderr, f"{name} {value}: {done.stderr}")
        expect((bench.folder / "signals" / f"{name}.json").exists() == (exits == 0), f"{name} {value}: written or not")
        (bench.folder / "signals" / f"{name}.json").unlink(missing_ok=True)


def skew(bench):
    """A record's own time: to the bound of the skew replaced by the clock's, beyond it refused."""
    for shift, exits in ((0, 0), (-290, 0), (290, 0), (-310, 6), (310, 6), (-86400 * 30, 6)):
        bench.signal("none", clock())
        bench.action({**ACTION, "canary": 5, "time": clock(shift)})
        done = bench.vm("gate", "s.bundle", "a.json", "--signals", "signals", "--format", "json", exits=exits)
        decided = json.loads(done.stdout)
        expect(exits == 0 or decided["decision"]["error"]["code"] == "instant-conflict", done.stdout)
    # Exactly at it, and a nanosecond beyond: tests/golden/gate/gate_dry_run.guard.


def start(bench, *words):
    return subprocess.Popen([bench.bin / "guardvm", "gate", "s.bundle", "a.json", *words], cwd=bench.folder, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def wait(bench):
    """A hold is decided again when an input changes; a denial ends the wait; the wait ends; each try is logged."""
    bench.signal("none", clock())
    words = ("--signals", "signals", "--approvals", "approvals", "--log", "log", "--format", "json", "--wait")
    begin = time.monotonic()
    gate = start(bench, *words, "60s")
    for person in ("ben", "bea"):
        time.sleep(1)
        bench.vm("approve", "s.bundle", "--action", "a.json", "--by", person, "--group", "leads", "--approvals", "approvals")
    out, err = gate.communicate(timeout=50)
    decided = json.loads(out)
    expect(gate.returncode == 0 and decided["attempt"] == 3, f"released by the second approval: {out}{err}")
    expect(time.monotonic() - begin < 30, "it was released long before the end of the wait")
    records = [json.loads(line) for line in (bench.folder / "log").read_text().splitlines()]
    expect([r["decision"]["decision"] for r in records] == ["hold", "hold", "allow"], "three tries in the log")
    expect([r["attempt"] for r in records] == [1, 2, 3] and len({r["run"] for r in records}) == 1, "of one run")
    expect(len({r["action"]["time"] for r in records}) == 3, "each at its own instant")

    for file in (bench.folder / "approvals").iterdir():
        file.unlink()
    gate = start(bench, *words, "60s")
    time.sleep(1)
    bench.signal("major", clock())
    out, err = gate.communicate(timeout=50)
    expect(gate.returncode == 2, f"a denial ends the wait: {out}{err}")

    bench.signal("none", clock())
    begin = time.monotonic()
    bench.vm("gate", "s.bundle", "a.json", *words, "1500ms", exits=4)
    expect(1.4 < time.monotonic() - begin < 20, "the wait ends, and the action is held")
    ended = [json.loads(line) for line in (bench.folder / "log").read_text().splitlines()][-2:]
    expect([r["attempt"] for r in ended] == [1, 2] and len({r["run"] for r in ended}) == 1, "its end is a record")
    report = json.loads(bench.vm("report", "log", "--format", "json").stdout)
    run = [r for r in report["holds"]["runs"] if r["run"] == ended[0]["run"]][0]
    expect(run["outcome"] == "hold" and 1.4e9 < run["wait_ns"] < 20e9, f"the report counts the wait that ran out: {run}")

    # Time alone: the signal grows stale, and what was held is denied.
    bench.signal("none", clock(-298))
    bench.vm("gate", "s.bundle", "a.json", *words, "60s", exits=2)
    verified = bench.vm("log", "verify", "log")
    expect("ok" in verified.stdout, verified.stdout)


def pointless(bench):
    """A hold that nothing given can release before the end of the wait ends it at once, as one try."""
    text = SET.replace("  deny because", "  deny\n  if missing: hold\n  because")
    text += 'rule later on deploy\n  when service == "till"\n  hold until time > 2100-01-01T00:00:00Z\n  because "not in this century"\n'
    (bench.folder / "w.guard").write_text(text)
    bench.run("guardc", "build", "w.guard", "-o", "w.bundle", exits=0)
    fresh = {"value": {"severity": "none"}, "as_of": clock()}

    def ask(action, *folders):
        bench.action({**ACTION, **action})
        begin = time.monotonic()
        done = bench.vm("gate", "w.bundle", "a.json", *folders, "--format", "json", "--log", "log", "--wait", "2s", exits=4)
        return json.loads(done.stdout)["attempt"], time.monotonic() - begin, done.stderr

    for action, folders in (({"canary": 5}, ("--approvals", "approvals")),  # lacks a signal only
                            ({}, ()),
                            ({"canary": 5, "service": "till", "incident": fresh}, ("--approvals", "approvals"))):  # in 2100
        attempt, took, told = ask(action, *folders)
        expect(attempt == 1 and took < 1.5 and told == "", f"{action} {folders}: {attempt} tries, {took} s, {told}")
    for action, folders in (({"incident": fresh}, ("--approvals", "approvals")), ({"canary": 5}, ("--signals", "signals"))):
        attempt, took, told = ask(action, *folders)
        expect(attempt == 2 and took > 1.9 and "decided again when an input changes, for at most 2s" in told, f"{action} {folders}: {attempt} tries, {took} s, {told}")
    told = bench.vm("report", "log").stdout
    expect(told.count(": 0s, 1 try, then hold") == 3 and told.count(", 2 tries, then hold") == 2, told)


def kept(bench):
    """check-decision: an allow counts for its action, its bundle, and its time."""
    bench.action({**ACTION, "canary": 5})
    bench.signal("none", clock())
    bench.vm("gate", "s.bundle", "a.json", "--signals", "signals", "--output", "d.json")
    bench.vm("check-decision", "s.bundle", "d.json", "a.json")
    bench.action({**ACTION, "canary": 5, "time": "2020-01-01T00:00:00Z"}, "b.json")
    bench.vm("check-decision", "s.bundle", "d.json", "b.json")
    bench.action({**ACTION, "canary": 6}, "b.json")
    expect("for another action" in bench.vm("check-decision", "s.bundle", "d.json", "b.json", exits=2).stderr, "another action")
    decided = json.loads((bench.folder / "d.json").read_text())
    for change, note in (({"valid_until": clock(-0.001)}, "ask the gate again"), ({"at": clock(400)}, "still to come"),
                         ({"valid_until": "later"}, "until when it is valid"), ({"at": None}, "when it was made"), ({"mode": "dry-run"}, "dry run"),
                         ({"bundle": "sha256:00"}, "another bundle"), ({"outcome": "deny"}, "not `allow`"), ({"guard_gate": 2}, "no decision"),
                         ({"decision": {**decided["decision"], "decision": "deny"}}, "it contradicts itself: the decision in it is not `allow`"),
                         ({"decision": {**decided["decision"], "bundle": "sha256:00"}}, "it contradicts itself: the decision in it was made with another bundle"),
                         ({"decision": None}, "contradicts itself"), ({"decision": {}}, "contradicts itself")):
        (bench.folder / "e.json").write_text(json.dumps({**decided, **change}))
        done = bench.vm("check-decision", "s.bundle", "e.json", "a.json", exits=2)
        expect(note in done.stderr, f"{change}: {done.stderr}")
    (bench.folder / "e.json").write_text(json.dumps({**decided, "valid_until": None}))
    bench.vm("check-decision", "s.bundle", "e.json", "a.json")
    # To the end: a signal that grows stale ends the allow.
    bench.signal("none", clock(-298))
    bench.vm("gate", "s.bundle", "a.json", "--signals", "signals", "--output", "d.json")
    bench.vm("check-decision", "s.bundle", "d.json", "a.json")
    time.sleep(2.5)
    bench.vm("check-decision", "s.bundle", "d.json", "a.json", exits=2)


def logged(bench):
    """With a log: the digest is checked, both decisions are recorded, and what cannot be recorded is not decided."""
    (bench.folder / "next.guard").write_text(SET.replace("canary > 50", "canary > 2"))
    bench.run("guardc", "build", "next.guard", "-o", "next.bundle", exits=0)
    bench.action({**ACTION, "canary": 5})
    bench.signal("none", clock())
    done = bench.vm("gate", "s.bundle", "a.json", "--signals", "signals", "--log", "log", "--candidate", "next.bundle", "--revision", "r7")
    expect("candidate would hold: p.reviewed" in done.stdout and "record 1 of the log" in done.stdout, done.stdout)
    record = json.loads((bench.folder / "log").read_text())
    expect(record["decision"]["decision"] == "allow" and record["candidate"]["decision"]["decision"] == "hold", "both are recorded")
    expect(record["revision"] == "r7" and record["mode"] == "enforce" and record["action"]["approvals"] == [], "with what was put in")
    expect(record["action"]["incident"]["value"] == {"severity": "none"}, "the signal is in the record")
    bench.vm("gate", "s.bundle", "a.json", "--signals", "signals", "--log", "log", "--mode", "dry-run")
    expect(json.loads((bench.folder / "log").read_text().splitlines()[1])["mode"] == "dry-run", "the log says so")
    replayed = bench.vm("replay", "s.bundle", "log", "--format", "json")
    expect(json.loads(replayed.stdout)["changes"] == [], f"replay decides as the gate did: {replayed.stdout}")
    (bench.folder / "nokey").write_text("{}\n")
    bench.vm("gate", "s.bundle", "a.json", "--log", "nokey", exits=5)
    bench.vm("gate", "s.bundle", "a.json", "--log", "nokey", "--mode", "dry-run", exits=5)
    digest_of = json.loads(bench.vm("inspect", "s.bundle", "--format", "json").stdout)["bundle"]
    bench.vm("gate", "s.bundle", "a.json", "--signals", "signals", "--expect-digest", digest_of)
    bench.vm("gate", "next.bundle", "a.json", "--signals", "signals", "--expect-digest", digest_of, exits=3)
    broken = bytearray((bench.folder / "s.bundle").read_bytes())
    broken[40] ^= 1  # of the digest itself, which loading does not check
    (bench.folder / "broken.bundle").write_bytes(broken)
    for words in (("--log", "log"), ("--log", "log", "--mode", "dry-run")):
        bench.vm("gate", "broken.bundle", "a.json", *words, exits=3)
    (bench.folder / "half.bundle").write_bytes(broken[:len(broken) // 2])
    bench.vm("gate", "half.bundle", "a.json", "--mode", "dry-run", exits=3)


def github(bench):
    """The step summary is appended to, and holds every line as code."""
    bench.action({**ACTION, "service": "web\n# not a heading"})
    summary = bench.folder / "summary.md"
    summary.write_text("before\n")
    done = bench.vm("gate", "s.bundle", "a.json", "--signals", "signals", "--format", "github", exits=2,
                    env={**os.environ, "GITHUB_STEP_SUMMARY": str(summary)})
    expect(done.stdout.startswith("::error title=guard%3A deny deploy::") and done.stdout.count("\n") == 1, done.stdout)
    lines = summary.read_text().splitlines()
    expect(lines[:3] == ["before", "### guard: deny deploy", ""], lines)
    inner = lines[3:-2]
    expect(all(line.startswith("    ") or line == "" for line in inner[:-1]), lines)
    done = bench.vm("gate", "s.bundle", "a.json", "--signals", "signals", "--format", "github", exits=2,
                    env={**os.environ, "GITHUB_STEP_SUMMARY": "/nowhere/summary"})
    expect("cannot write the step summary" in done.stderr, done.stderr)


def environment(bench):
    """`action new` takes from the environment what is not set, and says which variable is wrong."""
    def new(variables, *words, exits=0):
        return bench.vm("action", "new", "s.bundle", "deploy", "--env-prefix", "X_", *words, exits=exits, env={**os.environ, **variables})

    given = {"X_ACTOR_ID": "ann", "X_ACTOR_GROUPS": '["dev"]', "X_SERVICE": "web", "X_CANARY": "60"}
    record = json.loads(new(given).stdout)
    expect(record == ACTION, record)
    expect(json.loads(new(given, "--set", "service=shop", "--set", "actor.groups=ops").stdout)["actor"] == {"groups": ["ops"], "id": "ann"},
           "what is set goes before the environment")
    expect(json.loads(new({**given, "X_ACTOR_ID": "eve"}, "--set-json", 'actor={"id":"ann","groups":[]}').stdout)["actor"]["id"] == "ann",
           "also when a whole record is set")
    done = new({**given, "X_ACTOR_GROUPS": "dev"}, exits=1)
    expect("environment variable `X_ACTOR_GROUPS`: the value of `actor.groups` is not JSON" in done.stderr, done.stderr)
    done = new({**given, "X_SERVICE": ""}, exits=6)
    expect("missing-attribute at /service" in done.stderr, done.stderr)
    bench.vm("gate", "s.bundle", "-", "--signals", "signals", exits=2, input=json.dumps(record))  # the signal is of another day


CASES = {f.__name__: f for f in (approvals, digest, signed, signals, fits, skew, wait, pointless, kept, logged, github, environment)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", required=True)
    parser.add_argument("case", choices=CASES)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        try:
            CASES[args.case](Bench(args.bin, folder))
        except Failed as failure:
            print(f"{args.case}: {failure}")
            return 1
    print(f"{args.case}: ok")
    return 0


if __name__ == "__main__":
    sys.exit(main())
