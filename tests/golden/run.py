#!/usr/bin/env python3
"""Golden files: a file holds its commands, its input and, at its end, the output that they must give.

    // RUN: guardc check %s            one or more; %s: this file, %b: a bundle to write and read, %t: an empty folder
    // EXIT: 3                         exit code of the last command (the ones before must exit 0), 0 when left out;
                                       or one EXIT line per RUN line
    ...input...
    //=== stdout
    ...
    //=== stderr
    ...

A case of several files has lines `//--- name`: what follows each is the file of that name, and nothing else is written.
Commands run in a folder of their own that holds just these files; `< name` gives one on standard input. Only guardc and
guardvm are run, without a shell; `cat name` shows a file. The prefix `fail_` is on the name exactly when an exit code is not 0.

The digest that names a bundle is shown as `sha256:#`, and the version of the machine's time zone data as `tzdata #`: both
would change every expectation with each change of the emitter or of the machine. tests/unit looks at them.

    run.py --bin build/bin [--update] [PATH...]
"""
import argparse
import concurrent.futures
import difflib
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
TIMEOUT_S = 120
NO_LINE_END = b"\n\\ no line end\n"


class Broken(Exception):
    """The golden file itself is wrong."""


class Case:
    """One golden file, split into commands, files and expected output."""

    def __init__(self, path):
        self.path = path
        data = path.read_bytes()
        self.head, *sections = re.split(rb"(?m)^//=== (stdout|stderr)\n", data)
        self.expected = {b"stdout": b"", b"stderr": b""}
        for name, text in zip(sections[::2], sections[1::2]):
            self.expected[name] = text
        self.runs = [m.decode() for m in re.findall(rb"(?m)^// RUN: *(.*?) *$", self.head)]
        if not self.runs:
            raise Broken("no `// RUN:` line")
        exits = [int(m) for m in re.findall(rb"(?m)^// EXIT: *(\d+) *$", self.head)]
        if len(exits) > 1 and len(exits) != len(self.runs):
            raise Broken("give one EXIT line, or one per RUN line")
        self.exits = exits if len(exits) == len(self.runs) else [0] * (len(self.runs) - 1) + (exits or [0])
        parts = re.split(rb"(?m)^//--- (\S+)\n", self.head)
        self.files = [(path.name, self.head)] if len(parts) == 1 else \
            [(name.decode(), text) for name, text in zip(parts[1::2], parts[2::2])]

    def run(self, binaries):
        """Runs the commands; gives (exit codes, {stdout, stderr})."""
        output, codes = {b"stdout": b"", b"stderr": b""}, []
        with tempfile.TemporaryDirectory(prefix="golden-") as folder:
            for name, text in self.files:
                target = pathlib.Path(folder, name)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(text)
            os.mkdir(pathlib.Path(folder, "empty"))
            for command in self.runs:
                done = self.run_one(command, folder, binaries)
                codes.append(done.returncode)
                output[b"stdout"] += ended(done.stdout)
                output[b"stderr"] += ended(done.stderr)
        return codes, output

    def run_one(self, command, folder, binaries):
        words = [word.replace("%s", self.path.name).replace("%b", "out.bundle").replace("%t", "empty")
                 for word in shlex.split(command)]
        stdin = subprocess.DEVNULL
        if "<" in words:
            at = words.index("<")
            stdin = open(pathlib.Path(folder, words[at + 1]), "rb")
            del words[at:at + 2]
        if words[0] == "cat":
            return subprocess.CompletedProcess(words, 0, pathlib.Path(folder, words[1]).read_bytes(), b"")
        if words[0] not in ("guardc", "guardvm"):
            raise Broken(f"only guardc and guardvm are run, not `{words[0]}`")
        words[0] = str(binaries / words[0])
        try:
            return subprocess.run(words, cwd=folder, stdin=stdin, capture_output=True, timeout=TIMEOUT_S, check=False,
                                  env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"})
        finally:
            if stdin != subprocess.DEVNULL:
                stdin.close()

    def check(self, binaries):
        """Problems as a list of texts; empty when the case passes."""
        codes, output = self.run(binaries)
        problems = []
        if codes != self.exits:
            problems.append(f"exit codes {codes}, expected {self.exits}")
        if self.path.name.startswith("fail_") != any(self.exits):
            problems.append("the name starts with `fail_` exactly when an exit code is not 0")
        for stream in (b"stdout", b"stderr"):
            if output[stream] != self.expected[stream]:
                problems.append("".join(difflib.unified_diff(lines(self.expected[stream]), lines(output[stream]),
                                                             f"expected {stream.decode()}", f"actual {stream.decode()}")))
        return problems

    def update(self, binaries):
        """Writes what the commands give into the file; gives the problems that only a person can mend."""
        codes, output = self.run(binaries)
        head = self.head if self.head.endswith(b"\n") else self.head + b"\n"
        exits = [f"// EXIT: {code}".encode() for code in (codes if any(codes[:-1]) else codes[-1:])]
        head_lines = [line for line in head.split(b"\n") if not re.match(rb"// EXIT: *\d+ *$", line)]
        last_run = max(i for i, line in enumerate(head_lines) if line.startswith(b"// RUN:"))
        had_exit = b"\n// EXIT:" in head
        if any(codes) or had_exit:
            head_lines[last_run + 1:last_run + 1] = exits
        text = b"\n".join(head_lines)
        for stream in (b"stdout", b"stderr"):
            if output[stream]:
                text += b"//=== " + stream + b"\n" + output[stream]
        if text != self.path.read_bytes():
            self.path.write_bytes(text)
            if any(codes) and not had_exit:  # A line was added above the input, so places in the output moved.
                return Case(self.path).update(binaries)
        named = self.path.name.startswith("fail_")
        return [] if named == any(codes) else ["the name starts with `fail_` exactly when an exit code is not 0"]


def ended(text):
    text = re.sub(rb"sha256:[0-9a-f]{64}", b"sha256:#", text)
    text = re.sub(rb'(?m)(tzdata"?[: ]+"?)[0-9]{4}[a-z]+', rb"\1#", text)
    return text if not text or text.endswith(b"\n") else text + NO_LINE_END


def lines(data):
    return data.decode("utf-8", "backslashreplace").splitlines(keepends=True)


def find(paths):
    for path in paths:
        if path.is_dir():
            yield from sorted(path.rglob("*.guard"))
        else:
            yield path


def one(path, binaries, update):
    try:
        case = Case(path)
        return case.update(binaries) if update else case.check(binaries)
    except (Broken, OSError, subprocess.TimeoutExpired) as problem:
        return [str(problem)]


def main():
    parser = argparse.ArgumentParser(description="Runs golden files.")
    parser.add_argument("--bin", type=pathlib.Path, required=True, help="folder of guardc and guardvm")
    parser.add_argument("--update", action="store_true", help="rewrite the expected output")
    parser.add_argument("paths", nargs="*", type=pathlib.Path, default=[HERE])
    options = parser.parse_args()
    binaries = options.bin.resolve()
    paths = [p.resolve() for p in find(options.paths)]
    if not paths:
        sys.exit("no golden file found")
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        for path, problems in zip(paths, pool.map(lambda p: one(p, binaries, options.update), paths)):
            if problems:
                failed += 1
                print(f"FAILED {path.relative_to(HERE) if path.is_relative_to(HERE) else path}")
                for problem in problems:
                    print("  " + problem.rstrip("\n").replace("\n", "\n  "))
    print(f"{len(paths)} golden files, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
