#!/usr/bin/env python3
"""The report of `guardc verify` is the same on one thread and on several, byte by byte, and so are its exit codes.

    jobs_test.py GUARDC BENCH_GENERATE POLICIES
"""
import pathlib
import subprocess
import sys
import tempfile


def report(guardc, path, jobs, fmt):
    run = subprocess.run([guardc, "verify", path, "--as-of", "2026-11-25", "--jobs", str(jobs), "--format", fmt],
                         capture_output=True, text=True)
    return run.returncode, run.stdout


def main():
    guardc, generate, policies = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        paths = [policies]
        for shape, rules in (("sparse", 300), ("dense", 30), ("broad", 20)):
            path = pathlib.Path(folder) / f"{shape}.guard"
            path.write_bytes(subprocess.run([generate, "set", shape, str(rules)], check=True, capture_output=True).stdout)
            paths.append(str(path))
        failed = 0
        for path in paths:
            for fmt in ("text", "json"):
                alone = report(guardc, path, 1, fmt)
                for jobs in (2, 3):
                    same = report(guardc, path, jobs, fmt) == alone
                    failed += not same
                    print(f"{path} {fmt}: {len(alone[1])} bytes, exit {alone[0]}; {jobs} threads: {'same' if same else 'DIFFERS'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
