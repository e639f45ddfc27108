#!/usr/bin/env python3
"""Every limit of runtime/tables/limits.def from both sides: at its bound the tools work, one past it they refuse and name the row.

    limits.py --bin build/bin ROOT

Bounds that take long to reach from below are tried from above only; those out of reach say why.
"""
import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile

HEAD = "schema s\ndefault allow\naction deploy { time: timestamp now, canary: int 0..1000000, service: string, tags: set<string> }\npolicy p\n"
RULE = 'rule r on deploy\n  deny when canary > 50\n  because "no"\n'
RECORD = {"kind": "deploy", "time": "2026-03-02T09:30:00Z", "canary": 5, "service": "a", "tags": []}


def condition(text):
    return HEAD + f'rule r on deploy\n  deny when {text}\n  because "no"\n'


def chain(count):
    return condition(" or ".join(f"canary == {i}" for i in range(count)))


def nodes(count):
    """`count` atoms through defines of at most 5,000 operands each."""
    text, names = "", []
    for start in range(0, count, 5000):
        names.append(f"part{start}")
        text += f"define {names[-1]} = " + " or ".join(f"canary == {i}" for i in range(start, min(count, start + 5000))) + "\n"
    return HEAD + text + f'rule r on deploy\n  deny when {" or ".join(names)}\n  because "no"\n'


def kinds(count):
    return "schema s\ndefault allow\naction { time: timestamp now }\n" + "".join(f"action k{i} {{}}\n" for i in range(count)) + \
        'policy p\nrule r on every action\n  deny because "no"\n'


def leaves(count):
    fields = ", ".join(f"a{i}: int" for i in range(count - 1))
    return f'schema s\ndefault allow\naction deploy {{ time: timestamp now, {fields} }}\npolicy p\nrule r on deploy\n  deny because "no"\n'


def words(count):
    return "schema s\ndefault allow\nenum E { " + ", ".join(f"w{i}" for i in range(count)) + \
        ' }\naction deploy { time: timestamp now, e: E }\npolicy p\nrule r on deploy\n  deny when e == w1\n  because "no"\n'


def windows(count):
    names = [f"w{i}" for i in range(count)]
    text = "".join(f'window {n} = mon 09:00 to 10:00 in "Europe/London"\n' for n in names)
    return HEAD + text + f'rule r on deploy\n  deny when {" or ".join("time in " + n for n in names)}\n  because "no"\n'


def window_steps(count):
    terms = " or ".join('mon 09:00 to 10:00 in "Europe/London"' for _ in range(count))
    return HEAD + f'window w = {terms}\nrule r on deploy\n  deny when time in w\n  because "no"\n'


def elements(count):
    """A set of `count` elements made of literals of at most 10,000 each is out of reach: one literal is one set."""
    return condition("service in {" + ", ".join(f'"e{i}"' for i in range(count)) + "}")


def approvals(count):
    schema = "schema s\ndefault allow\nrecord A { by: string, groups: set<string>, at: timestamp }\n" \
             "action deploy { time: timestamp now, who: string identity, as: list<A> approvals(by, groups, at) }\npolicy p\n"
    return schema + f'rule r on deploy\n  require {count} approvals from {{ "dba" }}\n  because "no"\n'


def data(count):
    table = json.dumps({f"key{i}": i for i in range(count)})
    return {"s.guard": HEAD + 'data table from "t.json": map<string, int>\nrule r on deploy\n'
                              '  deny when table[service] is present and table[service] > 5\n  because "no"\n', "t.json": table}


def message(count):
    return HEAD + 'rule r on deploy\n  deny when canary > 50\n  because "' + "m" * count + '"\n'


def record(**more):
    return json.dumps({**RECORD, **more})


def nested(levels):
    return record(extra=json.loads("[" * (levels - 1) + "]" * (levels - 1)))


def padded(size):
    text = record(service="")
    return record(service="x" * (size - len(text)))


# row -> (how to make a set of that size, whether the bound itself is tried)
COMPILE = {
    "nesting": (lambda n: condition("(" * n + "canary > 5" + ")" * n), False),
    "operands": (chain, True),
    "kinds": (kinds, True),
    "leaves": (leaves, True),
    "enum-words": (words, True),
    "condition-nodes": (nodes, False),
    "set-elements": (elements, False),
    "pattern-bytes": (lambda n: condition('service matches "' + "a" * n + '"'), True),
    "pattern-states": (lambda n: condition(f"service matches /(a|b)*a(a|b){{14}}/" if n > 10000 else "service matches /a*/"), True),
    "repeat-count": (lambda n: condition(f"service matches /a{{{n}}}/"), True),
    "approvals": (approvals, True),
    "windows": (windows, True),
    "window-steps": (window_steps, True),
    "data-rows": (data, True),
    "message-bytes": (message, True),
    "source-file-bytes": (lambda n: HEAD + RULE + "//" + "x" * (n - len(HEAD) - len(RULE) - 3) + "\n", False),
    "source-files": (lambda n: {f"f{i}.guard": HEAD + RULE if i == 0 else f"policy p{i}\n" for i in range(n)}, False),
}
DECIDE = {
    "record-bytes": ("too-large", padded, True),
    "record-depth": ("too-deep", nested, True),
    "record-elements": ("too-large", lambda n: record(tags=[f"{i:x}" for i in range(n)]), True),
    "ignored-keys": ("too-large", lambda n: record(**{f"x{i}": 0 for i in range(n)}), True),
}
# Rows whose refusal has a diagnostic of its own, which says the bound; every other is refused by `limit-exceeded`, which names
# the row.
DIAGNOSTICS = {"nesting": "too-deep", "operands": "too-long", "source-file-bytes": "file-too-large",
               "repeat-count": "bad-pattern", "data-rows": "bad-data"}
# Rows that this test leaves to others, and why.
OUT_OF_REACH = {
    "rules": "a million rules take a minute to compile: tests/bench builds 100,000",
    "bundle-bytes": "a bundle of a gigabyte",
    "log-record-bytes": "of decision logs: tests/log",
    "gate-skew-seconds": "of the gate: tests/gate",
    "gate-file-bytes": "of the gate: tests/gate",
}


def limits(root):
    table = (root / "runtime/tables/limits.def").read_text(encoding="utf-8")
    found = {}
    for kebab, value in re.findall(r'^GUARD_LIMIT\(\w+,\s*"([\w-]+)",\s*([^,]+),', table, re.M):
        parts = value.replace("ull", "").split("<<")
        found[kebab] = int(parts[0]) << (int(parts[1]) if len(parts) > 1 else 0)
    return found


class Tools:
    def __init__(self, folder):
        self.guardc, self.guardvm = folder / "guardc", folder / "guardvm"

    def build(self, case):
        """(exit code, standard error) of building the set; the bundle stands at `self.bundle`."""
        files = case if isinstance(case, dict) else {"s.guard": case}
        with tempfile.TemporaryDirectory() as folder:
            for name, text in files.items():
                pathlib.Path(folder, name).write_text(text, encoding="utf-8")
            done = subprocess.run([self.guardc, "build", ".", "-o", "out.bundle"], cwd=folder, capture_output=True,
                                  text=True, errors="replace", check=False)
            return done.returncode, done.stderr

    def decide(self, bundle, text):
        done = subprocess.run([self.guardvm, "eval", bundle, "-", "--format", "json"], input=text.encode(),
                              capture_output=True, check=False)
        return json.loads(done.stdout)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    parser.add_argument("root", type=pathlib.Path)
    options = parser.parse_args()
    tools, bounds, problems = Tools(options.bin.resolve()), limits(options.root), []
    for row, bound in bounds.items():
        if row in COMPILE:
            make, at_bound = COMPILE[row]
            code, errors = tools.build(make(bound + 1))
            diagnostic = f"error[{DIAGNOSTICS.get(row, 'limit-exceeded')}]"
            if code != 3 or diagnostic not in errors or (str(bound) if row in DIAGNOSTICS else row) not in errors:
                problems.append(f"{row}: {bound + 1} gives exit {code}, expected {diagnostic} that says so:\n{errors[-600:]}")
            if at_bound:
                code, errors = tools.build(make(bound))
                if code != 0:
                    problems.append(f"{row}: {bound} is within the limit and gives exit {code}:\n{errors[-600:]}")
        elif row not in DECIDE and row not in OUT_OF_REACH:
            problems.append(f"{row}: no case")
    with tempfile.TemporaryDirectory() as folder:
        source, bundle = pathlib.Path(folder, "s.guard"), pathlib.Path(folder, "out.bundle")
        source.write_text(HEAD + RULE, encoding="utf-8")
        subprocess.run([tools.guardc, "build", source, "-o", bundle], check=True)
        for row, (code, make, at_bound) in DECIDE.items():
            past = tools.decide(bundle, make(bounds[row] + 1))
            if past["decision"] != "error" or past["error"]["code"] != code:
                problems.append(f"{row}: {bounds[row] + 1} gives {str(past)[:200]}, not error {code}")
            if at_bound and tools.decide(bundle, make(bounds[row]))["decision"] != "allow":
                problems.append(f"{row}: {bounds[row]} is within the limit and is not decided")
    print("\n".join(problems + [f"{len(bounds)} limits, {len(problems)} problems"]))
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
