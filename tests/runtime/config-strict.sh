#!/bin/bash
# A duplicate key, nesting without end and a file beyond measure are refused. (crun and runc take the last of two.)
# runtimes: cove
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

bundle a . true
refused() {  # PATTERN
  refuses create --bundle "$bundle" "${id}a"
  expect_match "$err" "$1"
  gone a || fail "a container is left"
}
cp "$bundle/config.json" "$t_tmp/good"
sed '0,/"ociVersion"/s//"ociVersion": "1.0.0",\n"ociVersion"/' "$t_tmp/good" >"$bundle/config.json"
refused 'duplicate|twice|ociVersion'
{ printf '{"a":'; printf '[%.0s' {1..5000}; } >"$bundle/config.json"
refused 'deep|nest|depth'
{ cat "$t_tmp/good"; head -c 40000000 /dev/zero | tr '\0' ' '; } >"$bundle/config.json"
refused 'large|big|size|bytes'
mkfifo "$t_tmp/fifo"
mv "$t_tmp/fifo" "$bundle/config.json"
run timeout 5 "$t_runtime" --root "$state_root" create --bundle "$bundle" "${id}a"
expect_ne "$status" 0
expect_ne "$status" 124 "a fifo instead of config.json hangs"
