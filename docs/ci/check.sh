#!/usr/bin/env bash
# The step of the GitHub Action: annotations on standard output, SARIF beside them if asked for.
# Takes PATHS, CONFIG, BASELINE and SARIF from the environment and the command as its argument.
set -euo pipefail
lavoir=${1:-lavoir}
arguments=()
[ -n "${CONFIG:-}" ] && arguments+=(--config "$CONFIG")
[ -n "${BASELINE:-}" ] && arguments+=(--baseline "$BASELINE")
# Paths are parted by white space; quotes are not looked at, globs are lavoir's.
set -f
# shellcheck disable=SC2206
paths=(${PATHS:?name what to check})
if [ -n "${SARIF:-}" ]; then
  code=0
  "$lavoir" check "${paths[@]}" ${arguments[@]+"${arguments[@]}"} --report sarif --out "$SARIF" || code=$?
  # 1 is findings: the report is there, and the call below tells them.
  [ "$code" -le 1 ] || exit "$code"
fi
exec "$lavoir" check "${paths[@]}" ${arguments[@]+"${arguments[@]}"} --report github
