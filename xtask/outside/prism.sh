#!/usr/bin/env bash
# Runs a command while prism serves the document at PILOT_STATUS_TEST_SERVER.
set -euo pipefail
tools=target/outside
if curl --noproxy '*' --silent --output /dev/null "$PILOT_STATUS_TEST_SERVER"; then
  echo "another server is running at $PILOT_STATUS_TEST_SERVER: stop it"
  exit 1
fi
# Omits the callbacks, which prism would send to the addresses in the requests.
node -p 'JSON.stringify(require("./openapi.json"), (key, value) => key === "callbacks" ? undefined : value)' \
  >"$tools/openapi.json"
"$tools/node_modules/.bin/prism" mock --errors --port "${PILOT_STATUS_TEST_SERVER##*:}" "$tools/openapi.json" \
  >"$tools/prism.log" 2>&1 &
prism=$!
trap 'kill "$prism"' EXIT
until curl --noproxy '*' --silent --output /dev/null "$PILOT_STATUS_TEST_SERVER"; do
  kill -0 "$prism" || { echo "prism exited: see $tools/prism.log"; exit 1; }
  sleep 1
done
"$@" || { echo "see $tools/prism.log for the output of prism"; exit 1; }
