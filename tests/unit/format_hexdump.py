#!/usr/bin/env python3
"""Rewrites the annotated bytes of the example in runtime/FORMAT.md from what guardc writes today.

    tests/unit/format_hexdump.py build/bin/guardc

format_doc_test compares the page with the compiler; this makes the page right again after the format changed.
"""
import pathlib
import re
import struct
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "runtime" / "FORMAT.md"


def section_names():
    table = (ROOT / "runtime/include/guardvm/format.hpp").read_text()
    return {int(number): name for number, name in re.findall(r"X\(\s*(\d+), (\w+),", table)}


def hex_lines(data, first):
    return [f"{first + at:06x}  " + " ".join(f"{byte:02x}" for byte in data[at:at + 16]) for at in range(0, len(data), 16)]


def annotated(data):
    names = section_names()
    count = struct.unpack_from("<I", data, 12)[0]
    lines = [f"# header: magic; version {data[8]}, {count} sections; file_bytes; checksum; sha256"] + hex_lines(data[:64], 0)
    sections = []
    for i in range(count):
        at = 64 + 24 * i
        number, item_bytes, offset, items = struct.unpack_from("<IIQQ", data, at)
        sections.append((number, item_bytes, offset, items))
        lines.append(f"# row: {names[number]}, {items} items of {item_bytes} bytes at {offset}")
        lines += hex_lines(data[at:at + 24], at)
    for number, item_bytes, offset, items in sections:
        size = item_bytes * items
        padding = -size % 8
        lines.append(f"# {names[number]} ({number}): {items} x {item_bytes} bytes" + (f", {padding} zero" if padding else ""))
        lines += hex_lines(data[offset:offset + size + padding], offset)
    return "\n".join(lines) + "\n"


def main():
    page = PAGE.read_text()
    source = re.search(r"```guard\n(.*?)```", page, re.S).group(1)
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder)
        (path / "tiny.guard").write_text(source)
        guardc = pathlib.Path(sys.argv[1]).resolve()
        subprocess.run([guardc, "build", "--strip", "tiny.guard", "-o", "tiny.bundle"], cwd=path, check=True)
        data = (path / "tiny.bundle").read_bytes()
    page = re.sub(r"gives these \d+ bytes", f"gives these {len(data)} bytes", page)
    page = re.sub(r"```hexdump\n.*?```", lambda _: "```hexdump\n" + annotated(data) + "```", page, flags=re.S)
    PAGE.write_text(page)


main()
