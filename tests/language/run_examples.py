#!/usr/bin/env python3
"""Runs every example of grammar/LANGUAGE.md, so that the reference cannot say what the compiler does not do.

    run_examples.py GUARDC [--guardvm GUARDVM] [--doc LANGUAGE.md] [--only NAME] [-v]

An example is a fenced block of the language `guard`. HTML comments on the lines before it say what it needs:
    <!-- name: shop -->          other examples may build on it
    <!-- with: shop, people -->  the texts of these examples stand beside it
    <!-- error: type-mismatch -->  it must not compile, and this diagnostic must be among those reported
    <!-- context: only -->        it is no set by itself
Blocks that open no section of their own stand together under `policy example`. A block (or one it builds on) that holds a test is
run with `guardc test`, any other with `guardc check`; both must exit with 0, and print nothing when they check.
Other blocks: `json` after <!-- file: inventory.json --> is a file that examples may name; after <!-- record: KEY of: NAME
gives: OUTCOME --> it is an action decided with the set NAME (needs guardvm), where OUTCOME is allow, deny, hold or an error
code; `json` after <!-- decision: KEY --> is the decision on that record, whose stated members must be what guardvm says.
Blocks without a language are not run. The tables of limits and error codes must agree with runtime/tables.
"""
import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile

COMMENT = re.compile(r"^<!--\s*(.*?)\s*-->$")
OUTCOME_EXITS = {"allow": 0, "deny": 2, "hold": 4}


class Block:
    def __init__(self, language, text, line, notes):
        self.language, self.text, self.line, self.notes = language, text, line, notes

    def names(self, note):
        return [part.strip() for part in self.notes.get(note, "").split(",") if part.strip()]


def read_blocks(document):
    blocks, notes, fence, body, start = [], {}, None, [], 0
    for number, line in enumerate(document.splitlines(), 1):
        if fence is not None:
            if line.strip() == "```":
                blocks.append(Block(fence, "\n".join(body) + "\n", start, notes))
                fence, notes = None, {}
            else:
                body.append(line)
        elif line.startswith("```"):
            fence, body, start = line[3:].strip(), [], number + 1
        elif COMMENT.match(line):
            # `record: a of: b gives: allow` is three notes on one line.
            parts = re.split(r"(?:^|\s+)([a-z]+):\s*", COMMENT.match(line).group(1))
            notes.update(dict(zip(parts[1::2], (part.strip() for part in parts[2::2]))))
        elif line.strip():
            notes = {}
    if fence is not None:
        raise SystemExit(f"line {start - 1}: the block is never closed")
    return blocks


def opens_section(text):
    for line in text.splitlines():
        if line.strip() and not line.lstrip().startswith("//"):
            return re.match(r"(schema|policy)\s", line) is not None
    raise SystemExit("an example is empty")


class Runner:
    def __init__(self, blocks, options):
        self.options, self.blocks = options, blocks
        self.named = {block.notes["name"]: block for block in blocks if "name" in block.notes}
        self.files = {block.notes["file"]: block for block in blocks if "file" in block.notes}
        self.records = {block.notes["record"]: block for block in blocks if "record" in block.notes}
        self.failures, self.ran = [], 0

    def fail(self, block, why, output=""):
        self.failures.append(f"{self.options.doc.name}:{block.line}: {why}\n{output}")

    def family(self, block):
        """The block and all it builds on, each once."""
        seen, queue = [], [block]
        while queue:
            one = queue.pop(0)
            if one in seen:
                continue
            seen.append(one)
            for name in one.names("with"):
                if name not in self.named:
                    raise SystemExit(f"line {one.line}: there is no example named `{name}`")
                queue.append(self.named[name])
        return seen

    def write(self, block, folder):
        family = self.family(block)
        complete = [one.text for one in family if opens_section(one.text)]
        items = [one.text for one in reversed(family) if not opens_section(one.text)]
        if items:
            complete.append("policy example\n" + "\n".join(items))
        for index, text in enumerate(complete):
            (folder / f"example{index}.guard").write_text(text, encoding="utf-8")
        for name, one in self.files.items():
            (folder / name).write_text(one.text, encoding="utf-8")
        return any(re.search(r"^\s*test\s+\"", one.text, re.M) for one in family)

    def run(self, *arguments, text=None):
        command = [str(argument) for argument in arguments]
        done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=120, check=False)
        return done.returncode, done.stdout, done.stderr

    def example(self, block):
        self.ran += 1
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            tests = self.write(block, folder)
            expected = block.notes.get("error")
            verb = "test" if tests and not expected else "check"
            code, out, err = self.run(self.options.guardc, verb, folder)
            if expected:
                if code != 3 or f"[{expected}]" not in err:
                    self.fail(block, f"should be refused with `{expected}`, exit 3; exit {code}", out + err)
            elif code != 0:
                self.fail(block, f"`guardc {verb}` exits with {code}", out + err)
            elif verb == "check" and "warning[" in out + err:
                self.fail(block, "`guardc check` warns", out + err)

    def bundle_of(self, name, folder, block):
        if name not in self.named:
            raise SystemExit(f"line {block.line}: there is no example named `{name}`")
        self.write(self.named[name], folder)
        bundle = folder / "example.gbundle"
        code, out, err = self.run(self.options.guardc, "build", folder, "-o", bundle)
        if code != 0:
            self.fail(block, f"`guardc build` exits with {code}", out + err)
        return bundle

    def decide(self, block, record):
        """The decision on a record block, as (exit code, text); errors of the build are reported at `block`."""
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            bundle = self.bundle_of(record.notes["of"], folder, block)
            code, out, err = self.run(self.options.guardvm, "eval", bundle, "-", "--format", "json", text=record.text)
            return code, out, err

    def record(self, block):
        self.ran += 1
        code, out, err = self.decide(block, block)
        expected = block.notes["gives"]
        if expected in OUTCOME_EXITS:
            good = code == OUTCOME_EXITS[expected] and json.loads(out)["decision"] == expected
        else:
            good = code == 6 and json.loads(out)["error"]["code"] == expected
        if not good:
            self.fail(block, f"should decide {expected}; exit {code}", out + err)

    def decision(self, block):
        self.ran += 1
        key = block.notes["decision"]
        if key not in self.records:
            raise SystemExit(f"line {block.line}: there is no record named `{key}`")
        _, out, err = self.decide(block, self.records[key])
        shown, said = json.loads(block.text), json.loads(out or "{}")
        for name, value in shown.items():
            if name == "bundle":
                continue
            if said.get(name) != value:
                self.fail(block, f"`{name}` is {json.dumps(said.get(name))}", err)
        if list(shown) != [name for name in said if name in shown]:
            self.fail(block, f"the order of the names is {list(said)}")

    def all(self):
        for block in self.blocks:
            if self.options.only and block.notes.get("name") != self.options.only:
                continue
            if block.language == "guard":
                if "context" not in block.notes:
                    self.example(block)
            elif self.options.guardvm and "record" in block.notes:
                self.record(block)
            elif self.options.guardvm and "decision" in block.notes:
                self.decision(block)
            if self.options.verbose and not self.failures:
                print(f"line {block.line}: {block.language or 'plain'}")


def shown_value(text):
    """The value of a limit as the reference shows it: `64ull << 20` is 64 Mi."""
    shift = re.fullmatch(r"(\d+)ull << (\d+)", text.strip())
    if not shift:
        return f"{int(text):,}"
    value = int(shift.group(1)) << int(shift.group(2))
    return f"{value >> 30} Gi" if value >= 1 << 30 else f"{value >> 20} Mi"


def table_faults(document, tables):
    faults = []
    limits = re.findall(r'GUARD_LIMIT\(\w+,\s*"([^"]+)",\s*([^,]+),\s*"([^"]+)",\s*"([^"]+)"\)', (tables / "limits.def").read_text())
    for name, value, unit, where in limits:
        row = f"| `{name}` | {shown_value(value)} {unit} | {where} |"
        if row not in document.splitlines():
            faults.append(f"the table of limits lacks the row\n{row}")
    for code in re.findall(r'GUARD_ERROR\(\w+,\s*"([^"]+)"', (tables / "errors.def").read_text()):
        if code != "none" and f"`{code}`" not in document:
            faults.append(f"the error code `{code}` is not explained")
    if not limits:
        faults.append("limits.def has no rows")
    return faults


def main():
    root = pathlib.Path(__file__).resolve().parents[2]
    parser = argparse.ArgumentParser()
    parser.add_argument("guardc", type=pathlib.Path)
    parser.add_argument("--guardvm", type=pathlib.Path)
    parser.add_argument("--doc", type=pathlib.Path, default=root / "grammar" / "LANGUAGE.md")
    parser.add_argument("--only")
    parser.add_argument("-v", "--verbose", action="store_true")
    options = parser.parse_args()
    document = options.doc.read_text(encoding="utf-8")
    runner = Runner(read_blocks(document), options)
    runner.all()
    if options.doc.name == "LANGUAGE.md":  # the reference; another document need not repeat the tables
        runner.failures += table_faults(document, root / "runtime" / "tables")
    for failure in runner.failures:
        print(failure, file=sys.stderr)
    print(f"{runner.ran} examples, {len(runner.failures)} failures")
    if runner.ran == 0:
        print("no example was run", file=sys.stderr)
        return 1
    return 1 if runner.failures else 0


if __name__ == "__main__":
    sys.exit(main())
