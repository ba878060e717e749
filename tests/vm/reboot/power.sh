#!/bin/bash
# power.sh work|check [ROUND]: what power.sh check finds after the power was cut while power.sh work ran; see reboots. One container,
# "kept", is there all the time and must survive; its file was written and synced before.
set -eu
fail() { echo "FAIL: $*"; exit 1; }
root=$(echo "$COVE_CACHE"/busybox-*)
run=(cove run --network none --rootfs "$root")

if [ "$1" = work ]; then
  if ! cove inspect kept >/dev/null 2>&1; then
    "${run[@]}" -d --name kept -- sh -c 'echo kept >/file; sync; exec sleep 100000' >/dev/null
    until [ "$(cove exec kept cat /file 2>/dev/null)" = kept ]; do sleep 0.1; done
    sync
  fi
  # Until the power goes.
  while :; do
    "${run[@]}" -d --name box -v data:/data -- sh -c 'echo x >/data/file; exec sleep 100000' >/dev/null
    cove exec box true
    "${run[@]}" --rm -- true
    cove stop -t 0 box >/dev/null
    cove start box >/dev/null
    cove rm -f -v box >/dev/null
    cove volume rm -f data >/dev/null
  done
fi

# Whatever was cut: the commands understand what is there, and gc makes it good.
cove ps -a >/tmp/ps 2>&1 || fail "ps: $(cat /tmp/ps)"
cove system check >/tmp/check 2>&1 || echo "found: $(paste -sd ';' /tmp/check)"
cove system gc >/tmp/gc 2>&1 || fail "gc: $(cat /tmp/gc)"
cove system check >/tmp/check 2>&1 || fail "check after gc: $(cat /tmp/check)"
[ "$(cove inspect -f '{{.State.Status}}' kept)" = exited ] || fail "kept is not exited: $(cove inspect kept)"
cove start kept >/dev/null
[ "$(cove exec kept cat /file)" = kept ] || fail "the file of kept is lost"
cove stop -t 0 kept >/dev/null
if cove inspect box >/dev/null 2>&1; then cove rm -f -v box >/dev/null; fi
cove volume rm -f data >/dev/null
"${run[@]}" --rm --name box -- true || fail "a new box"
data=${XDG_DATA_HOME:-$HOME/.local/share}/cove
[ $EUID != 0 ] || data=/var/lib/cove
left=$(find "$data/containers" "$data/names" -mindepth 1 -maxdepth 1 | grep -v -e '/kept$' -e "/$(cove inspect -f '{{.Id}}' kept)\$" || true)
[ -z "$left" ] || fail "left: $left"
