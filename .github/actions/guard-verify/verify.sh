#!/usr/bin/env bash
# Verifies the policy set of a checkout and, with a base, says what the change does. Needs guardc in PATH.
#
#   GUARD_PATH     the policy set, from the root of the checkout (default: policies)
#   GUARD_BASE     the commit before the change; empty: nothing is compared
#   GUARD_FAIL_ON  the least severity that fails (default: warning)
#   GUARD_OUTPUT   the folder for comment.md, report.sarif and report.json (default: guard-verify)
#   GUARD_AS_OF    the date both are verified as of (default: today)
#   GUARD_FORMAT   what is printed: github (default: annotations) or text
#
# The exit code is that of `guardc verify`; 1 when the base cannot be read.
set -euo pipefail
path=${GUARD_PATH:-policies}
output=${GUARD_OUTPUT:-guard-verify}
as_of=${GUARD_AS_OF:-$(date -u +%F)}
mkdir -p "$output"
rm -f "$output"/report.*

compare=()
new=
if [ -n "${GUARD_BASE:-}" ]; then
  base=$(git rev-parse --verify --quiet "$GUARD_BASE^{commit}") ||
    { echo "guard-verify: the commit $GUARD_BASE is not in this checkout; fetch it (fetch-depth: 0)" >&2; exit 1; }
  if git cat-file -e "$base:$path" 2>/dev/null; then compare=(--base-ref "$base"); else new=yes; fi
fi

code=0
guardc verify "$path" --as-of "$as_of" --fail-on "${GUARD_FAIL_ON:-warning}" --format "${GUARD_FORMAT:-github}" \
  "${compare[@]}" \
  --output "markdown=$output/report.md" --output "sarif=$output/report.sarif" --output "json=$output/report.json" || code=$?

: >"$output/comment.md"
if [ -n "$new" ]; then printf '### What this change does\n\nThe set `%s` is new.\n\n' "$path" >>"$output/comment.md"; fi
if [ -f "$output/report.md" ]; then cat "$output/report.md" >>"$output/comment.md"; fi

if [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then cat "$output/comment.md" >>"$GITHUB_STEP_SUMMARY"; fi
if [ -n "${GITHUB_OUTPUT:-}" ]; then
  printf 'comment=%s\nsarif=%s\n' "$output/comment.md" "$output/report.sarif" >>"$GITHUB_OUTPUT"
fi
exit "$code"
