#!/usr/bin/env python3
"""Windows against an independent calendar: Python's zoneinfo, minute by minute over whole years.

Builds a set with weekly, overnight, dated, daily and excepting windows in six zones, asks the runtime for every minute of each
year (window_dump), and compares every change of every window with what zoneinfo says.

usage: windows_test.py GUARDC WINDOW_DUMP
"""
import datetime as dt
import subprocess
import sys
import tempfile
import zoneinfo

ZONES = ["Europe/London", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca"]
YEARS = [2026, 2037]
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.timezone.utc)

HEAD = """schema windows
default allow
action { time: timestamp now }
action deploy { service: string }
policy p
rule any_time on deploy
  when service == "x"
  warn because "x"
"""


def minutes(hhmm):
    hours, minute = hhmm.split(":")
    return int(hours) * 60 + int(minute)


def weekly(days, start, end):
    """True when the local time is in [start, end) of a day in `days`; over midnight it belongs to the day it opens on."""
    first, last = minutes(start), minutes(end)

    def inside(local):
        minute, day = local.hour * 60 + local.minute, local.weekday()
        if first < last:
            return day in days and first <= minute < last
        return (day in days and minute >= first) or ((day - 1) % 7 in days and minute < last)

    return inside


def dated(zone, start, end):
    """Local instants, the first of the two at a fold; at a gap the transition (utc offset before it, fold=0)."""
    tz = zoneinfo.ZoneInfo(zone)

    def instant(text):
        naive = dt.datetime.strptime(text, "%Y-%m-%d %H:%M")
        aware = naive.replace(tzinfo=tz, fold=0)
        utc = aware.astimezone(dt.timezone.utc)
        if utc.astimezone(tz).replace(tzinfo=None) != naive:  # a gap: find the transition
            low, high = utc - dt.timedelta(hours=30), utc + dt.timedelta(hours=30)
            offset = low.astimezone(tz).utcoffset()
            while high - low > dt.timedelta(seconds=1):
                middle = low + (high - low) / 2
                if middle.astimezone(tz).utcoffset() == offset and middle.astimezone(tz).replace(tzinfo=None) < naive:
                    low = middle
                else:
                    high = middle
            utc = high.replace(second=0, microsecond=0)
        return utc

    return instant(start), instant(end)


def windows_of(zone, index):
    """name, source, predicate(utc, local)"""
    office, night, daily = weekly({0, 1, 2, 3, 4}, "09:00", "17:30"), weekly({4, 6}, "22:00", "06:00"), weekly(set(range(7)), "01:15", "02:45")
    friday = weekly({4}, "15:00", "17:30")
    freeze = [dated(zone, f"{y}-03-08 02:30", f"{y}-11-01 01:30") for y in YEARS]
    name = f"z{index}"
    days = {dt.date(2026, 12, 25), dt.date(2026, 3, 29)}
    return [
        (f"{name}_office", f'mon..fri 09:00 to 17:30 in "{zone}" except 2026-12-25, 2026-03-29',
         lambda u, l: office(l) and l.date() not in days),
        (f"{name}_night", f'fri and sun 22:00 to 06:00 in "{zone}"', lambda u, l: night(l)),
        (f"{name}_daily", f'01:15 to 02:45 in "{zone}"', lambda u, l: daily(l)),
        (f"{name}_weekend", f'sat..sun in "{zone}"', lambda u, l: l.weekday() >= 5),
        (f"{name}_slot", f"{name}_office except fri 15:00 to 17:30",
         lambda u, l: office(l) and l.date() not in days and not friday(l)),
        (f"{name}_dated", " or ".join(f'{y}-03-08 02:30 to {y}-11-01 01:30 in "{zone}"' for y in YEARS),
         lambda u, l: any(a <= u < b for a, b in freeze)),
    ]


def main():
    guardc, window_dump = sys.argv[1:3]
    every = [(zone, w) for i, zone in enumerate(ZONES) for w in windows_of(zone, i)]
    source = HEAD.replace("policy p\n", "".join(f"window {name} = {text}\n" for _, (name, text, _) in every) + "policy p\n")
    # Every window is used, so that none is dropped and none is reported as unused.
    source += "".join(f'rule r{i} on deploy\n  when time in {name}\n  warn because "w"\n' for i, (_, (name, _, _)) in enumerate(every))
    compared = changes = 0
    with tempfile.TemporaryDirectory() as folder:
        path, bundle = f"{folder}/windows.guard", f"{folder}/windows.bundle"
        with open(path, "w", encoding="utf-8") as out:
            out.write(source)
        subprocess.run([guardc, "build", path, "-o", bundle], check=True)
        for year in YEARS:
            start = dt.datetime(year, 1, 1, tzinfo=dt.timezone.utc)
            first = int((start - EPOCH).total_seconds()) // 60
            count = int((dt.datetime(year + 1, 1, 1, tzinfo=dt.timezone.utc) - start).total_seconds()) // 60
            dump = subprocess.run([window_dump, bundle, str(first), str(count)], check=True, capture_output=True, text=True).stdout
            ours = {}
            for line in dump.splitlines():
                name, minute, state = line.split()
                ours.setdefault(name, []).append((int(minute), state))
            for zone in ZONES:
                tz = zoneinfo.ZoneInfo(zone)
                mine = [w for z, w in every if z == zone]
                theirs = {name: [] for name, _, _ in mine}
                was = {name: None for name, _, _ in mine}
                for m in range(count):
                    utc = start + dt.timedelta(minutes=m)
                    local = utc.astimezone(tz)
                    for name, _, inside in mine:
                        now = inside(utc, local)
                        if now != was[name]:
                            theirs[name].append((first + m, "in" if now else "out"))
                            was[name] = now
                for name, _, _ in mine:
                    compared += count
                    changes += len(theirs[name])
                    if ours[name] != theirs[name]:
                        odd = sorted(set(ours[name]) ^ set(theirs[name]))[:6]
                        where = [(EPOCH + dt.timedelta(minutes=m)).isoformat() + " " + s for m, s in odd]
                        sys.exit(f"{name} ({zone}) differs from zoneinfo in {year}: {where}")
    print(f"{len(every)} windows in {len(ZONES)} zones, years {YEARS}: {compared} minutes compared, {changes} changes, no difference")


if __name__ == "__main__":
    main()
