#!/usr/bin/env python3
"""Decides every sample action of the library; its file name `policy.what-happens.OUTCOME.json` says the decision it must get.

    samples.py --bin build/bin policies
"""
import argparse
import pathlib
import subprocess
import sys
import tempfile

EXIT_CODES = {"allow": 0, "deny": 2, "hold": 4, "error": 6}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    parser.add_argument("policies", type=pathlib.Path)
    options = parser.parse_args()
    samples = sorted((options.policies / "samples").glob("*.json"))
    if not samples:
        sys.exit("no sample action found")
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        bundle = pathlib.Path(folder, "pipeline.bundle")
        subprocess.run([options.bin / "guardc", "build", options.policies, "-o", bundle], check=True)
        for sample in samples:
            expected = sample.name.split(".")[-2]
            for tier in ("indexed", "linear"):
                done = subprocess.run([options.bin / "guardvm", "eval", bundle, sample, "--tier", tier],
                                      capture_output=True, text=True, check=False)
                if done.returncode != EXIT_CODES[expected]:
                    wrong += 1
                    print(f"{sample.name} ({tier}): exit {done.returncode}, expected {EXIT_CODES[expected]}\n{done.stdout}{done.stderr}")
    print(f"{len(samples)} samples, {wrong} decided otherwise than their names say")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
