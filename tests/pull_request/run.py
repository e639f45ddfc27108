#!/usr/bin/env python3
"""The scripts for pull requests, in a scratch git repository where a branch weakens a rule.

    run.py ROOT BIN

.github/actions/guard-verify/verify.sh as the action runs it, the lines of .gitlab/guard-verify.yml as a runner would, and the
entries of .pre-commit-hooks.yaml.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT, BIN = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()

BEFORE = """schema shop
default allow

action deploy {
  time: timestamp now,
  service: string,
  environment: enum { staging, production },
  canary: int 0..100
}

policy releases

rule slowly on deploy
  deny when environment == production and canary > 20
  because "{service}: at most 20 % at once"

rule books_closed on deploy
  deny when service == "books"
  because "books is closed"

test "slowly" {
  given deploy { time: 2026-07-03T14:30:00Z, service: "shop", environment: production, canary: 30 }
  expect deny by slowly
}
"""
WEAKER = BEFORE.replace("canary > 20", "canary > 50").replace('service == "books"', 'service == "books" and canary >= 0')


def run(command, folder, environment=(), exit_code=0):
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False,
                          env={"PATH": f"{BIN}:/usr/local/bin:/usr/bin:/bin", "HOME": str(folder), "LC_ALL": "C.UTF-8",
                               **dict(environment)})
    assert done.returncode == exit_code, f"{command}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def git(folder, *arguments):
    return run(["git", "-c", "user.name=test", "-c", "user.email=test@localhost", *arguments], folder).strip()


def make_repository(folder):
    """A branch `main` with the set, and a branch `weaker` with the change, checked out. Gives the commit of main."""
    git(folder, "init", "-q", "-b", "main")
    (folder / "policies").mkdir()
    for branch, text in (("main", BEFORE), ("weaker", WEAKER)):
        if branch != "main":
            git(folder, "checkout", "-q", "-b", branch)
        (folder / "policies/shop.guard").write_text(text, encoding="utf-8")
        git(folder, "add", "policies")
        git(folder, "commit", "-q", "-m", branch)
    return git(folder, "rev-parse", "main")


def check_action(folder, base):
    script = ROOT / ".github/actions/guard-verify/verify.sh"
    summary, outputs = folder / "summary.md", folder / "outputs"
    given = {"GUARD_OUTPUT": str(folder / "out"), "GUARD_AS_OF": "2026-11-25", "GUARD_BASE": base,
             "GITHUB_STEP_SUMMARY": str(summary), "GITHUB_OUTPUT": str(outputs)}
    printed = run([str(script)], folder, given, exit_code=2)
    assert re.search(r"(?m)^::warning file=policies/shop\.guard,line=18,.*title=dead-condition::", printed), printed
    comment = (folder / "out/comment.md").read_text(encoding="utf-8")
    assert comment.startswith("### What this change does\n") and "newly allowed" in comment, comment
    assert comment.index("newly allowed") < comment.index("### Guardrails: 1 warning"), comment
    assert "canary" in comment.split("### Guardrails")[0], comment
    assert "`policies/shop.guard:18:" in comment, comment
    assert summary.read_text(encoding="utf-8") == comment
    assert "sarif=" in outputs.read_text(encoding="utf-8") and (folder / "out/report.sarif").exists()
    places = re.findall(r'"uri": "(.*)"', (folder / "out/report.sarif").read_text(encoding="utf-8"))
    assert set(places) == {"policies/shop.guard"}, places

    run([str(script)], folder, {**given, "GUARD_FAIL_ON": "error"})  # a warning does not fail it
    run([str(script)], folder, {**given, "GUARD_BASE": "0" * 40}, exit_code=1)  # never compared with nothing by mistake
    (folder / "policies/shop.guard").write_text("schema", encoding="utf-8")
    run([str(script)], folder, given, exit_code=3)
    git(folder, "checkout", "-q", "--", "policies")
    return comment


def check_gitlab(folder, base):
    text = (ROOT / ".gitlab/guard-verify.yml").read_text(encoding="utf-8")
    lines = re.findall(r"(?m)^    - (?!if: )(.*[^/])$", text.split("  script:\n")[1].split("  artifacts:")[0])
    assert len(lines) == 4, lines
    run(["bash", "-euo", "pipefail", "-c", "\n".join(lines)], folder,
        {"GUARD_PATH": "policies", "CI_MERGE_REQUEST_DIFF_BASE_SHA": base}, exit_code=2)
    assert "newly allowed" in (folder / "guard-verify/changes.txt").read_text(encoding="utf-8")
    assert "dead-condition" in (folder / "guard-verify/report.xml").read_text(encoding="utf-8")


def check_hooks(folder):
    text = (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    entries = dict(re.findall(r"(?ms)^- id: (\S+)$.*?^  entry: ([^\n]*)$", text))
    assert list(entries) == ["guard-fmt", "guard-test", "guard-verify"], entries
    git(folder, "checkout", "-q", "main")
    run([*entries["guard-fmt"].split(), "policies/shop.guard"], folder)
    run([*entries["guard-verify"].split(), "policies"], folder)
    run([*entries["guard-test"].split(), "policies"], folder, exit_code=2)  # no test reaches books_closed


def main():
    with tempfile.TemporaryDirectory(prefix="pull-request-") as name:
        folder = pathlib.Path(name)
        base = make_repository(folder)
        comment = check_action(folder, base)
        check_gitlab(folder, base)
        check_hooks(folder)
    print(comment)


if __name__ == "__main__":
    os.environ.pop("GIT_DIR", None)
    main()
