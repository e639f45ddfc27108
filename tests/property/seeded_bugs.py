#!/usr/bin/env python3
"""Does the differential test see a bug? Puts each bug of seeded/*.patch into a copy of the tree, builds, runs, expects a mismatch.
The bugs of seeded/verify/*.patch are in one of the engines of verification: its test, which asks both, has to end with exit 70.

    seeded_bugs.py [--dir FOLDER] [NAME…]

FOLDER (build-seeded when left out) keeps the copy and its build for the next run. Not part of ctest: the first build takes
minutes. Exit 0 only when every bug was seen.
"""
import argparse
import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent


def copy_tree(to):
    """The tracked files as they are now; what is the same stays untouched, so that little is built anew."""
    for name in subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True).stdout.split(b"\0")[:-1]:
        source, target = ROOT / os.fsdecode(name), to / os.fsdecode(name)
        if target.exists() and target.read_bytes() == source.read_bytes():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)


def patch(tree, file, *flags):
    subprocess.run(["patch", "--quiet", "-p1", *flags, "-i", str(file)], cwd=tree, check=True)


def differential(tree):
    """The lines that show a mismatch, or None."""
    # No floor: that features are rare, because the test ends early, is no sign of the bug.
    run = subprocess.run(["build/tests/differential_test", "--floor", "0"], cwd=tree, capture_output=True, text=True)
    lines = run.stdout.splitlines()
    at = next((i for i, line in enumerate(lines) if line.startswith("MISMATCH")), None)
    if run.returncode != 1 or at is None:
        return None
    return lines[at:lines.index("=== linear", at) + 2] + lines[-1:]  # the answer of the linear tier ends it


def engines(tree):
    run = subprocess.run(["build/tests/verify_test", "40"], cwd=tree, capture_output=True, text=True)
    return run.stderr.replace("\r", "\n").splitlines()[-2:] if run.returncode == 70 else None


def is_seen(tree, file):
    target, run = ("verify_test", engines) if file.parent.name == "verify" else ("differential_test", differential)
    print(f"== {file.stem}\n{file.read_text()}", flush=True)
    patch(tree, file)
    try:
        subprocess.run(["ninja", "-C", "build", "--quiet", target], cwd=tree, check=True)
        shown = run(tree)
    finally:
        patch(tree, file, "--reverse")
    print("\n".join(shown or [f"{target} does not see it"]), flush=True)
    return shown is not None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dir", type=pathlib.Path, default=ROOT / "build-seeded")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    tree = options.dir.resolve()
    copy_tree(tree)
    if not (tree / "build/build.ninja").exists():
        subprocess.run(["cmake", "-S", ".", "-B", "build", "-G", "Ninja"], cwd=tree, check=True, stdout=subprocess.DEVNULL)
    files = [file for file in sorted((HERE / "seeded").rglob("*.patch")) if not options.names or file.stem in options.names]
    missed = [file.stem for file in files if not is_seen(tree, file)]
    print(f"{len(files)} seeded bugs, {len(files) - len(missed)} seen" + (f"; missed: {', '.join(missed)}" if missed else ""))
    return 1 if missed or not files else 0


if __name__ == "__main__":
    sys.exit(main())
