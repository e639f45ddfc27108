#!/usr/bin/env python3
"""Checks the order of the layers: what a folder includes must lie below it, and foreign libraries stay in their one place.

    check.py ROOT          prints every include that breaks the order; also the files past 600 lines (a report, not a failure)
"""
import pathlib
import re
import sys

# What each folder may include, beside itself. The compiler and the runtime share the runtime's tables and format headers only;
# the driver runs tests through the runtime, and dump prints what the runtime's loader accepts.
SHARED = {"runtime/tables", "runtime/include"}
BELOW = {
    "runtime/include": {"runtime/tables"},
    "runtime/load": {"runtime/tables", "runtime/include", "runtime/read"},
    "runtime/read": {"runtime/tables", "runtime/include", "runtime/load"},
    "runtime/classify": {"runtime/tables", "runtime/include", "runtime/read", "runtime/decide"},
    "runtime/decide": {"runtime/tables", "runtime/include", "runtime/read", "runtime/classify"},
    "runtime/digest": {"runtime/tables", "runtime/include"},
    "runtime/log": {"runtime/tables", "runtime/include", "runtime/read", "runtime/decide"},
    "runtime/rehearse": {"runtime/tables", "runtime/include", "runtime/read", "runtime/log"},
    "runtime/gate": {"runtime/tables", "runtime/include", "runtime/read", "runtime/log"},
    "runtime/capi": {"runtime/tables", "runtime/include", "runtime/decide", "runtime/read"},
    "runtime/tool": {"runtime/tables", "runtime/include", "runtime/read", "runtime/digest", "runtime/log",
                     "runtime/gate", "runtime/rehearse"},
    "compiler/base": set(),
    "compiler/diag": {"compiler/base"},
    "compiler/syntax": {"compiler/base", "compiler/diag"} | SHARED,
    "compiler/partition": {"compiler/base"},
    "compiler/check": {"compiler/base", "compiler/diag", "compiler/syntax"} | SHARED,
    "compiler/ir": {"compiler/base", "compiler/check", "compiler/syntax", "compiler/partition"} | SHARED,
    "compiler/codegen": {"compiler/base", "compiler/diag", "compiler/check", "compiler/syntax", "compiler/ir",
                         "compiler/partition", "compiler/codegen"} | SHARED,
    "compiler/driver": {"compiler/base", "compiler/diag", "compiler/syntax", "compiler/check", "compiler/ir",
                        "compiler/codegen", "runtime/decide", "runtime/read", "runtime/tool", "verify"} | SHARED,
    "verify": {"compiler/base", "compiler/diag", "compiler/partition", "runtime/decide", "runtime/read"} | SHARED,
}
# A header of a foreign library, and the only files that may include it.
FOREIGN = [
    (re.compile(r"antlr4|Guard(Lexer|Parser|Base|Visitor)"), re.compile(r"compiler/syntax/parse\w*\.(cpp|hpp)")),
    (re.compile(r"llvm"), re.compile(r"compiler/driver/cli/\w+\.cpp")),
    (re.compile(r"z3"), re.compile(r"verify/smt/\w+\.(cpp|hpp)")),
    (re.compile(r"date/|hinnant"), re.compile(r"compiler/check/\w+\.(cpp|hpp)")),
    (re.compile(r"nlohmann"), re.compile(r"(compiler/(diag|check|codegen|driver)|verify/report)/\w+\.(cpp|hpp)|tests/.*")),
    (re.compile(r"zlib"), re.compile(r"compiler/base/deflate\.cpp")),
    (re.compile(r"sodium"), re.compile(r"(compiler/(check|codegen)|runtime/digest)/\w+\.(cpp|hpp)|runtime/log/crypto\.cpp|tests/.*")),
    (re.compile(r"zstd"), re.compile(r"runtime/log/zstd_stream\.cpp|tests/.*")),
    (re.compile(r"xxhash|xxh3"), re.compile(r"(compiler/codegen|runtime/load)/\w+\.(cpp|hpp)|tests/.*")),
    (re.compile(r"simdjson|gtest|gmock|benchmark/|rapidcheck"), re.compile(r"tests/.*")),
]
# Include roots, tried in this order; the file's own folder comes first.
ROOTS = ["compiler", "runtime/include", "runtime", ""]
LONG_FILE = 600


def layer(path):
    """The folder that the order speaks of: `compiler/check/x.hpp` is in `compiler/check`."""
    parts = path.parts
    if parts[0] == "verify":
        return "verify"
    return "/".join(parts[:2]) if parts[0] in ("compiler", "runtime") else parts[0]


def resolve(root, includer, name):
    """The file of ours that an include names, relative to the root; None for a header that is not ours."""
    for base in [includer.parent] + [pathlib.Path(r) for r in ROOTS]:
        if (root / base / name).is_file():
            return pathlib.Path(*(p for p in (base / name).parts if p != "."))
    return None


def check_file(root, path):
    problems = []
    text = (root / path).read_text(encoding="utf-8")
    for number, line in enumerate(text.splitlines(), 1):
        match = re.match(r'\s*#\s*include\s*[<"]([^>"]+)[>"]', line)
        if not match:
            continue
        name = match.group(1)
        target = resolve(root, path, name)
        if target is None:
            for pattern, allowed in FOREIGN:
                if pattern.search(name) and not allowed.fullmatch(str(path)):
                    problems.append(f"{path}:{number}: `{name}` may be included by {allowed.pattern} only")
            continue
        own, other = layer(path), layer(target)
        if own != other and own in BELOW and other not in BELOW[own]:
            problems.append(f"{path}:{number}: {own} may not include {other} (`{name}`)")
        if own != "tests" and own.startswith(("compiler", "runtime")) and own not in BELOW:
            problems.append(f"{path}: the folder {own} is not in the order of the layers")
    return problems


def versions(root):
    project = re.search(r"project\(\w+ VERSION ([\d.]+)", (root / "CMakeLists.txt").read_text(encoding="utf-8")).group(1)
    tool = re.search(r'kToolVersion = "([\d.]+)"', (root / "runtime/tool/version.hpp").read_text(encoding="utf-8")).group(1)
    return [] if project == tool else [f"CMakeLists.txt says version {project}, runtime/tool/version.hpp {tool}"]


def openings(root, paths):
    """Every file says at its top what it is."""
    return [f"{path}: the first line is no comment that says what the file is"
            for path in paths if not (root / path).read_text(encoding="utf-8").startswith(("//", "/*"))]


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    paths = [path.relative_to(root) for part in ("compiler", "runtime", "verify", "tests")
             for path in sorted((root / part).rglob("*")) if path.suffix in (".cpp", ".hpp", ".h", ".c", ".def")]
    if not paths:
        sys.exit("no source file found")
    problems = [problem for path in paths for problem in check_file(root, path)]
    problems += versions(root) + openings(root, paths)
    for path in paths:
        lines = (root / path).read_text(encoding="utf-8").count("\n")
        if lines > LONG_FILE:
            print(f"long: {path} has {lines} lines")
    for problem in problems:
        print(problem)
    print(f"{len(paths)} files, {len(problems)} problems")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
