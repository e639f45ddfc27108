#!/usr/bin/env python3
"""Every row of every table is reached by a golden file, or stands below with the test that reaches it instead.

    covers_tables.py ROOT

Diagnostics and verification's checks: by their id in the expected output. Limits: by a case of limits.py. Errors: by `"code":"…"` in a decision. Opcodes: by
their mnemonic in the output of `guardc dump`. Exit codes: by an EXIT line.
"""
import pathlib
import re
import sys

# Rows that no command can show, or only at a size that does not belong into a golden file: table, id -> the test that has it.
ELSEWHERE = {
    ("diagnostics", "too-long"): "tests/golden/limits.py",
    ("diagnostics", "file-too-large"): "tests/golden/limits.py",
    ("diagnostics", "limit-exceeded"): "tests/golden/limits.py",
    ("diagnostics", "no-zone-data"): "",  # a machine without time zone data
    ("errors", "too-large"): "tests/golden/limits.py",
    ("errors", "none"): "",            # stands for "no error"
    ("errors", "internal"): "",        # a bug of the runtime: no input gives it
    ("log findings", "unfinished"): "tests/log/run.py",  # a golden file ends its lines
    ("log findings", "too-long"): "tests/log/run.py",
    ("log findings", "damaged"): "tests/log/run.py",
    ("exit_codes", "5"): "",           # decision logs come with the gate
    ("exit_codes", "70"): "",          # a bug of ours: no input gives it
}


def rows(root, table, macro, column):
    """The ids in one column (0-based) of a .def file."""
    text = (root / table).read_text(encoding="utf-8")
    found = []
    for line in re.findall(rf"^{macro}\((.*)\)\s*$", text, re.M):
        cells = re.findall(r'"(?:[^"\\]|\\.)*"|[^,]+', line)
        found.append(cells[column].strip().strip('"'))
    if not found:
        sys.exit(f"{table}: no row of {macro} found")
    return found


def goldens(root):
    """All expected output as one text, and the set of exit codes."""
    output, codes = "", set()
    for path in sorted((root / "tests/golden").rglob("*.guard")):
        data = path.read_bytes().decode("utf-8", "replace")
        parts = re.split(r"(?m)^//=== (?:stdout|stderr)\n", data)
        output += "\n".join(parts[1:])
        exits = re.findall(r"(?m)^// EXIT: *(\d+)", parts[0])
        codes.update(exits)
        if len(exits) < len(re.findall(r"(?m)^// RUN:", parts[0])):
            codes.add("0")
    return output, codes


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    output, codes = goldens(root)
    tried_limits = (root / "tests/golden/limits.py").read_text(encoding="utf-8")
    checks = [
        ("diagnostics", rows(root, "compiler/diag/diagnostics.def", "GUARD_DIAG", 1), lambda row: f"[{row}]" in output),
        ("checks", rows(root, "verify/checks/checks.def", "GUARD_FINDING", 1), lambda row: f"[{row}]" in output),
        ("log findings", rows(root, "runtime/log/findings.def", "GUARD_LOG_FINDING", 1), lambda row: f"error[{row}]" in output),
        ("measures", rows(root, "runtime/rehearse/measures.def", "GUARD_MEASURE", 1), lambda row: f'"{row}":' in output),
        ("errors", rows(root, "runtime/tables/errors.def", "GUARD_ERROR", 1),
         lambda row: f'"code":"{row}"' in output),
        ("opcodes", rows(root, "runtime/tables/opcodes.def", "GUARD_OP", 2),
         lambda row: re.search(rf"(?m)^ +\d{{4}}  {re.escape(row)}(?: |$)", output) is not None),
        ("limits", rows(root, "runtime/tables/limits.def", "GUARD_LIMIT", 1), lambda row: f'"{row}":' in tried_limits),
        ("exit_codes", rows(root, "runtime/tables/exit_codes.def", "GUARD_EXIT", 1), lambda row: row in codes),
    ]
    missing = 0
    for table, ids, reached in checks:
        for row in ids:
            elsewhere = ELSEWHERE.get((table, row))
            if elsewhere is None:
                ok = reached(row)
            else:
                ok = not elsewhere or (row in (root / elsewhere).read_text(encoding="utf-8"))
            if not ok:
                missing += 1
                print(f"{table}: `{row}` is reached by no golden file{' nor by ' + elsewhere if elsewhere else ''}")
        print(f"{table}: {len(ids)} rows")
    sys.exit(1 if missing else 0)


if __name__ == "__main__":
    main()
