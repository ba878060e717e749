#!/bin/bash
# Root's containers are checkpointed and restored by Debian's criu, see support/check-checkpoint; an ordinary user is told why
# there is neither, and the container is none the worse.
# modes: root user
# timeout: 600
set -eu
fail() { echo "FAIL: $*"; exit 1; }
if [ "$COVE_AS" = root ]; then
  trap 'umount /tmp/bundle 2>/dev/null; ip netns delete cove 2>/dev/null; rm -rf /tmp/bundle /tmp/data /tmp/image /tmp/work' EXIT
  "$(dirname "$(realpath "$0")")/../../support/check-checkpoint" "$(command -v cove-runtime)"
  exit 0
fi
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
