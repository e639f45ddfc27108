#!/usr/bin/env python3
"""The decision log under faults. Each case prints its counts, and fails with what it saw.

    run.py --bin build/bin CASE [--rounds N]     CASE: see CASES at the end; --rounds: for more than ctest has time for

A log is written by log_writer, which does as a gate does: decide, log, then report. "Lost" is a decision that was reported and
is not in the log.
"""
import argparse
import hashlib
import json
import os
import pathlib
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time

SET = """\
schema s
default allow
record Actor { id: string identity, groups: set<string> }
record Step { name: string, secret: string? sensitive }
action deploy {
  time: timestamp now, service: string, canary: int 0..100, actor: Actor,
  token: string? sensitive at "/event/token", pin: int 0..9999 sensitive, steps: list<Step>, keys: set<string> sensitive
}
action rollback { time: timestamp now, service: string }
unguarded rollback
policy p
owner "team"
rule big on deploy
  when canary > 50
  deny because "too much of {service}, {service}, {service}"
rule small on deploy
  when canary > 10
  mode shadow
  deny because "a bit much"
"""
WALL_NS = 1_772_443_800_000_000_000  # 2026-03-02T09:30:00Z


def action(canary, **more):
    return {"kind": "deploy", "time": "2026-03-02T09:30:00Z", "service": "web", "canary": canary,
            "actor": {"id": "ann", "groups": ["dev"]}, "pin": 7, "steps": [], "keys": [], **more}


class Failed(Exception):
    pass


def expect(condition, text):
    if not condition:
        raise Failed(text)


class Bench:
    """A folder with a bundle and actions, and the tools."""

    def __init__(self, binaries, folder):
        self.bin, self.folder = binaries, pathlib.Path(folder)
        self.log = self.folder / "log"
        (self.folder / "s.guard").write_text(SET)
        subprocess.run([self.bin / "guardc", "build", "s.guard", "-o", "s.bundle"], cwd=folder, check=True)
        self.write_actions([action(n) for n in (5, 20, 60)])

    def write_actions(self, actions):
        (self.folder / "actions").write_text("".join((a if isinstance(a, str) else json.dumps(a)) + "\n" for a in actions))

    def command(self, *more, log=None):
        return [self.bin / "log_writer", self.folder / "s.bundle", log or self.log, self.folder / "actions", *map(str, more)]

    def write(self, *more, log=None, **how):
        return subprocess.run(self.command(*more, log=log), capture_output=True, text=True, check=False, **how)

    def guardvm(self, *words):
        return subprocess.run([self.bin / "guardvm", *map(str, words)], capture_output=True, text=True, check=False,
                              cwd=self.folder)

    def verify(self, *more, log=None):
        done = self.guardvm("log", "verify", "--format", "json", log or self.log, *more)
        expect(done.returncode in (0, 2), f"log verify gives {done.returncode}: {done.stderr}")
        return done.returncode, json.loads(done.stdout)

    def ids(self):
        """Sequence -> id of every record, over all files, by `log query`."""
        done = self.guardvm("log", "query", "--format", "json", self.log)
        expect(done.returncode == 0, f"log query gives {done.returncode}: {done.stderr}")
        found = {}
        for line in done.stdout.splitlines():
            record = json.loads(line)
            expect(record["seq"] not in found, f"sequence {record['seq']} is there twice")
            found[record["seq"]] = record["id"]
        return found

    def files(self):
        return sorted(p.name for p in self.folder.iterdir() if p.name.startswith("log"))


def reported(text):
    """What a writer reported: a line without its end was not."""
    return [(int(seq), id_) for seq, id_, _ in (line.split() for line in text.split("\n")[:-1])]


def check_all_found(bench, reports):
    ids = bench.ids()
    lost = [(seq, id_) for seq, id_ in reports if ids.get(seq) != id_]
    expect(not lost, f"lost: {lost[:5]} and {len(lost)} in all")
    code, verified = bench.verify()
    expect(code == 0, f"the log does not verify: {verified['findings'][:3]}")
    expect(verified["records"] == verified["last"] == len(ids), f"not one chain: {verified}")
    return ids, verified


def kill(bench, rounds):
    """Processes that are killed at any moment."""
    seed = random.SystemRandom().randrange(1 << 32)
    dice, reports, kills = random.Random(seed), [], 0
    ways = [[], ["--rotate", 6000], ["--rotate", 6000, "--compress"]]
    for turn in range(rounds):
        way = ways[turn % len(ways)]
        writers = [subprocess.Popen(bench.command("--times", 100000, *way), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
                   for _ in range(2)]
        time.sleep(dice.uniform(0.004, 0.06))
        for writer in writers:
            writer.send_signal(signal.SIGKILL)
            kills += 1
        for writer in writers:
            out, err = writer.communicate()
            expect(writer.returncode == -signal.SIGKILL, f"seed {seed}: a writer ended by itself with {writer.returncode}: {err}")
            reports += reported(out)
    done = bench.write()  # tells of what the last one left
    expect(done.returncode == 0, done.stderr)
    reports += reported(done.stdout)
    ids, verified = check_all_found(bench, reports)
    print(f"kill -9: {rounds} rounds, {kills} processes killed, {len(reports)} decisions reported, {len(reports)} found, lost 0; "
          f"{len(ids)} records in {verified['files']} files, {verified['torn_count']} torn lines (seed {seed})")


def gate_kill(bench, rounds):
    """The gate itself, killed at any moment of its short life; several at a time."""
    given = {k: v for k, v in action(60).items() if k != "time"}
    (bench.folder / "action.json").write_text(json.dumps(given))
    command = [bench.bin / "guardvm", "gate", bench.folder / "s.bundle", bench.folder / "action.json", "--log", bench.log, "--format", "json",
               "--log-rotate", "20000"]
    seed = random.SystemRandom().randrange(1 << 32)
    dice, reports, killed = random.Random(seed), [], 0
    started = time.monotonic()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
    usual = time.monotonic() - started  # how long one takes here
    for _ in range(rounds):
        gates = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
        time.sleep(dice.uniform(0, 2 * usual))
        for gate in gates:
            gate.send_signal(signal.SIGKILL)
        for gate in gates:
            out, err = gate.communicate()
            expect(gate.returncode in (2, -signal.SIGKILL), f"seed {seed}: a gate ended with {gate.returncode}: {err}")
            killed += gate.returncode == -signal.SIGKILL
            if gate.returncode == 2 or out.endswith("}\n"):
                record = json.loads(out)["record"]
                reports.append((record["seq"], record["id"]))
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    expect(done.returncode == 2, done.stderr)
    ids, verified = check_all_found(bench, reports)
    expect(killed > 0 and reports, f"{killed} killed, {len(reports)} reported: the test does not reach both")
    print(f"guardvm gate: {rounds} rounds of 2, {killed} killed, {len(reports)} decisions reported, {len(reports)} found, lost 0; {len(ids)} records in "
          f"{verified['files']} files (seed {seed})")


def torn(bench, step):
    """The last write cut short at every length, also the write that tells of it: the next run goes on."""
    expect(bench.write().returncode == 0, "cannot write")
    whole = bench.log.read_bytes()
    kept = len(b"".join(whole.splitlines(keepends=True)[:2]))
    cuts = sorted({*range(kept, len(whole), step), *range(kept, kept + 12), *range(len(whole) - 80, len(whole))})
    told = 0
    for cut in cuts:
        bench.log.write_bytes(whole[:cut])
        code, verified = bench.verify()
        expect([f["finding"] for f in verified["findings"]] == (["unfinished"] if cut != kept else []), f"cut at {cut}: {verified}")
        done = bench.write()
        expect(done.returncode == 0, f"cut at {cut}: {done.stderr}")
        # A whole record without its line end is one.
        bare = cut == len(whole) - 1
        expect(reported(done.stdout)[0][0] == 3 + bare, f"cut at {cut}: goes on with {reported(done.stdout)[0]}")
        expect(bench.log.read_bytes().startswith(whole[:cut]), f"cut at {cut}: bytes were removed")
        _, verified = check_all_found(bench, reported(done.stdout))
        expect(verified["torn_count"] == (cut != kept and not bare), f"cut at {cut}: {verified}")
        told += verified["torn_count"]
        # And that write cut short as well.
        again = bench.log.read_bytes()
        for second in {cut + 1, cut + 2, cut + 300}:
            bench.log.write_bytes(again[:second])
            done = bench.write()
            expect(done.returncode == 0, f"cut at {cut} and {second}: {done.stderr}")
            check_all_found(bench, reported(done.stdout))
    # Behind what is to be mended, no file is closed.
    for cut in (kept + 40, len(whole) - 1):
        bench.log.write_bytes(whole[:cut])
        done = bench.write("--rotate", 10)
        expect(done.returncode == 0, done.stderr)
        check_all_found(bench, reported(done.stdout))
        for name in bench.files():
            if re.fullmatch(r"log\.\d{12}", name):
                (bench.folder / name).unlink()
    # The first record of a log.
    for cut in range(1, kept // 2, 29):
        bench.log.write_bytes(whole[:cut])
        done = bench.write()
        expect(done.returncode == 0, f"first record cut at {cut}: {done.stderr}")
        check_all_found(bench, reported(done.stdout))
    # An end that was changed, not cut, is not written behind.
    edited = whole[:-200] + b"x" + whole[-199:]
    bench.log.write_bytes(edited)
    done = bench.write()
    expect(done.returncode == 5 and "does not match its hash" in done.stderr, f"behind an edited end: {done.returncode} {done.stderr}")
    expect(bench.log.read_bytes() == edited, "an edited log was written to")
    for other in (b"root:x:0:0\n", b"\0" * 100, b"[1,2]"):
        bench.log.write_bytes(other)
        done = bench.write()
        expect(done.returncode == 5 and "does not hold a decision log" in done.stderr, f"{other}: {done.returncode} {done.stderr}")
        expect(bench.log.read_bytes() == other, "another file was written to")
    print(f"torn lines: {len(cuts)} cuts, {told} told of by the next record, each cut again 3 times; lost 0")


def full(bench, _):
    """No room: the decision is blocked, what was reported is there, and with room it goes on."""
    reports, blocked = [], 0

    def small():
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))

    for limit in (100, 900, 2000, 5000, 20011):
        done = bench.write("--times", 20, preexec_fn=small)
        expect(done.returncode == 5, f"limit {limit}: exit {done.returncode}")
        expect("make room" in done.stderr, done.stderr)
        blocked += 1
        reports += reported(done.stdout)
        if reports:
            check_all_found(bench, reports)
    done = bench.write()
    expect(done.returncode == 0, done.stderr)
    reports += reported(done.stdout)
    check_all_found(bench, reports)
    done = bench.write(log="/dev/full")
    expect(done.returncode == 5 and "not a regular file" in done.stderr, f"/dev/full: {done.returncode} {done.stderr}")
    where = "file size limits"
    disk = bench.folder / "disk"
    disk.mkdir()
    if os.geteuid() == 0 and subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", disk], check=False, capture_output=True).returncode == 0:
        try:
            for more in ([], ["--rotate", 9000], ["--rotate", 9000, "--compress"]):
                done = bench.write("--times", 100, *more, log=disk / "log")
                expect(done.returncode == 5 and "No space left" in done.stderr, f"full disk: {done.returncode} {done.stderr}")
                blocked += 1
                expect(reported(done.stdout) or more, "nothing fitted")
                whole = bench.guardvm("log", "verify", disk / "log")
                expect(whole.returncode == 0, whole.stdout)
            where += " and a full tmpfs"
        finally:
            subprocess.run(["umount", disk], check=True)
    print(f"disk full ({where}): {blocked} runs blocked with exit 5, {len(reports)} decisions reported, lost 0")


def read_only(bench, _):
    """A log that cannot be written."""
    def nobody():
        if os.geteuid() == 0:
            os.setgid(65534)
            os.setuid(65534)

    os.chmod(bench.folder, 0o755)
    expect(bench.write().returncode == 0, "cannot write")
    os.chmod(bench.log, 0o444)
    cases = {"a read-only file": bench.log, "a read-only folder": bench.folder / "new", "no such folder": bench.folder / "no/log",
             "a folder": bench.folder}
    for what, log in cases.items():
        done = bench.write(log=log, preexec_fn=nobody)
        expect(done.returncode == 5 and done.stdout == "", f"{what}: exit {done.returncode}, reported {done.stdout!r}")
        expect("cannot open the decision log" in done.stderr, f"{what}: {done.stderr}")
    os.chmod(bench.log, 0o644)
    # The key for digests: open to others, damaged, or not to be made.
    key = bench.folder / "log.key"
    bench.write_actions([action(5, event={"token": "s3cret"})])
    key.write_text("0" * 64 + "\n")
    os.chmod(key, 0o644)
    done = bench.write()
    expect(done.returncode == 5 and "open to others" in done.stderr, done.stderr)
    os.chmod(key, 0o600)
    key.write_text("0123\n")
    done = bench.write()
    expect(done.returncode == 5 and "is no key" in done.stderr, done.stderr)
    done = bench.write("--key", bench.folder / "nokey")
    expect(done.returncode == 5 and "nokey" in done.stderr, done.stderr)
    expect("s3cret" not in bench.log.read_text(), "a sensitive value was written")
    print(f"not writable: {len(cases)} logs and 3 keys, each blocked with exit 5 and nothing reported")


def many(bench, _):
    """50 processes on one log."""
    processes, each = 50, 200
    bench.write_actions([action(n) for n in (5, 20, 60, 70)])
    started = time.monotonic()
    writers = [subprocess.Popen(bench.command("--times", each // 4, "--rotate", 2_000_000, "--compress"), stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True) for _ in range(processes)]
    reports = []
    for writer in writers:
        out, err = writer.communicate(timeout=120)
        expect(writer.returncode == 0, f"exit {writer.returncode}: {err}")
        reports += reported(out)
    seconds = time.monotonic() - started
    expect(len(reports) == processes * each, f"{len(reports)} reports")
    expect(sorted(seq for seq, _ in reports) == list(range(1, processes * each + 1)), "not every sequence once")
    _, verified = check_all_found(bench, reports)
    expect(verified["records"] == processes * each, f"{verified}")
    print(f"{processes} processes, one log: {len(reports)} records in {verified['files']} files, chain intact, lost 0; {seconds:.1f} s")


def edits(lines, dice):
    """One random edit of a log, which is not none."""
    whole = b"".join(lines)
    way = dice.choice(["change a byte", "delete a byte", "insert a byte", "delete a line", "repeat a line", "swap lines", "move a line",
                       "cut at a byte", "cut at a line", "change a word", "insert a line"])
    at, line, other = dice.randrange(len(whole)), dice.randrange(len(lines)), dice.randrange(len(lines))
    if way == "change a byte":
        return way, whole[:at] + bytes([dice.randrange(256)]) + whole[at + 1:]
    if way == "delete a byte":
        return way, whole[:at] + whole[at + 1:]
    if way == "insert a byte":
        return way, whole[:at] + bytes([dice.choice([10, 32, 48, dice.randrange(256)])]) + whole[at:]
    if way == "cut at a byte":
        return way, whole[:at]
    if way == "change a word":
        return way, re.sub(rb'"decision":"(deny|allow)"', lambda m: b'"decision":"allow"' if m[1] == b"deny" else b'"decision":"deny"',
                           lines[line], count=1).join([b"".join(lines[:line]), b"".join(lines[line + 1:])])
    left = list(lines)
    if way == "delete a line":
        del left[line]
    elif way == "repeat a line":
        left.insert(other, left[line])
    elif way == "swap lines":
        left[line], left[other] = left[other], left[line]
    elif way == "move a line":
        left.insert(other, left.pop(line))
    elif way == "cut at a line":
        del left[line:]
    else:
        left.insert(line, dice.choice([b"\n", b"{}\n", left[other].replace(b'"service":"web"', b'"service":"api"', 1)]))
    return way, b"".join(left)


def tamper(bench, rounds):
    """Every single edit is found."""
    bench.write_actions([action(n % 101) for n in range(60)])
    expect(bench.write().returncode == 0, "cannot write")
    # A torn line that was told of belongs to the log as well.
    with open(bench.log, "ab") as log:
        log.write(b'{"seq":61,"id":"00')
    expect(bench.write().returncode == 0, "cannot write")
    key = bench.guardvm("log", "key", "secret.key")
    expect(key.returncode == 0, key.stderr)
    expect(bench.guardvm("log", "checkpoint", "log", "--key", "secret.key").returncode == 0, "no checkpoint")
    public = key.stdout.strip()
    code, verified = bench.verify("--public-key", public)
    expect(code == 0 and verified["pinned"] == 120 and verified["torn_count"] == 1, f"{verified}")
    whole = bench.log.read_bytes()
    lines = whole.splitlines(keepends=True)
    seed = random.SystemRandom().randrange(1 << 32)
    dice, made, missed, kinds, ways = random.Random(seed), 0, [], {}, {}
    while made < rounds:
        way, edited = edits(lines, dice)
        if edited == whole:
            continue
        made += 1
        ways[way] = ways.get(way, 0) + 1
        bench.log.write_bytes(edited)
        code, verified = bench.verify("--public-key", public)
        if code == 0:
            missed.append(way)
        for finding in verified["findings"]:
            kinds[finding["finding"]] = kinds.get(finding["finding"], 0) + 1
    expect(not missed, f"seed {seed}: {len(missed)} of {made} edits were not found: {missed[:5]}")
    # Written anew from one record on, with hashes that fit: only the checkpoint knows.
    bench.log.unlink()
    expect(bench.write().returncode == 0 and bench.write().returncode == 0, "cannot write")
    code, verified = bench.verify("--public-key", public)
    expect(code == 2 and verified["findings"][0]["finding"] == "not-the-pinned", f"rewritten: {verified}")
    # Checkpoints of another key, and changed ones.
    other = bench.guardvm("log", "key", "other.key").stdout.strip()
    expect(bench.verify("--public-key", other)[1]["findings"][0]["finding"] == "bad-checkpoint", "another key")
    # The end cut off: found with the key; without it, what was not looked at is named.
    bench.log.write_bytes(b"".join(lines[:-2]))
    code, verified = bench.verify("--public-key", public)
    expect(code == 2 and (verified["findings"][0]["finding"], verified["checkpoints"]) == ("cut", "checked"), f"cut: {verified}")
    code, verified = bench.verify()
    expect(code == 0 and verified["checkpoints"] == "not-checked", f"cut, without the key: {verified}")
    bench.log.write_bytes(whole)
    checkpoints = bench.folder / "log.checkpoints"
    checkpoints.write_text(checkpoints.read_text().replace('"seq":120', '"seq":119'))
    expect(bench.verify("--public-key", public)[1]["findings"][0]["finding"] == "bad-checkpoint", "a changed checkpoint")
    print(f"tampering: {made} edits made, {made} found (seed {seed})")
    print("  edits: " + ", ".join(f"{way} {n}" for way, n in sorted(ways.items())))
    print("  findings: " + ", ".join(f"{kind} {n}" for kind, n in sorted(kinds.items())))


def rotation(bench, _):
    """Closed and compressed files: one chain over all; what is wrong with any is found; interrupted steps are gone on with."""
    reports = []
    for more in (["--rotate", 3000], ["--rotate", 3000, "--compress"], []):
        done = bench.write("--times", 10, *more)
        expect(done.returncode == 0, done.stderr)
        reports += reported(done.stdout)
    _, verified = check_all_found(bench, reports)
    files = bench.files()
    closed = [name for name in files if re.fullmatch(r"log\.\d{12}(\.zst)?", name)]
    expect(any(name.endswith(".zst") for name in closed) and any(not name.endswith(".zst") for name in closed), f"{files}")
    expect(verified["files"] == len(closed) + 1, f"{verified['files']} files verified of {files}")
    # Closed files alone, in any order; and from the middle on.
    names = [bench.folder / name for name in closed]
    done = bench.guardvm("log", "verify", *reversed(names))
    expect(done.returncode == 0, done.stdout)
    done = bench.guardvm("log", "verify", *names[2:])
    expect(done.returncode == 2 and "begins-late" in done.stdout, done.stdout)
    # One missing, one cut, one changed inside its compression.
    saved = names[1].read_bytes()
    names[1].unlink()
    expect("missing" in bench.guardvm("log", "verify", "log").stdout, "a missing file")
    packed = next(name for name in names if name.name.endswith(".zst"))
    names[1].write_bytes(saved)
    saved = packed.read_bytes()
    packed.write_bytes(saved[:-7])
    expect("damaged" in bench.guardvm("log", "verify", "log").stdout, "a file cut short")
    packed.write_bytes(saved[:40] + bytes([saved[40] ^ 1]) + saved[41:])
    expect(bench.guardvm("log", "verify", "log").returncode == 2, "a changed byte")
    packed.write_bytes(saved)
    # A step that was cut short: the link made and not the new file; a new file half written; both forms of a closed file.
    open_first = json.loads(bench.log.read_bytes().splitlines()[0])["seq"]
    os.link(bench.log, bench.folder / f"log.{open_first:012}")
    (bench.folder / "log.new").write_bytes(b'{"seq":')
    shutil.copy(names[0], bench.folder / "plain")
    expect(bench.verify()[0] == 0, "with a link made")
    done = bench.write("--rotate", 100)
    expect(done.returncode == 0, done.stderr)
    reports += reported(done.stdout)
    done = bench.guardvm("log", "compress", "log")
    expect(done.returncode == 0, done.stderr)
    shutil.copy(bench.folder / "plain", names[0])
    check_all_found(bench, reports)
    expect(bench.guardvm("log", "compress", "log").returncode == 0, "compress again")
    expect([name for name in bench.files() if re.fullmatch(r"log\.\d{12}", name)] == [], f"{bench.files()}")
    check_all_found(bench, reports)
    # The new file made, and no record in it; by a writer that goes on rotating, and with the last closed file compressed.
    for more in ([], ["--rotate", 100, "--compress"]):
        last = json.loads(bench.log.read_bytes().splitlines()[0])["seq"]
        bench.log.rename(bench.folder / f"log.{last:012}")
        bench.log.write_bytes(b"")
        expect(bench.verify()[0] == 0, "with an empty file")
        done = bench.write(*more)
        expect(done.returncode == 0, done.stderr)
        reports += reported(done.stdout)
        check_all_found(bench, reports)
        expect(bench.guardvm("log", "compress", "log").returncode == 0, "compress")
    # The open file is gone: the chain goes on from the last closed one.
    bench.log.unlink()
    gone = {seq for seq, _ in reports} - set(bench.ids())
    done = bench.write()
    expect(done.returncode == 0, done.stderr)
    expect(reported(done.stdout)[0][0] == min(gone), f"goes on with {reported(done.stdout)[0]}, not {min(gone)}")
    check_all_found(bench, reported(done.stdout))
    # By day.
    bench.log.rename(bench.folder / "aside")
    for name in bench.files():
        if name != "log.key":
            (bench.folder / name).unlink()
    expect(bench.write("--daily", "--times", 1, "--clock", WALL_NS).returncode == 0, "daily")
    expect(bench.write("--daily", "--times", 1, "--clock", WALL_NS + 3600 * 10**9).returncode == 0, "daily, the same day")
    expect(bench.write("--daily", "--times", 1, "--clock", WALL_NS + 86400 * 10**9).returncode == 0, "daily, the next day")
    expect(bench.files() == ["log", "log.000000000001", "log.key"], f"{bench.files()}")
    expect(bench.verify()[1]["records"] == 9, "daily")
    print(f"rotation: {len(reports)} records in {verified['files']} files, plain and compressed, one chain; interrupted steps are gone on with")


SECRETS = ["s3cret-token", "s3cret \\u0041 \u00e9", "4711", "s3cret-step", "s3cret-key", "s3cret-unknown", "s3cret-shape", "s3cret-list"]


def sensitive(bench, _):
    """Sensitive values reach no file, whatever is wrong with the record."""
    good = action(5, event={"token": SECRETS[0], "note": SECRETS[5]}, pin=4711, keys=[SECRETS[4]], steps=[{"name": "a", "secret": SECRETS[3]}])
    texts = [json.dumps(good), json.dumps(good, ensure_ascii=False), json.dumps(good, indent=1).replace("\n", " "),
             json.dumps(action(5, event=SECRETS[6])), json.dumps(action(5, event=[SECRETS[6]])), json.dumps(action(5, steps=[SECRETS[7]])),
             json.dumps(action(5, steps=SECRETS[7])), json.dumps(action(5, keys={"a": SECRETS[4]})), json.dumps(action(5, tokn=SECRETS[5])),
             json.dumps(action(5, service={"x": SECRETS[5]})), json.dumps(action(5, actor={"id": "a", "groups": [[SECRETS[7]]]})),
             json.dumps(good).replace("token", "t\\u006fken"), json.dumps({**good, "canary": 999}), json.dumps({**good, "kind": "unheard"}),
             json.dumps({k: v for k, v in good.items() if k != "kind"}), json.dumps(good)[:-1], json.dumps(good) + "x", json.dumps(good)[:-1] + ',"pin":4711}',
             SECRETS[0], '"' + SECRETS[0] + '"', json.dumps([good]), json.dumps({**good, "event": {"token": SECRETS[1]}}),
             json.dumps({**good, "pin": "4711"}), json.dumps({**good, "kind": "rollback"})]
    bench.write_actions(texts)
    done = bench.write()
    expect(done.returncode == 0, done.stderr)
    text = bench.log.read_text()
    # Without hashes and digests, in which 4711 may stand by chance.
    text = re.sub(r"[0-9a-f]{32,}", "", text)
    text = re.sub(r'"(evaluation_ns|time|bytes)":[^,}]*', "", text)
    records = [json.loads(line) for line in bench.log.read_text().splitlines()]
    expect(len(records) == len(texts), f"{len(records)} records of {len(texts)}")
    for record, given in zip(records, texts):
        if record["decision"]["kind"] == "rollback":
            continue  # has no sensitive attribute: nothing of it is hidden
        line = re.sub(r"[0-9a-f]{32,}", "", json.dumps(record["action"], ensure_ascii=False))
        for secret in ("s3cret", "4711"):
            expect(secret not in line, f"{secret} of {given} stands in {line}")
            expect(secret not in record["decision"].__str__(), f"{secret} of {given} stands in {record['decision']}")
    # The digests: the same for the same value, another for another value, attribute or key.
    first, plain, rollback = records[0]["action"], records[1]["action"], records[-1]
    expect(first["event"]["token"] == plain["event"]["token"], "one value, two digests")
    expect(len({first["event"]["token"], first["pin"], first["keys"], first["steps"][0]["secret"]}) == 4, "two values, one digest")
    expect(records[0]["replaced"] == ["/pin", "/steps/0/secret", "/keys", "/event/token", "/event/note"], f"{records[0]['replaced']}")
    expect(first["event"]["token"] == records[11]["action"]["event"]["token"], "a key with an escape")
    expect(rollback["action"]["pin"] == 4711 and "replaced" not in rollback, f"{rollback['action']}")
    expect(os.stat(bench.folder / "log.key").st_mode & 0o777 == 0o600, "the key's mode")
    before = first["event"]["token"]
    bench.log.unlink()
    (bench.folder / "log.key").unlink()
    expect(bench.write().returncode == 0, "cannot write")
    expect(json.loads(bench.log.read_text().splitlines()[0])["action"]["event"]["token"] != before, "another key, the same digest")
    print(f"sensitive values: {len(texts)} records, well-formed and not, none of {len(SECRETS)} secrets in the log")


def large(bench, _):
    """The bounds: the largest record is logged, with its longest line; larger ones are an `error`, and logged as that."""
    at_limit = 16 << 20
    text = json.dumps(action(5, service=""))
    bench.write_actions([text.replace('"service": ""', f'"service": "{"x" * (at_limit - len(text))}"'),
                         text.replace('"service": ""', f'"service": "{"x" * (at_limit - len(text) + 1)}"'),
                         # Messages that repeat the service, and escapes, make the line longer than the limit of one: not logged.
                         json.dumps(action(60, service="")).replace('"service": ""', '"service": "' + "\\u0001" * (at_limit // 6 - 100) + '"')])
    done = bench.write()
    expect([line.split()[2] for line in done.stdout.splitlines()][:2] == ["allow", "error"], done.stdout + done.stderr)
    expect(done.returncode == 5 and "more than 67108864 bytes" in done.stderr, f"{done.returncode} {done.stderr}")
    code, verified = bench.verify()
    expect(code == 0 and verified["records"] == 2, f"{verified}")
    # A line that no record can have.
    with open(bench.log, "ab") as log:
        log.write(b"x" * ((64 << 20) + 1) + b"\n")
    code, verified = bench.verify()
    expect(code == 2 and verified["findings"][0]["finding"] == "too-long", f"{verified['findings']}")
    print("bounds: a record of 16 MiB is logged, a larger one is logged as an error; a line that would be longer than 64 MiB blocks, and one of that length is a finding")


def document(bench, _):
    """runtime/log/LOG.md says what is so: members and their order, hashes, digests, findings."""
    root = pathlib.Path(__file__).resolve().parents[2]
    text = (root / "runtime/log/LOG.md").read_text(encoding="utf-8")
    table = re.search(r"\| member \| value \|\n\|---\|---\|\n(.*?)\n\n", text, re.S)[1]
    members = [name for row in table.splitlines() for name in re.findall(r"`([a-z_]+)`", row.split("|")[1])]
    bench.write_actions([action(60, event={"token": "t\u00e9\n"}), "no JSON"])
    expect(bench.write("--candidate", bench.folder / "s.bundle", "--dry-run", "--run", "wait-1").returncode == 0, "cannot write")
    with open(bench.log, "ab") as log:
        log.write(b"torn")
    expect(bench.write().returncode == 0, "cannot write")
    lines = [line for line in bench.log.read_bytes().splitlines() if line.startswith(b"{")]
    records = [json.loads(line) for line in lines]
    seen = set()
    for record in records:
        places = [members.index(name) for name in record]
        expect(places == sorted(places), f"another order than documented: {list(record)}")
        seen |= set(record)
    expect(seen == set(members), f"documented and never seen, or the other way round: {seen ^ set(members)}")
    # The chain, as described.
    before = "0" * 64
    for line, record in zip(lines, records):
        head = line[:line.index(b',"hash":')]
        expect(hashlib.sha256(head).hexdigest() == record["hash"] and record["prev"] == before, f"record {record['seq']}")
        expect(json.dumps(record, separators=(",", ":"), ensure_ascii=False).encode() == line, "spaces, or another order")
        before = record["hash"]
    command = re.search(r"by hand: `(sed .*?)`", text)[1].replace("LOG", str(bench.log)).replace("sed -n 5p", "sed -n 2p")
    by_hand = subprocess.run(command, shell=True, capture_output=True, text=True, check=True).stdout.split()[0]
    expect(by_hand == records[1]["hash"], f"by hand: {by_hand}")
    expect(records[2]["torn"] == {"bytes": 5, "sha256": hashlib.sha256(b"torn\n").hexdigest()}, f"{records[2]['torn']}")
    # Digests.
    key = bytes.fromhex((bench.folder / "log.key").read_text().strip())

    def digest(path, value):
        return hashlib.blake2b(path.encode() + b"\0" + value, key=key, digest_size=32).hexdigest()

    name = digest("guard key name", b"")[:8]
    for got, path, value in ((records[0]["action"]["event"]["token"], "token", '"t\u00e9\n'.encode()), (records[0]["action"]["pin"], "pin", b"7"),
                             (records[0]["action"]["keys"], "keys", b"[]"), (records[1]["action_digest"], "", b"no JSON")):
        expect(got == f"blake2b:{name}:{digest(path, value)}", f"the digest of {path}: {got}")
    expect(records[1]["action"] is None and records[1]["action_bytes"] == 7, f"{records[1]}")
    # Findings.
    rows = re.findall(r'GUARD_LOG_FINDING\(\w+,\s*"([\w-]+)",\s*"(.*?)"\)', (root / "runtime/log/findings.def").read_text())
    expect([f"| `{kind}` | {meaning} |" for kind, meaning in rows] == re.findall(r"^\| `[\w-]+` \| [^|]+ \|$", text.split("## What `log verify`")[1], re.M),
           "the table of findings")
    print(f"LOG.md: {len(members)} members in order, chain, digests and {len(rows)} findings as documented")


CASES = {"kill": (kill, 150), "gate_kill": (gate_kill, 150), "torn": (torn, 13), "full": (full, 0), "read_only": (read_only, 0), "many": (many, 0), "tamper": (tamper, 1000),
         "rotation": (rotation, 0), "sensitive": (sensitive, 0), "large": (large, 0), "document": (document, 0)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    parser.add_argument("--rounds", type=int)
    parser.add_argument("case", choices=CASES)
    options = parser.parse_args()
    run, rounds = CASES[options.case]
    with tempfile.TemporaryDirectory(prefix="guard-log-") as folder:
        try:
            run(Bench(options.bin.resolve(), folder), options.rounds or rounds)
        except Failed as failure:
            sys.exit(f"{options.case}: {failure}")


if __name__ == "__main__":
    main()
