// The gate as a step of a Jenkins shared library: guardGate(bundle: 'guard.bundle', kind: 'deploy'), inside withEnv for the
// action's attributes. ../../README.md says how. The script is one literal: nothing is interpolated into it.
def call(Map given) {
  def names = [guardvm: 'GUARDVM', bundle: 'GUARD_BUNDLE', kind: 'GUARD_KIND', action: 'GUARD_ACTION', mode: 'GUARD_MODE',
               expectDigest: 'GUARD_EXPECT_DIGEST', signals: 'GUARD_SIGNALS', approvals: 'GUARD_APPROVALS', keyring: 'GUARD_KEYRING',
               candidate: 'GUARD_CANDIDATE', wait: 'GUARD_WAIT', log: 'GUARD_LOG', revision: 'GUARD_REVISION']
  def unknown = given.keySet() - names.keySet()
  if (unknown) { error("guardGate: no argument ${unknown.join(', ')}") }
  withEnv(given.collect { name, value -> "${names[name]}=${value}" }) {
    sh label: 'guard gate', script: '''
set -e
record=${GUARD_ACTION:-}
if [ -z "$record" ]; then
  record=guard-action.json
  "${GUARDVM:-guardvm}" action new "${GUARD_BUNDLE:?names the bundle}" "${GUARD_KIND:?names the kind}" --env-prefix ACTION_ --out "$record"
fi
"${GUARDVM:-guardvm}" gate "${GUARD_BUNDLE:?names the bundle}" "$record" --mode "${GUARD_MODE:-enforce}" \\
  --format "${GUARD_FORMAT:-text}" --output "${GUARD_DECISION:-guard-decision.json}" \\
  ${GUARD_EXPECT_DIGEST:+--expect-digest "$GUARD_EXPECT_DIGEST"} \\
  ${GUARD_SIGNALS:+--signals "$GUARD_SIGNALS"} \\
  ${GUARD_APPROVALS:+--approvals "$GUARD_APPROVALS"} ${GUARD_KEYRING:+--keyring "$GUARD_KEYRING"} \\
  ${GUARD_CANDIDATE:+--candidate "$GUARD_CANDIDATE"} ${GUARD_WAIT:+--wait "$GUARD_WAIT"} \\
  ${GUARD_LOG:+--log "$GUARD_LOG"} ${GUARD_REVISION:+--revision "$GUARD_REVISION"}
'''
  }
}
