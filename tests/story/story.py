#!/usr/bin/env python3
"""The way of a rule from idea to enforcement: written in shadow, rehearsed on real deployments, promoted on evidence, looked at as
a change, enforced, met, approved; and a decision log that tells all of it. Prints each command and what it says.

    story.py --bin build/bin [--page FILE]     --page: also write the HTML report there

Everything happens in a scratch git repository. The deployments are those of policies/govuk to production, the last 150 of them.
"""
import argparse
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEPLOYMENTS = 150
SET = """\
schema releases
default allow

enum Environment { integration < staging < production }
record Actor { id: string identity, groups: set<string> }
record Approval { by: string, groups: set<string>, at: timestamp }

action deploy {
  time: timestamp now at "/at",
  service: string,
  version: string,
  environment: Environment,
  actor: Actor,
  approvals: list<Approval> approvals(by, groups, at)
}

policy releases
owner "platform"

rule front_door_reviewed on deploy
  mode shadow
  when environment == production and service in { "frontend", "static", "router", "router-api" }
  require 1 approval from { "release-leads" } within 24h
  because "{service} serves every page: a release lead looks at it first"

test "a release lead lets the front door open" {
  given deploy { time: 2026-03-02T10:00:00Z, service: "frontend", version: "v7", environment: production,
    actor: { id: "ann", groups: { "developers" } }, approvals: [] }
  expect hold by front_door_reviewed
  given deploy { time: 2026-03-02T10:00:00Z, service: "frontend", version: "v7", environment: production,
    actor: { id: "ann", groups: { "developers" } }, approvals: [{ by: "lee", groups: { "release-leads" }, at: 2026-03-02T09:00:00Z }] }
  expect allow
}
"""
# While the rule is in shadow its test says so.
SHADOWED = SET.replace("expect hold by front_door_reviewed", "expect allow")
ENFORCED = SET.replace("  mode shadow\n", "")
ENOUGH = "actions >= 100 and would_block_percent <= 10"


class Failed(Exception):
    pass


def expect(condition, text):
    if not condition:
        raise Failed(text)


class Story:
    def __init__(self, binaries, folder):
        self.folder = pathlib.Path(folder)
        self.path = f"{binaries}{os.pathsep}{os.environ.get('PATH', '/usr/bin:/bin')}"
        self.env = {"PATH": self.path, "LC_ALL": "C.UTF-8", "HOME": folder, "GIT_CONFIG_NOSYSTEM": "1"}
        self.chapter = 0

    def say(self, text):
        self.chapter += 1
        print(f"\n{self.chapter}. {text}", flush=True)

    def run(self, command, code=0, show=True, most=None):
        """Runs a command, shows it and what it says, and looks at its exit code."""
        done = subprocess.run(shlex.split(command), cwd=self.folder, env=self.env, capture_output=True, text=True, check=False, timeout=60)
        said = done.stdout + done.stderr
        if show:
            print(f"   $ {command}")
            lines = said.splitlines()
            for line in lines[:most]:
                print(f"     {line}".rstrip())
            if most is not None and len(lines) > most:
                print(f"     … {len(lines) - most} more lines")
            if done.returncode:
                print(f"     (exit code {done.returncode})")
        expect(done.returncode == code, f"`{command}` gives {done.returncode}, not {code}: {said}")
        return done

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def commit(self, branch, message):
        if branch:
            self.run(f"git checkout -q -b {branch}", show=False)
        self.run("git add guardrails", show=False)
        self.run(f"git -c user.name=platform -c user.email=platform@shop.example commit -q -m {shlex.quote(message)}", show=False)


def deployments():
    lines = (ROOT / "policies/govuk/deployments-slice.ndjson").read_text(encoding="utf-8").splitlines()
    production = [one for one in map(json.loads, lines) if one["environment"] == "production"]
    return production[-DEPLOYMENTS:]


def write_in_shadow(story):
    story.say("A rule is written, in shadow: it is recorded, and stops nobody")
    story.write("guardrails/releases.guard", SHADOWED)
    story.run("git init -q -b main .", show=False)
    story.commit("", "Front door: a release lead looks first (shadow)")
    print("\n".join("     " + line for line in SHADOWED[SHADOWED.index("rule front"):SHADOWED.index("test ")].rstrip().splitlines()))
    story.run("guardc test guardrails")
    story.run("guardc verify guardrails", most=6)
    story.run("guardc build guardrails -o shadow.bundle")


def rehearse(story):
    past = deployments()
    story.say(f"{len(past)} real deployments to production pass the gate, each at its own instant: dry runs, which are logged")
    command = "guardvm gate shadow.bundle action.json --kind deploy --mode dry-run --at {} --log decisions.ndjson --revision main"
    for number, one in enumerate(past):
        story.write("action.json", json.dumps({**one, "actor": {"id": "deploy-bot", "groups": []}, "approvals": []}))
        story.run(command.format(one["at"]), show=number == 0)
    return past


def report(story, past, page):
    story.say("The report says what the rule would have done, to whom")
    story.run("guardvm report decisions.ndjson --bundle shadow.bundle")
    got = json.loads(story.run("guardvm report decisions.ndjson --format json", show=False).stdout)
    (rule,) = got["rules"]
    front = [one for one in past if one["service"] in ("frontend", "static", "router", "router-api")]  # as in the rule
    expect(rule["rehearsal"]["measures"]["would_block"] == len(front) > 5, f"would_block is not {len(front)}: {rule['rehearsal']['measures']}")
    expect(got["dry_runs"] == len(past), "not every dry run is in the log")
    html = story.run("guardvm report decisions.ndjson --bundle shadow.bundle --format html", show=False).stdout
    expect("front_door_reviewed" in html, "the page does not name the rule")
    if page:
        page.write_text(html, encoding="utf-8")


def evidence(story):
    story.say("Is that enough to enforce it? Not for those who ask for a rule that would stop nobody; for the change board it is")
    done = story.run("guardvm report decisions.ndjson --format markdown --require 'would_block == 0' --rule front_door_reviewed", code=2, most=3)
    expect("too many for `would_block == 0`" in done.stderr, done.stderr)
    done = story.run(f"guardvm report decisions.ndjson --format markdown --require '{ENOUGH}' --rule front_door_reviewed", most=5)
    expect("The evidence is there" in done.stdout, done.stdout)
    for name, enough in (("evidence", ENOUGH), ("lacking", "would_block == 0")):
        done = story.run(f"guardvm report decisions.ndjson --format json --require '{enough}' --rule front_door_reviewed",
                         code=0 if name == "evidence" else 2, show=False)
        story.write(f"{name}.json", done.stdout)


def pull_request(story):
    story.say("The rule is promoted on a branch; the change says what it newly holds, and what is newly allowed: nothing")
    story.write("guardrails/releases.guard", ENFORCED)
    story.commit("enforce-front-door", "Front door: enforced, on the evidence of the rehearsal")
    story.run("git diff --stat main enforce-front-door")
    story.run("guardc test guardrails")
    story.run("guardc verify guardrails --base-ref main --evidence evidence.json")
    done = story.run("guardc verify guardrails --base-ref main --evidence lacking.json", code=2, show=False)
    expect("unproven-promotion" in done.stdout and "too many for `would_block == 0`" in done.stdout, done.stdout)
    story.write("base/releases.guard", story.run("git show main:guardrails/releases.guard", show=False).stdout)
    story.run("guardc diff base guardrails", code=2)
    changes = json.loads(story.run("guardc diff base guardrails --format json", code=2, show=False).stdout)["changes"]
    expect(changes and {(c["from"], c["to"]) for c in changes} == {("allow", "hold")}, f"not what was promoted: {changes}")
    story.run("git checkout -q main", show=False)
    story.run("git merge -q enforce-front-door", show=False)


def enforce(story):
    story.say("It is enforced: a deployment of the front door is stopped, now, and told what would let it pass")
    story.run("guardc build guardrails -o enforced.bundle")
    story.run("guardvm action new enforced.bundle deploy --set service=frontend --set version=v812 --set environment=production "
              "--set actor.id=ann --set actor.groups=developers --out next.json")
    done = story.run("guardvm gate enforced.bundle next.json --log decisions.ndjson --revision enforced", code=4)
    expect("a release lead looks at it first" in done.stdout, done.stdout)


def approve(story):
    story.say("A release lead approves this deployment, signed; who deploys cannot, and nobody can for another version")
    story.run("mkdir approvals", show=False)
    keys = {name: story.run(f"guardvm log key {name}.key", show=False).stdout.strip() for name in ("lee", "ann")}
    story.write("keyring.json", json.dumps({"people": [{"name": name, "groups": ["release-leads"], "keys": [key]} for name, key in keys.items()]}))
    gate = "guardvm gate enforced.bundle {} --approvals approvals --keyring keyring.json --log decisions.ndjson --revision enforced"
    story.run("guardvm approve enforced.bundle --action next.json --key ann.key --approvals approvals", show=False)
    story.run(gate.format("next.json"), code=4, show=False)
    story.run("guardvm approve enforced.bundle --action next.json --key lee.key --expires-in 4h --approvals approvals")
    story.run(gate.format("next.json") + " --output decision.json")
    story.run("guardvm check-decision enforced.bundle decision.json next.json")
    story.write("other.json", (story.folder / "next.json").read_text().replace("v812", "v813"))
    story.run(gate.format("other.json"), code=4, show=False)
    story.run("guardvm check-decision enforced.bundle decision.json other.json", code=2)


def look_back(story, past):
    story.say("The log holds all of it, and shows when somebody touches it")
    records = len(past) + 4
    public = story.run("guardvm log key checkpoint.key", show=False).stdout.strip()
    story.run("guardvm log checkpoint decisions.ndjson --key checkpoint.key")
    done = story.run(f"guardvm log verify decisions.ndjson --public-key {public}")
    expect(f"{records} records, 1 to {records}" in done.stdout and "; ok" in done.stdout, done.stdout)
    story.run("guardvm log query decisions.ndjson --mode enforce", most=12)
    log = story.folder / "decisions.ndjson"
    whole = log.read_bytes()
    edited = re.sub(rb'"decision":"hold"', b'"decision":"deny"', whole, count=1)
    expect(edited != whole, "nothing to edit")
    log.write_bytes(edited)
    story.run("guardvm log verify decisions.ndjson", code=2, most=2)
    story.run("guardvm report decisions.ndjson", code=1, most=3)
    log.write_bytes(b"".join(whole.splitlines(keepends=True)[:-1]))
    story.run(f"guardvm log verify decisions.ndjson --public-key {public}", code=2, most=2)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=lambda p: pathlib.Path(p).resolve(), required=True)
    parser.add_argument("--page", type=pathlib.Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="story-") as folder:
        story = Story(options.bin, folder)
        try:
            write_in_shadow(story)
            past = rehearse(story)
            report(story, past, options.page)
            evidence(story)
            pull_request(story)
            enforce(story)
            approve(story)
            look_back(story, past)
        except Failed as failure:
            print(f"\nstory: {failure}")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
