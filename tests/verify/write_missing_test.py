#!/usr/bin/env python3
"""`guardc test --write-missing` on a copy of a library with half of its tests, or all of them, deleted: with the tests that it
writes all pass, and coverage is full again.

    write_missing_test.py GUARDC POLICIES
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

GUARDC, POLICIES = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()


def guardc(folder, *arguments):
    return subprocess.run([GUARDC, *arguments], cwd=folder, capture_output=True, text=True, timeout=120)


def delete_tests(folder, every):
    """Deletes one of `every` tests of each file; gives how many there were, and how many are gone."""
    there = gone = 0
    for path in sorted(folder.glob("*.guard")):
        def kept(match):
            nonlocal there, gone
            there += 1
            if there % every:
                return match.group(0)
            gone += 1
            return ""
        path.write_text(re.sub(r'(?ms)^test "[^\n]*\{\n.*?^\}\n', kept, path.read_text()))
    return there, gone


def main():
    for every in (2, 1):
        with tempfile.TemporaryDirectory() as top:
            folder = pathlib.Path(top) / "policies"
            shutil.copytree(POLICIES, folder, ignore=shutil.ignore_patterns("govuk", "samples"))
            there, gone = delete_tests(folder, every)
            assert gone > 0 and gone == there // every, (there, gone)
            before = guardc(folder, "test", ".", "--coverage")
            assert before.returncode == (1 if every == 1 else 2), before.stderr  # no test; rules unreached
            wrote = guardc(folder, "test", ".", "--write-missing", "missing.guard")
            assert wrote.returncode == 0, wrote.stdout + wrote.stderr
            number = int(re.search(r"guardc: (\d+) tests written to `missing.guard`; coverage is 100 % with them", wrote.stderr).group(1))
            assert (folder / "missing.guard").read_text().count("\ntest ") == number
            after = guardc(folder, "test", ".", "--coverage", "--min-coverage", "100")
            assert after.returncode == 0, after.stdout + after.stderr
            assert guardc(folder, "fmt", "--check", "missing.guard").returncode == 0
            again = guardc(folder, "test", ".", "--write-missing", "more.guard")
            assert again.returncode == 0 and not (folder / "more.guard").exists(), again.stderr
            print(f"{gone} of {there} tests deleted, {number} written: {after.stdout.strip().splitlines()[-1]}")


if __name__ == "__main__":
    main()
