#!/usr/bin/env python3
"""A rule that is in conflict with many others has one finding that names them all, and just them; with few, one each.

    conflict_groups_test.py GUARDC GUARDVM
"""
import json
import pathlib
import subprocess
import sys
import tempfile

MANY = 16  # as in verify/checks/conflict.cpp
HEAD = """schema shop
default allow
action deploy { service: string, env: enum { dev, prod }, time: timestamp now }
policy p
"""


def rule(name, effect, when, extra=""):
    return f'rule {name} on deploy\n  {effect} when {when}\n{extra}  because "{name}"\n'


def locals_of(effect, count, start=0):
    return "".join(rule(f"own_{i:02}", effect, f'service == "s{i}"') for i in range(start, start + count))


class Sets:
    def __init__(self, guardc, guardvm, folder):
        self.guardc, self.guardvm, self.folder, self.failed = guardc, guardvm, pathlib.Path(folder), 0

    def write(self, name, rules):
        path = self.folder / name / "s.guard"
        path.parent.mkdir(exist_ok=True)
        path.write_text(HEAD + rules)
        return path

    def verify(self, path, *options, fmt="json"):
        command = [self.guardc, "verify", path, "--as-of", "2026-11-25", "--format", fmt, *options]
        run = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=60)
        return json.loads(run.stdout)

    def conflicts(self, path, *options, among="findings"):
        report = self.verify(path, *options)
        assert not report["inconclusive"], report["inconclusive"]
        return [finding for finding in report[among] if finding["id"] == "conflict"]

    def expect(self, what, is_so):
        self.failed += not is_so
        print(("ok      " if is_so else "FAILED  ") + what)

    def decided(self, path, finding):
        bundle, record = self.folder / "set.bundle", self.folder / "action.json"
        subprocess.run([self.guardc, "build", path, "-o", bundle], check=True)
        record.write_text(json.dumps(finding["witness"]))
        run = subprocess.run([self.guardvm, "eval", bundle, record, "--format", "json"], capture_output=True, text=True)
        decision = json.loads(run.stdout)
        return decision["decision"], {row["id"] for row in decision["rules"] if row["status"] == "applied"}


def names(numbers):
    return [f"p.own_{i:02}" for i in numbers]


def main():
    with tempfile.TemporaryDirectory() as folder:
        sets = Sets(*sys.argv[1:], folder)
        freeze = rule("freeze", "deny", "env == prod")
        elsewhere = rule("elsewhere", "allow", 'env == dev and service == "s1"')

        path = sets.write("many", freeze + locals_of("allow", MANY) + elsewhere)
        found = sets.conflicts(path)
        sets.expect("many allows: one finding, the deny first, all others, and none that is elsewhere",
                    [finding["rules"] for finding in found] == [["p.freeze"] + names(range(MANY))])
        outcome, applied = sets.decided(path, found[0])
        sets.expect("its action is denied by the first, and another one stands",
                    outcome == "deny" and "p.freeze" in applied and applied & set(names(range(MANY))))
        for jobs in "12":
            sets.expect(f"the same by {jobs} threads", sets.conflicts(path, "--jobs", jobs) == found)
        sets.expect("the same by both engines", sets.conflicts(path, "--engine", "both") == found)

        path = sets.write("few", freeze + locals_of("allow", MANY - 1) + elsewhere)
        found = sets.conflicts(path)
        sets.expect("fewer: one finding each, with its region", len(found) == MANY - 1 and
                    all(finding["rules"][1] == "p.freeze" and finding["region"] for finding in found))

        path = sets.write("denies", rule("pass", "allow", "env == prod") + locals_of("deny", MANY + 4))
        found = sets.conflicts(path)
        sets.expect("many denies: one finding of the allow",
                    [finding["rules"] for finding in found] == [["p.pass"] + names(range(MANY + 4))])

        known = rule("known", "allow", 'service == "known"', "  accept conflict because \"agreed\"\n")
        path = sets.write("accepted", freeze + locals_of("allow", MANY) + known)
        sets.expect("who accepts conflicts is told apart",
                    [finding["rules"] for finding in sets.conflicts(path)] == [["p.freeze"] + names(range(MANY))] and
                    [finding["rules"] for finding in sets.conflicts(path, among="accepted")] == [["p.known", "p.freeze"]])

        base, same = sets.write("base", freeze + locals_of("allow", MANY)), sets.write("same", freeze + locals_of("allow", MANY) + elsewhere)
        more, less = sets.write("more", freeze + locals_of("allow", MANY + 1)), sets.write("less", freeze + locals_of("allow", MANY - 1))
        new = lambda path, base: [f["rules"] for f in sets.conflicts(path, "--base", base, "--new-only")]
        sets.expect("no pair is new: nothing is", new(same, base) == [])
        sets.expect("one pair is new: the finding is", new(more, base) == [["p.freeze"] + names(range(MANY + 1))])
        sets.expect("a pair that was told with others is not new alone", new(less, base) == [])
        marks = lambda path: {row["partialFingerprints"]["guardFinding/v1"] for row in sets.verify(path, fmt="sarif")["runs"][0]["results"]
                              if row["ruleId"] == "conflict"}
        sets.expect("a rule that joins them leaves the finding what it is", marks(base) == marks(more) and len(marks(base)) == 1)
        return 1 if sets.failed else 0


if __name__ == "__main__":
    sys.exit(main())
