#!/usr/bin/env python3
"""Replay equals batch equals eval, decision by decision.

    replay.py --bin build/bin ROOT [--data FILE]    --data: a large NDJSON file of deployments, timed as well

What replay counts is counted again here, from the decisions that batch prints; samples of those are compared with what eval prints.
The same actions are given as plain and compressed files, in parts, as decision logs, and to one and to many threads.
"""
import argparse
import collections
import json
import pathlib
import re
import struct
import subprocess
import sys
import tempfile
import time

STRICT = {"allow": 0, "hold": 1, "deny": 2, "error": 3}


class Failed(Exception):
    pass


def expect(got, wanted, what):
    if got != wanted:
        raise Failed(f"{what}:\n  replay  {got}\n  counted {wanted}")


def zstd(data):
    """A zstd frame of raw blocks (RFC 8878)."""
    blocks = [data[i:i + 100_000] for i in range(0, len(data), 100_000)] or [b""]
    out = b"\x28\xb5\x2f\xfd\x00\x58"
    for i, block in enumerate(blocks):
        out += struct.pack("<I", len(block) << 3 | (i == len(blocks) - 1))[:3] + block
    return out


def run(*words, codes=(0,), **how):
    done = subprocess.run([str(w) for w in words], capture_output=True, text=True, check=False, **how)
    if done.returncode not in codes:
        raise Failed(f"{' '.join(map(str, words))} gives {done.returncode}: {done.stderr}")
    return done.stdout


def deciding(decision):
    """The rules that the outcome rests on."""
    outcome = decision["decision"]
    for rule in decision["rules"]:
        if rule["status"] != "applied":
            continue
        if outcome == "deny" and rule["effect"] == "deny" or outcome == "allow" and rule["effect"] == "allow" or \
           outcome == "hold" and rule.get("met") is False or outcome == "hold" and rule["effect"] == "hold" and "met" not in rule:
            yield rule


def counted(decisions, before, modes, actions, inputs):
    """What replay is to say, from the decisions."""
    rules = {id_: collections.Counter() for id_ in modes}
    changes, examples = collections.Counter(), collections.defaultdict(list)
    newly, services, actors, by_rule, errors = 0, collections.Counter(), collections.Counter(), collections.Counter(), collections.Counter()
    would_all = 0
    for i, (decision, action) in enumerate(zip(decisions, actions)):
        outcome = decision["decision"]
        rests = list(deciding(decision))
        if outcome == "error":
            errors[decision["error"]["code"]] += 1
        for rule in decision["rules"]:
            count = rules[rule["id"]]
            count["fired"] += 1
            if "would" in rule:
                count["would_stop"] += STRICT[rule["would"]] > STRICT[outcome]
                count["would_let_pass"] += STRICT[rule["would"]] < STRICT[outcome]
            elif outcome in ("deny", "hold") and rule in rests:
                count["stopped"] += 1
                count["stopped_alone"] += len(rests) == 1
        would_all += STRICT[decision.get("would", "allow")] > STRICT[outcome]
        was = before[i]["decision"] if before else None
        if before and was != outcome:
            changes[was, outcome] += 1
            if len(examples[was, outcome]) < 3:
                examples[was, outcome].append(inputs[i])
        if outcome != "allow" and was in (None, "allow"):
            newly += 1
            if outcome == "error":
                by_rule["(error)"] += 1
                continue
            if isinstance(action.get("service"), str) and action["service"]:
                services[action["service"]] += 1
            if isinstance(action.get("actor"), dict):
                actors[action["actor"]["id"]] += 1
            for rule in rests:
                by_rule[rule["id"]] += 1
            if not rests:
                by_rule["(default)"] += 1
    top = lambda counter: [{"name": name, "count": n} for name, n in sorted(counter.items(), key=lambda kv: (-kv[1], kv[0].encode()))]
    return {
        "actions": len(decisions), "outcomes": {o: sum(d["decision"] == o for d in decisions) for o in ("allow", "deny", "hold", "error")},
        "errors": top(errors), "would_stop_all": would_all,
        "rules": {id_: {k: c[k] for k in ("fired", "stopped", "stopped_alone", "would_stop", "would_let_pass")} for id_, c in rules.items() if c["fired"]},
        "never_fired": {id_ for id_, c in rules.items() if not c["fired"] and modes[id_] != "off"},
        "changes": {pair: (n, examples[pair]) for pair, n in changes.items()},
        "newly": {"count": newly, "services": top(services), "actors": top(actors), "rules": top(by_rule)},
    }


def said(replay):
    """What replay says, in the same form."""
    return {
        "actions": replay["actions"], "outcomes": replay["outcomes"], "errors": replay["errors"], "would_stop_all": replay["would_stop_all"],
        "rules": {r["id"]: {k: r[k] for k in ("fired", "stopped", "stopped_alone", "would_stop", "would_let_pass")} for r in replay["rules"]},
        "never_fired": set(replay["never_fired"]),
        "changes": {(c["from"], c["to"]): (c["count"], [(e["input"], e["line"]) for e in c["examples"]]) for c in replay["changes"]},
        "newly": replay.get("newly_blocked", replay.get("blocked")),
    }


class Case:
    def __init__(self, binaries, folder, name, policies, lines, kind):
        self.bin, self.folder, self.name = binaries, folder, name
        self.options = ["--kind", kind] if kind else []
        self.lines = lines
        self.actions = [self.parse(line) for line in lines]
        self.new, self.old = folder / f"{name}.new", folder / f"{name}.old"
        for bundle, change in ((self.new, lambda text: text), (self.old, self.loosen)):
            where = folder / f"{bundle.name}.src"
            where.mkdir()
            for path in policies:
                text = path.read_text(encoding="utf-8")
                (where / path.name).write_text(change(text) if path.suffix == ".guard" else text, encoding="utf-8")
            run(binaries / "guardc", "build", where, "-o", bundle)
        dump = run(binaries / "guardc", "dump", self.new)
        self.modes = dict(re.findall(r"^rule (\S+), \w+, (\w+)", dump, re.M))
        if not self.modes:
            inspected = json.loads(run(binaries / "guardvm", "inspect", self.new, "--format", "json"))
            raise Failed(f"no rules found in the dump; inspect knows {list(inspected)}:\n{dump[:2000]}")

    @staticmethod
    def parse(line):
        try:
            action = json.loads(line)
        except ValueError:
            return {}
        return action if isinstance(action, dict) else {}

    @staticmethod
    def loosen(text):
        """Another set: every third rule is in shadow."""
        turn = iter(range(10_000))

        def rule(match):
            head, _, body = match[0].partition("\n")
            if re.search(r"^\s+mode\b", body, re.M) or next(turn) % 3:
                return match[0]
            return f"{head}\n  mode shadow\n{body}"

        return re.sub(r"(?ms)^rule \w+.*?(?=^\S|\Z)", rule, text)

    def batch(self, bundle, path):
        return [json.loads(line) for line in
                run(self.bin / "guardvm", "batch", bundle, path, *self.options, "--quiet", codes=(0, 6)).splitlines()]

    def replay(self, *more):
        return json.loads(run(self.bin / "guardvm", "replay", self.new, *more, *self.options, "--format", "json", "--top", 1_000_000, "--quiet"))

    def check(self):
        plain = self.folder / f"{self.name}.ndjson"
        plain.write_text("".join(line + "\n" for line in self.lines), encoding="utf-8")
        new, old = self.batch(self.new, plain), self.batch(self.old, plain)
        expect(len(new), len(self.lines), "decisions of batch")
        step = max(1, len(self.lines) // 60)
        evals = range(0, len(self.lines), step)
        for i in evals:
            one = json.loads(run(self.bin / "guardvm", "eval", self.new, "-", "--format", "json", *self.options, input=self.lines[i], codes=(0, 2, 4, 6)))
            one.pop("valid_until")
            seen = dict(new[i])
            seen.pop("valid_until", None)
            expect(one, seen, f"eval and batch of line {i + 1}")
        whole = [(str(plain), i + 1) for i in range(len(self.lines))]
        for threads in (1, 2, 7):
            expect(said(self.replay(plain, "--threads", threads)), counted(new, None, self.modes, self.actions, whole), f"{self.name}, {threads} threads")
            expect(said(self.replay(plain, "--threads", threads, "--against", self.old)), counted(new, old, self.modes, self.actions, whole),
                   f"{self.name} against another bundle, {threads} threads")
        # In two parts, one compressed.
        half = len(self.lines) // 2
        parts = [self.folder / f"{self.name}.{n}" for n in (1, 2)]
        parts[0].write_bytes(zstd("".join(line + "\n" for line in self.lines[:half]).encode()))
        parts[1].write_text("".join(line + "\n" for line in self.lines[half:])[:-1], encoding="utf-8")  # without the last line end
        places = [(str(parts[0]), i + 1) for i in range(half)] + [(str(parts[1]), i + 1) for i in range(len(self.lines) - half)]
        expect(said(self.replay(*parts, "--against", self.old)), counted(new, old, self.modes, self.actions, places), f"{self.name} in parts")
        # As a decision log of the old bundle: compared with what was decided then. What it does not hold is left out.
        log = self.folder / f"{self.name}.log"
        if not self.options:
            run(self.bin / "log_writer", self.old, log, plain, "--rotate", 200_000, "--compress")
            records = [json.loads(line) for line in run(self.bin / "guardvm", "log", "query", log, "--format", "json").splitlines()]
            held = [i for i, record in enumerate(records) if record["action"] is not None and "replaced" not in record]
            expect([r["decision"]["decision"] for r in records], [d["decision"] for d in old], "the log and batch")
            replay = self.replay(log)
            expect(replay["left_out"]["unread"], sum(r["action"] is None for r in records), "left out: unread")
            # The library's rules read every sensitive value; redacted() has the others.
            expect(replay["left_out"]["replaced"], sum("replaced" in r for r in records), "left out: replaced")
            mine = said(replay)
            theirs = counted([new[i] for i in held], [old[i] for i in held], self.modes, [self.actions[i] for i in held], [None] * len(held))
            for side in (mine, theirs):
                side["changes"] = {pair: n for pair, (n, _) in side["changes"].items()}
            expect(mine, theirs, f"{self.name} as a log")
        print(f"{self.name}: {len(self.lines)} actions; replay equals batch on 1, 2 and 7 threads, alone and against another bundle, compressed and in parts"
              f"{'' if self.options else ', and as a decision log'}; eval equals batch on {len(evals)}")


REDACTED = """\
schema s
default allow
record Step { name: string, secret: string? sensitive }
action deploy { time: timestamp now, service: string, unread: string? sensitive, read: string? sensitive, number: int? sensitive, steps: list<Step> }
policy p
rule r on deploy
  deny when service == "web" and read is present and read == "x"
  because "no"
"""


def redacted(binaries, folder):
    """Records with digests are decided again only where no decision can depend on what they stand for."""
    (folder / "r.guard").write_text(REDACTED)
    run(binaries / "guardc", "build", folder / "r.guard", "-o", folder / "r.bundle")
    plain = {"kind": "deploy", "time": "2026-03-02T09:30:00Z", "service": "web", "steps": []}
    kept = [plain, {**plain, "unread": "a"}, {**plain, "unheard": {"of": 1}}, {**plain, "read": None}, {**plain, "steps": [{"name": "a"}]}]
    left = [{**plain, "read": "x"}, {**plain, "number": 7}, {**plain, "steps": [{"name": "a", "secret": "b"}]}, {**plain, "unread": "a", "read": "x"}]
    (folder / "r.ndjson").write_text("".join(json.dumps(a) + "\n" for a in kept + left))
    run(binaries / "log_writer", folder / "r.bundle", folder / "r.log", folder / "r.ndjson")
    replay = json.loads(run(binaries / "guardvm", "replay", folder / "r.bundle", folder / "r.log", "--format", "json", "--quiet"))
    expect((replay["actions"], replay["left_out"], replay["changes"]), (len(kept), {"unread": 0, "replaced": len(left), "no_record": 0}, []),
           "records with digests")
    print(f"records with digests: {len(kept)} decided again, {len(left)} left out")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    parser.add_argument("--data", type=pathlib.Path)
    parser.add_argument("root", type=pathlib.Path)
    options = parser.parse_args()
    binaries, policies = options.bin.resolve(), options.root / "policies"
    with tempfile.TemporaryDirectory(prefix="guard-replay-") as name:
        folder = pathlib.Path(name)
        try:
            samples = [json.dumps(json.loads(path.read_text())) for path in sorted((policies / "samples").glob("*.json"))]
            odd = ["", "{}", "no JSON", '{"kind":"deploy"}', "[1]", samples[0][:-1], samples[1] + "x"]
            several = [line for n in range(40) for line in samples[n % 7:] + odd[n % 3:]]
            Case(binaries, folder, "library", [*policies.glob("*.guard"), *policies.glob("*.json")], several, None).check()
            slice_ = (policies / "govuk/deployments-slice.ndjson").read_text(encoding="utf-8").splitlines()
            Case(binaries, folder, "govuk", [policies / "govuk/govuk.guard"], slice_, "deploy").check()
            redacted(binaries, folder)
            if options.data:
                for _ in range(3):
                    started = time.monotonic()
                    done = subprocess.run([binaries / "guardvm", "replay", folder / "govuk.new", options.data, "--kind", "deploy"], check=True,
                                          capture_output=True, text=True)
                    print(f"{time.monotonic() - started:.3f} s: {done.stderr.strip()}")
        except Failed as failure:
            sys.exit(str(failure))


if __name__ == "__main__":
    main()
