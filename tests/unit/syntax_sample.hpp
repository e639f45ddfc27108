// A text that uses every construct of grammar/Guard.g4 at least once; what it says makes no sense.
#pragma once
#include <string_view>

namespace guard {

inline constexpr std::string_view kSyntaxSample = R"guard(
// A schema.
schema pipeline
default allow
default deny on db_migrate, deploy
default hold on every action
unguarded flag_toggle, run_script
blocking wins
kind at "/type"

enum Environment { dev, staging, production, }
enum Severity { none < minor < major }
enum Mixed { a < b, c }
record Empty {}
record Actor { id: string, kind: ActorKind, groups: set<string>, }
action {
  time: timestamp now,
  actor: Actor identity id.login sensitive at "/sender",
  who: string identity,
  me: string identity sensitive,
  approvals: list<Approval> approvals(by, groups, at),
  emergency: Emergency? break glass(person, reason, time),
  signal incident: record { severity: Severity, open: int 0..10_000 } max age 5m,
  signal budget: decimal(8, 3) max age 1h30m,
  low: int -5..-1,
  plain: int,
  colour: enum { red, green },
  deep: set<set<string?>>??,
  at: version, signal: bool, day: sun
}
action deploy {}
severity dead-end = warning
severity unreachable = error

policy databases
owner "data-platform"
let operators = { "db-operators", "dba-oncall" }
let nothing = {}
let list = [1, -2.5, -30m, true, false, 2026-01-01T00:00:00.5+01:00, /a[0-9]\/b/, name.of.something]
let no_list = []
let person = { id: "ann", groups: { "x" } }
let other = base with { id: "\"\\\n\t\r\u{E9}\u{200B}é" }
define busy = incident is present and incident.open > 3
window freeze = 2026-12-18 18:00 to 2027-01-04 09:00 in "Europe/London"
window office = mon..fri and sun 09:00 to 17:30 in "Europe/London" or sat..sun except 2026-12-25, 2026-12-26 in "Etc/UTC"
window nightly = 22:00 to 06:00 or other except fri 15:00 to 17:30
data inventory from "inventory.json": map<string, record { tier: int 0..3 }>
fixture base = deploy { environment: production, previous: missing, budget: 3.5 as of 2026-01-01T00:00:00Z }
fixture same = base
fixture more = base with { actor: { id: "bob" }, }
fixture none = base with {}

rule operators_only on db_migrate
  when environment == production and not (service != "x" or a < b) or c <= -d + 2 * e - 3
  deny unless actor.groups has any operators
  because "production migrations are for {operators}"

rule everything on every action
  when any d in dependencies: d.deployed is missing or d.deployed < d.required
  when all d in dependencies: d.ok implies d.fine implies true
  when at least 2 d in dependencies: d.ok
  when at most 1_000 d in dependencies: not not d.ok
  when exactly 3 at in inventory[service].names: at is not empty
  when x in { "a", "b" } and x not in operators and time in freeze
  when groups has all { "a" } and approvals has 2 from { "dba" } within 24h excluding commit.author, x including the actor
  when a is stale and b is fresh and c is not present and d is missing
  when name starts with "a" and name ends with suffix and name contains "x"
  when name matches "a*" and name matches /^a+$/ and name matches pattern
  when 24h since staged_at and inventory[owners[service]] and a > 1.5
  unless (a >= b)
  hold until time in office
  require 2 approvals from { "dba" } within review excluding commit.author
    or 1 approval from leads including the actor
  warn
  oblige ticket = "yes"
  if missing: block
  if missing: hold
  if missing: ignore
  mode off
  mode shadow until 2026-12-31
  mode advisory until 2026-12-31 18:00 in "Europe/London"
  mode enforce until 2026-12-31T18:00:00Z
  mandatory
  owner "me"
  accept dead-end because "known"

rule critical on deploy
  when "hotfix" in commit.tags
  allow overrides freeze, other.one
  deny because "x"

template team(name: string, groups: set<string>) on deploy, rollback
  deny unless actor.groups has any groups
template bare() on deploy
  allow
use team(name: "a", groups: { "b" }) as team_a
use bare() as bare_a

exception e1 for freeze, other.freeze
  on deploy
  when service == "x"
  expires 2026-12-31
  owner "me"
  reason "because"
exception e2 for freeze
  reason "first"
  expires 2026-12-31 10:00
  reason "second"
break glass fire on every action
  who actor.groups has any { "sre" }
  when incident is present
  lifts every rule even mandatory
  for 2h
  oblige review = true
  for 3h
break glass smoke on deploy
  lifts freeze, a.b
invariant ever on db_migrate never allow or hold when a
invariant always_so on every action always deny
cover deploy, db_migrate when environment == production
cover every action
assume actor.kind == bot implies approvals is empty
assume on deploy: canary > 3

test "an operator may migrate" {
  given deploy { environment: production, tags: {}, list: [{ a: 1 }, base with { b: 2 }] }
  given base
  given json "{\"a\": 1}" as deploy
  given json "{}"
  given file "a.json" as deploy
  given file "b.json"
  expect allow
  expect deny by a.b, c
  expect hold
  expect error
  expect error "missing-attribute"
  expect a.b is applied
  expect hold is overridden
  expect b is excepted
  expect b is shadow
  expect b is advisory
  expect b is silent
  expect oblige ticket = "yes"
}
test "nothing" {}
policy second
)guard";

}  // namespace guard
