#!/usr/bin/env python3
"""The reports of `guardc verify` over a set with every finding, as the tools that read them would.

  reports_test.py ROOT GUARDC GUARDVM

- SARIF is valid by tests/verify/sarif-schema-2.1.0.json, the schema of OASIS
  (https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json), and its fingerprints are distinct and stay
  when lines are put above;
- JSON is valid by verify/report/report.schema.json, with and without --stats, and a document that breaks it is refused;
- JUnit is well-formed XML whose counts are right;
- markdown fits into a comment, also of 3,000 findings;
- with a base, what the change does is in SARIF, JUnit and the GitHub annotations, at the rules that do it;
- the lines that --witness-dir writes are run by a shell and give the outcomes they name.
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

import jsonschema

ROOT, GUARDC, GUARDVM = (pathlib.Path(argument).resolve() for argument in sys.argv[1:4])
EXIT_OF = {"allow": 0, "deny": 2, "hold": 4}
COMMENT_LIMIT = 65_536


def planted():
    """The set of the golden file that shows one fault per check."""
    text = (ROOT / "tests/golden/verify/fail_planted.guard").read_text(encoding="utf-8")
    return text.split("//--- s.guard\n")[1].split("//=== stdout")[0]


def verify(folder, *options, source=None, exit_code=2):
    if source is not None:
        (folder / "s.guard").write_text(source, encoding="utf-8")
    done = subprocess.run([GUARDC, "verify", "s.guard", "--as-of", "2026-11-25", *options], cwd=folder, capture_output=True,
                          text=True, timeout=120, check=False)
    assert done.returncode == exit_code, (options, done.returncode, done.stderr)
    return done.stdout


def schema(path):
    found = json.loads((ROOT / path).read_text(encoding="utf-8"))
    jsonschema.Draft7Validator.check_schema(found)
    return jsonschema.Draft7Validator(found)


def fingerprints(sarif):
    return [result["partialFingerprints"]["guardFinding/v1"] for result in sarif["runs"][0]["results"]]


def check_sarif(folder):
    text = planted().replace('deny because "the default denies too"',
                             'deny because "the default denies too"\n  accept redundant because "said for the auditors"')
    sarif = json.loads(verify(folder, "--format", "sarif", source=text))
    validator = schema("tests/verify/sarif-schema-2.1.0.json")
    validator.validate(sarif)
    results = sarif["runs"][0]["results"]
    rules = sarif["runs"][0]["tool"]["driver"]["rules"]
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in results)
    suppressed = [result for result in results if "suppressions" in result]
    assert [result["ruleId"] for result in suppressed] == ["redundant"], suppressed
    known = fingerprints(sarif)
    assert len(set(known)) == len(known), "two findings have one fingerprint"
    moved = json.loads(verify(folder, "--format", "sarif", source="// a line\n\n// and more\n" + text))
    assert fingerprints(moved) == known, "fingerprints depend on line numbers"
    broken = json.loads(json.dumps(sarif))
    broken["runs"][0]["results"][0]["level"] = "bad"
    assert not validator.is_valid(broken)
    return len(results)


def check_json(folder):
    validator = schema("verify/report/report.schema.json")
    document = json.loads(verify(folder, "--format", "json", source=planted()))
    validator.validate(document)
    validator.validate(json.loads(verify(folder, "--format", "json", "--stats")))
    document["findings"][0]["severity"] = "bad"
    assert not validator.is_valid(document)


def check_junit(folder):
    suite = xml.etree.ElementTree.fromstring(verify(folder, "--format", "junit", source=planted()).encode())[0]
    assert int(suite.get("tests")) == len(suite.findall("testcase"))
    assert int(suite.get("failures")) == len(suite.findall("testcase/failure")) > 0


def check_markdown(folder):
    rules = "".join(f'rule r{i} on deploy\n  when service == "s{i}" and canary >= 0\n  deny because "no"\n' for i in range(3000))
    source = "schema s\ndefault allow\naction deploy { time: timestamp now, service: string, canary: int 0..9 }\npolicy p\n" + rules
    text = verify(folder, "--format", "markdown", source=source)
    assert len(text.encode()) < COMMENT_LIMIT, len(text)
    assert text.startswith("### Guardrails: 3000 warnings\n")
    shown = text.count("<details>")
    assert shown == text.count("</details>") > 100
    assert f"and {3000 - shown} more" in text


def check_changes(folder):
    """A rule that denies less, one that holds for another reason, one that is gone, and a new attribute."""
    schema_text = "schema s\ndefault allow\naction deploy { time: timestamp now, env: enum { dev, prod }, n: int 0..9, by: string%s }\npolicy p\n"
    rules = 'rule few on deploy when n < %d deny because "few"\nrule asked on deploy when env == prod\n  hold until by == "%s" because "asked"\n'
    gone = 'rule gone on deploy when by == "root" deny because "root"\n'
    (folder / "old.guard").write_text(schema_text % "" + rules % (5, "a") + gone, encoding="utf-8")
    source = schema_text % ", more: bool?" + rules % (3, "b")
    base = ["--base", "old.guard", "--severity", "dead-end=off", "--fail-on", "error"]
    document = json.loads(verify(folder, "--format", "json", *base, source=source, exit_code=0))
    changes = document["changes"]
    assert {(one["from"], one["to"]) for one in changes} >= {("deny", "allow"), ("hold", "allow"), ("allow", "hold")}, changes

    sarif = json.loads(verify(folder, "--format", "sarif", *base, exit_code=0))
    schema("tests/verify/sarif-schema-2.1.0.json").validate(sarif)
    told = [result for result in sarif["runs"][0]["results"] if result["ruleId"].startswith(("newly-", "requirements-", "schema-"))]
    driver = sarif["runs"][0]["tool"]["driver"]["rules"]
    assert all(driver[result["ruleIndex"]]["id"] == result["ruleId"] and result["level"] == "note" for result in told)
    assert len(told) == len(changes) + 1, (len(told), len(changes))
    assert all(any("for: " + one["region"] in result["message"]["text"] for result in told) for one in changes)
    lines = {location["physicalLocation"]["region"]["startLine"] for result in told for location in result["locations"]}
    assert lines and all(source.splitlines()[line - 1].startswith("rule ") for line in lines), lines
    known = fingerprints(sarif)
    assert len(set(known)) == len(known), "two changes have one fingerprint"

    suite = xml.etree.ElementTree.fromstring(verify(folder, "--format", "junit", *base, exit_code=0).encode())[0]
    assert int(suite.get("tests")) == len(suite.findall("testcase"))
    assert int(suite.get("errors")) == len(suite.findall("testcase/error")) == 0
    cases = [case for case in suite.findall("testcase") if case.get("classname").startswith("change.")]
    assert len(cases) == len(changes) + 1 and all(case.find("system-out") is not None for case in cases)

    notices = [line for line in verify(folder, "--format", "github", *base, exit_code=0).splitlines() if "title=newly-allowed::" in line]
    assert len(notices) == sum(one["to"] == "allow" for one in changes), notices
    assert all(line.startswith("::notice ") for line in notices) and any("file=s.guard,line=" in line for line in notices), notices


def check_witnesses(folder):
    verify(folder, "--witness-dir", "out", source=planted())
    script = (folder / "out/replay.sh").read_text(encoding="utf-8")
    lines = re.findall(r"(?m)^(guardvm eval set\.bundle (\S+\.json))  # (\w+)$", script)
    files = sorted(path.name for path in (folder / "out").glob("*.json"))
    assert sorted(name for _, name, _ in lines) == files and len(files) >= 10, (files, script)
    for line, _, outcome in lines:
        done = subprocess.run(["sh", "-c", line], cwd=folder / "out", capture_output=True, text=True, timeout=60, check=False,
                              env={"PATH": f"{GUARDVM.parent}:/usr/bin:/bin"})
        assert done.returncode == EXIT_OF[outcome], (line, outcome, done.returncode, done.stdout, done.stderr)
    whole = subprocess.run(["sh", folder / "out/replay.sh"], capture_output=True, timeout=60, check=False,
                           env={"PATH": f"{GUARDVM.parent}:/usr/bin:/bin"})
    assert whole.returncode == EXIT_OF[lines[-1][2]], whole
    return len(lines)


def main():
    with tempfile.TemporaryDirectory(prefix="reports-") as name:
        folder = pathlib.Path(name)
        results = check_sarif(folder)
        check_json(folder)
        check_junit(folder)
        check_markdown(folder)
        check_changes(folder)
        actions = check_witnesses(folder)
    print(f"{results} results valid as SARIF 2.1.0; JSON, JUnit and markdown as their readers want them; {actions} actions replayed")


if __name__ == "__main__":
    main()
