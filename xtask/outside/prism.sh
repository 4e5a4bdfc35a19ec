#!/usr/bin/env bash
# Runs a command while prism serves the document at PILOT_STATUS_TEST_SERVER.
set -euo pipefail
tools=target/outside
if curl --noproxy '*' --silent --output /dev/null "$PILOT_STATUS_TEST_SERVER"; then
  echo "another server is at $PILOT_STATUS_TEST_SERVER: end it"
  exit 1
fi
# Prism would make callbacks, to the addresses in the requests.
node -p 'JSON.stringify(require("./openapi.json"), (key, value) => key === "callbacks" ? undefined : value)' \
  >"$tools/openapi.json"
"$tools/node_modules/.bin/prism" mock --errors --port "${PILOT_STATUS_TEST_SERVER##*:}" "$tools/openapi.json" \
  >"$tools/prism.log" 2>&1 &
prism=$!
trap 'kill "$prism"' EXIT
until curl --noproxy '*' --silent --output /dev/null "$PILOT_STATUS_TEST_SERVER"; do
  kill -0 "$prism" || { echo "prism ended: $tools/prism.log says why"; exit 1; }
  sleep 1
done
"$@" || { echo "$tools/prism.log has what prism says"; exit 1; }
