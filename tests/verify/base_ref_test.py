#!/usr/bin/env python3
"""`guardc verify --base-ref` in a scratch git repository, and the laws of `guardc diff` on what is in it.

    base_ref_test.py GUARDC
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

GUARDC = str(pathlib.Path(sys.argv[1]).resolve())
AS_OF = ["--as-of", "2026-11-25"]
SCHEMA = """schema shop
default allow
action deploy { time: timestamp now, env: enum { dev, prod }, replicas: int 0..10, service: string }
"""


def policy(least, more=""):
    return f"""policy p
data tiers from "tiers.json": map<string, record {{ tier: int 1..3 }}>
rule few on deploy
  when env == prod and replicas < {least} and not (tiers[service] is present and tiers[service].tier == 1)
  deny
  because "nothing would be left"
{more}"""


def run(folder, *arguments, expect):
    done = subprocess.run([GUARDC, *arguments, *AS_OF], cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == expect, (arguments, done.returncode, done.stdout, done.stderr)
    return done


def changes(folder, *arguments, expect=2):
    return json.loads(run(folder, *arguments, "--format", "json", expect=expect).stdout)["changes"]


def classes(found):
    return sorted((one["from"], one["to"], one["region"]) for one in found)


def main():
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_AUTHOR_NAME": "t", "GIT_AUTHOR_EMAIL": "t@t",
                   "GIT_COMMITTER_NAME": "t", "GIT_COMMITTER_EMAIL": "t@t"}
    with tempfile.TemporaryDirectory() as top:
        folder = pathlib.Path(top) / "sets"
        folder.mkdir()

        def git(*arguments):
            subprocess.run(["git", "-C", top, *arguments], check=True, env=environment, capture_output=True)

        def write(name, text):
            (folder / name).write_text(text)

        git("init", "-q", "-b", "main")
        write("schema.guard", SCHEMA)
        write("tiers.json", '{"web": {"tier": 1}, "shop": {"tier": 2}}')
        write("p.guard", policy(3))
        git("add", ".")
        git("commit", "-qm", "strict")
        git("branch", "feature")
        status = subprocess.run(["git", "-C", top, "status", "--porcelain"], capture_output=True, text=True).stdout
        assert status == "", status
        assert changes(top, "verify", "sets", "--base-ref", "main", expect=0) == []

        write("p.guard", policy(1))
        found = changes(top, "verify", "sets", "--base-ref", "feature", expect=0)
        assert classes(found) == [("deny", "allow", 'env == prod and replicas >= 1 and replicas < 3 and service != "web"')] \
            or [(one["from"], one["to"]) for one in found] == [("deny", "allow")], found
        assert found[0]["rules"] == ["p.few"], found
        assert 1 <= found[0]["action"]["replicas"] < 3, found
        run(top, "verify", "sets", "--base-ref", "nowhere", expect=1)
        run(top, "verify", "sets", "--base-ref=--all", expect=1)
        run(top, "verify", "sets", "--base-ref", "main", "--base", "sets", expect=1)

        # Laws.
        old = pathlib.Path(top) / "old"
        old.mkdir()
        for name, text in (("schema.guard", SCHEMA), ("tiers.json", '{"web": {"tier": 1}, "shop": {"tier": 2}}'), ("p.guard", policy(3))):
            (old / name).write_text(text)
        assert changes(top, "diff", "old", "old", expect=0) == []
        there, back = changes(top, "diff", "old", "sets"), changes(top, "diff", "sets", "old")
        assert classes(there) == sorted((to, start, region) for start, to, region in classes(back)), (there, back)
        write("p.guard", policy(3, "rule odd on deploy\n  when replicas in { 5, 7 }\n  deny\n  because \"odd\"\n"))
        assert {one["to"] for one in changes(top, "diff", "old", "sets")} == {"deny"}
        for name in ("old", "sets"):
            subprocess.run([GUARDC, "build", name, "-o", f"{name}.bundle"], cwd=top, check=True, capture_output=True)
        assert changes(top, "diff", "old.bundle", "sets.bundle") == changes(top, "diff", "old", "sets")

        # The organisation's set stands on both sides.
        organisation = pathlib.Path(top) / "org"
        organisation.mkdir()
        (organisation / "org.guard").write_text("policy org\nrule never_ten on deploy\n  when replicas == 10\n  deny\n  because \"ten is for tests\"\n")
        assert changes(top, "verify", "old", "--baseline", "org", "--base", "old", expect=0) == []
    print("base-ref and the laws of diff: ok")


if __name__ == "__main__":
    main()
