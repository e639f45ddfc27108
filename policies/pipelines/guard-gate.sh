# The gate of a pipeline: builds the action's record, unless there is one, then decides it. POSIX sh; nothing is downloaded.
# Every way out but allow stops the pipeline. What it reads: README.md beside this file.
set -e
record=${GUARD_ACTION:-}
if [ -z "$record" ]; then
  record=guard-action.json
  "${GUARDVM:-guardvm}" action new "${GUARD_BUNDLE:?names the bundle}" "${GUARD_KIND:?names the kind}" --env-prefix ACTION_ --out "$record"
fi
"${GUARDVM:-guardvm}" gate "${GUARD_BUNDLE:?names the bundle}" "$record" --mode "${GUARD_MODE:-enforce}" \
  --format "${GUARD_FORMAT:-text}" --output "${GUARD_DECISION:-guard-decision.json}" \
  ${GUARD_EXPECT_DIGEST:+--expect-digest "$GUARD_EXPECT_DIGEST"} \
  ${GUARD_SIGNALS:+--signals "$GUARD_SIGNALS"} \
  ${GUARD_APPROVALS:+--approvals "$GUARD_APPROVALS"} ${GUARD_KEYRING:+--keyring "$GUARD_KEYRING"} \
  ${GUARD_CANDIDATE:+--candidate "$GUARD_CANDIDATE"} ${GUARD_WAIT:+--wait "$GUARD_WAIT"} \
  ${GUARD_LOG:+--log "$GUARD_LOG"} ${GUARD_REVISION:+--revision "$GUARD_REVISION"}
