#!/usr/bin/env python3
"""Decides every sample action of the library and compares with the outcome that its name promises.

    check_samples.py GUARDC GUARDVM [--policies DIR]

Builds DIR, then runs guardvm on each DIR/samples/THEME.WHAT.OUTCOME.json. Also that every theme, a *.guard file with rules, has a
sample that passes and one that does not, and that the slice of the real log is decided line by line without an error.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

EXITS = {"allow": 0, "deny": 2, "hold": 4, "error": 6}


def run(*command):
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=120, check=False)


def check_samples(options, bundle, faults):
    outcomes = {}
    samples = sorted((options.policies / "samples").glob("*.json"))
    for sample in samples:
        theme, _, outcome = sample.stem.split(".")
        outcomes.setdefault(theme, set()).add(outcome)
        done = run(options.guardvm, "eval", bundle, sample, "--format", "json")
        try:
            said = json.loads(done.stdout)["decision"]
        except (ValueError, KeyError):
            said = f"nothing ({done.stderr.strip()})"
        if said != outcome or done.returncode != EXITS[outcome]:
            faults.append(f"{sample.name}: decides {said}, exit {done.returncode}")
    for policy in sorted(options.policies.glob("*.guard")):
        if policy.stem == "schema":
            continue
        seen = outcomes.get(policy.stem, set())
        if "allow" not in seen or not seen & {"deny", "hold"}:
            faults.append(f"{policy.name}: needs samples that pass and samples that do not, has {sorted(seen)}")
    return len(samples)


def check_slice(options, folder, faults):
    bundle = folder / "govuk.gbundle"
    built = run(options.guardc, "build", options.policies / "govuk", "-o", bundle)
    if built.returncode != 0:
        faults.append(f"policies/govuk does not build\n{built.stderr}")
        return 0
    lines = options.policies / "govuk" / "deployments-slice.ndjson"
    done = run(options.guardvm, "batch", bundle, lines, "--kind", "deploy", "--format", "json")
    decisions = [json.loads(line) for line in done.stdout.splitlines()]
    count = len(lines.read_text(encoding="utf-8").splitlines())
    if done.returncode != 0 or len(decisions) != count:
        faults.append(f"{lines.name}: {len(decisions)} decisions of {count}, exit {done.returncode}\n{done.stderr}")
    for number, decision in enumerate(decisions, 1):
        if decision["decision"] == "error":
            faults.append(f"{lines.name}:{number}: {decision['error']}")
    if {decision["decision"] for decision in decisions} != {"allow", "deny", "hold"}:
        faults.append(f"{lines.name}: not every outcome occurs")
    return len(decisions)


def main():
    root = pathlib.Path(__file__).resolve().parents[2]
    parser = argparse.ArgumentParser()
    parser.add_argument("guardc", type=pathlib.Path)
    parser.add_argument("guardvm", type=pathlib.Path)
    parser.add_argument("--policies", type=pathlib.Path, default=root / "policies")
    options = parser.parse_args()
    faults = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        bundle = folder / "pipeline.gbundle"
        built = run(options.guardc, "build", options.policies, "-o", bundle)
        if built.returncode != 0:
            print(built.stderr, file=sys.stderr)
            return 1
        samples = check_samples(options, bundle, faults)
        lines = check_slice(options, folder, faults)
    for fault in faults:
        print(fault, file=sys.stderr)
    print(f"{samples} samples, {lines} real deployments, {len(faults)} faults")
    return 1 if faults or samples == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
