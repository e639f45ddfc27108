#!/usr/bin/env python3
"""Compiles each case of this folder twice: as it is it must pass, with -DMISTAKE it must fail with the text of `// ERROR:`.

    run.py COMPILER FLAG...
"""
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent


def compile_case(case, flags):
    done = subprocess.run(sys.argv[1:] + ["-Wall", "-Wextra", "-Werror", "-fsyntax-only", *flags, case],
                          capture_output=True, text=True, check=False, env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"})
    return done.returncode == 0, done.stderr


def main():
    cases = sorted(HERE.glob("*.cpp"))
    if not cases:
        sys.exit("no case found")
    problems = []
    for case in cases:
        expected = re.search(r"// ERROR: (.*)", case.read_text(encoding="utf-8"))
        if expected is None:
            problems.append(f"{case.name}: no `// ERROR:` line")
            continue
        passed, errors = compile_case(case, [])
        if not passed:
            problems.append(f"{case.name}: does not compile without the mistake:\n{errors}")
        passed, errors = compile_case(case, ["-DMISTAKE"])
        if passed:
            problems.append(f"{case.name}: the mistake compiles")
        elif not re.search(expected.group(1), errors):
            problems.append(f"{case.name}: fails for another reason than `{expected.group(1)}`:\n{errors}")
    print("\n".join(problems + [f"{len(cases)} cases, {len(problems)} problems"]))
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
