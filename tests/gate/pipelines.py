#!/usr/bin/env python3
"""Runs the scripts that the ready steps of pipelines contain, as each pipeline would, against the built binaries.

    pipelines.py --bin build/bin ROOT

Each step's script must be policies/pipelines/guard-gate.sh, and is run three times: allowed, stopped, and with an action that does not
fit the schema. With nothing on the PATH but guardvm and what sh needs, so that a script that reaches for more fails.
"""
import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import yaml

SET = """\
schema shop
default allow
record Actor { id: string, groups: set<string> }
action deploy {
  time: timestamp now, actor: Actor identity id, service: string, canary: int 0..100, commit: record { sha: string? }
}
policy p
rule small on deploy
  when canary > 50
  deny because "smaller steps, {actor.id}"
"""


class Failed(Exception):
    pass


def expect(condition, text):
    if not condition:
        raise Failed(text)


def body(text):
    """A script without comments and what only one pipeline has: lines that set where its values come from."""
    return "\n".join(line for line in text.splitlines() if line.strip() and not line.startswith(("#", "export ")))


def github(root):
    action = yaml.safe_load((root / ".github/actions/guard-gate/action.yml").read_text())
    (step,) = action["runs"]["steps"]
    expect(action["runs"]["using"] == "composite" and "${{" not in step["run"], "the script takes no expression")
    inputs = {name: spec.get("default", "") for name, spec in action["inputs"].items()}
    used = set(re.findall(r"\$\{\{ inputs\.([\w-]+) \}\}", str(step["env"])))
    expect(used == set(inputs), f"inputs that are not used, or not declared: {used ^ set(inputs)}")
    context = {"github.actor": "ann", "github.sha": "6f1ed0"}

    def environment(given):
        values = {**inputs, **given}
        value = lambda match: context.get(match.group(1)) or values[match.group(1).removeprefix("inputs.")]
        return {name: re.sub(r"\$\{\{ ([\w.-]+) \}\}", value, text) for name, text in step["env"].items()}

    return step["run"], environment


def gitlab(root):
    job = yaml.safe_load((root / "policies/pipelines/gitlab-ci.yml").read_text())[".guard-gate"]
    (script,) = job["script"]
    return script, lambda given: {**job["variables"], "GITLAB_USER_LOGIN": "ann", "CI_COMMIT_SHA": "6f1ed0",
                                  **{"GUARD_" + name.upper(): value for name, value in given.items()}}


def jenkins(root):
    text = (root / "policies/pipelines/jenkins/vars/guardGate.groovy").read_text()
    script = re.search(r"script: '''\n(.*?)'''", text, re.S).group(1).replace("\\\\", "\\")
    names = dict(re.findall(r"(\w+): '(GUARD\w+)'", text))
    return script, lambda given: {"ACTION_ACTOR_ID": "ann", **{names[name]: value for name, value in given.items()}}


def argocd(root):
    job = yaml.safe_load((root / "policies/pipelines/argocd-presync.yml").read_text())
    expect(job["metadata"]["annotations"]["argocd.argoproj.io/hook"] == "PreSync" and job["spec"]["backoffLimit"] == 0,
           "a PreSync hook that is not tried again")
    (container,) = job["spec"]["template"]["spec"]["containers"]
    expect(container["command"] == ["sh", "-c"], "sh -c")
    declared = {item["name"]: item["value"] for item in container["env"]}
    return container["args"][0], lambda given: {**declared, "ACTION_ACTOR_ID": "ann",
                                                **{"GUARD_" + name.upper(): value for name, value in given.items()}}


def tekton(root):
    task = yaml.safe_load((root / "policies/pipelines/tekton-task.yml").read_text())
    (step,) = task["spec"]["steps"]
    params = {item["name"]: item.get("default", "") for item in task["spec"]["params"]}
    expect("$(" not in step["script"], "the script takes no parameter but by its environment")

    def environment(given):
        values = {**params, "actor": "ann", "service": "web", **given}
        return {item["name"]: re.sub(r"\$\(params\.([\w-]+)\)", lambda m: values[m.group(1)], item["value"]) for item in step["env"]}

    return step["script"], environment


def run(script, environment, folder, binaries):
    path = folder / "script.sh"
    path.write_text(script)
    tools = folder / "tools"
    tools.mkdir(exist_ok=True)
    if not (tools / "guardvm").exists():
        (tools / "guardvm").symlink_to(binaries / "guardvm")
    return subprocess.run(["/bin/sh", "-e", path], cwd=folder, env={"PATH": str(tools), **environment}, capture_output=True, text=True,
                          check=False)


def try_step(name, read, root, binaries, folder):
    script, environment = read(root)
    common = (root / "policies/pipelines/guard-gate.sh").read_text()
    expect(body(script) == body(common), f"its script is not guard-gate.sh:\n{script}")
    given = {"bundle": "s.bundle", "kind": "deploy"}
    attributes = {"ACTION_SERVICE": "web", "ACTION_ACTOR_GROUPS": '["dev"]'}
    for canary, exits, told in (("5", 0, "allow deploy"), ("60", 2, "smaller steps, ann"), ("600", 6, "out-of-range"), ("", 6, "missing-attribute")):
        done = run(script, {**attributes, "ACTION_CANARY": canary, **environment(given)}, folder, binaries)
        expect(done.returncode == exits and told in done.stdout + done.stderr,
               f"canary {canary}: exit {done.returncode}, not {exits}\n{done.stdout}{done.stderr}")
    (folder / "given.json").write_text('{"kind":"deploy","actor":{"id":"bob","groups":[]},"service":"web","canary":60,"commit":{}}')
    done = run(script, environment({"bundle": "s.bundle", "action": "given.json"}), folder, binaries)
    expect(done.returncode == 2 and "smaller steps, bob" in done.stdout, f"a record that is there: {done.stdout}{done.stderr}")
    done = run(script, {**attributes, "ACTION_CANARY": "60", **environment({**given, "mode": "dry-run"})}, folder, binaries)
    expect(done.returncode == 0 and "dry run" in done.stdout, f"a dry run: {done.stdout}{done.stderr}")
    done = run(script, {**attributes, "ACTION_CANARY": "5", **environment({**given, "log": "the log"})}, folder, binaries)
    expect(done.returncode == 0 and (folder / "the log").exists(), f"a log: {done.stdout}{done.stderr}")
    done = run(script, {**attributes, "ACTION_CANARY": "5", **environment({**given, "bundle": "nowhere"})}, folder, binaries)
    expect(done.returncode == 1 and "cannot read the bundle" in done.stderr, f"no bundle: {done.returncode} {done.stdout}{done.stderr}")
    (folder / "the log").unlink()
    print(f"{name}: ok")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", required=True)
    parser.add_argument("root", type=pathlib.Path)
    args = parser.parse_args()
    binaries = pathlib.Path(args.bin).resolve()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "s.guard").write_text(SET)
        subprocess.run([binaries / "guardc", "build", "s.guard", "-o", "s.bundle"], cwd=folder, check=True)
        for step, read in (("github", github), ("gitlab", gitlab), ("jenkins", jenkins), ("argocd", argocd), ("tekton", tekton)):
            try:
                try_step(step, read, args.root, binaries, folder)
            except Failed as failure:
                print(f"{step}: {failure}")
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
