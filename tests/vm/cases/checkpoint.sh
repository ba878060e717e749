#!/bin/bash
# An ordinary user is told why there is no checkpoint and no restore, and the container is none the worse. Root's: tests/vm/checkpoint.
# modes: user
set -eu
fail() { echo "FAIL: $*"; exit 1; }
bundle=$(mktemp -d)
trap 'cove-runtime delete --force kept 2>/dev/null; rm -rf "$bundle"' EXIT
mkdir "$bundle/rootfs"
tar -C "$(echo "$COVE_CACHE"/busybox-*)" --exclude=./probes --exclude=./root -cf - . | tar -C "$bundle/rootfs" -xf -
cd "$bundle"
cove-runtime spec --rootless
jq '.process.terminal = false | .process.args = ["sleep", "1000"]' config.json >new && mv new config.json
cove-runtime run -d --bundle "$bundle" kept </dev/null >/dev/null 2>&1 || fail "run"
if cove-runtime checkpoint --image-path "$bundle/image" kept 2>"$bundle/err"; then fail "an ordinary user's checkpoint"; fi
grep -q 'checkpoint.*needs root' "$bundle/err" || fail "checkpoint's message: $(cat "$bundle/err")"
[ "$(cove-runtime state kept | jq -r .status)" = running ] || fail "it was harmed"
mkdir -p "$bundle/image"
if cove-runtime restore -d --bundle "$bundle" --image-path "$bundle/image" other 2>"$bundle/err"; then fail "an ordinary user's restore"; fi
grep -q 'restore.*needs root' "$bundle/err" || fail "restore's message: $(cat "$bundle/err")"
