#!/bin/bash
# policies.sh before|after: restart policies across a reboot, of root's containers and an ordinary user's; see reboots.
set -eu
fail() { echo "FAIL: $*"; exit 1; }
# Installed, for the units start before the source tree is there.
PATH=/usr/local/bin:$PATH
root=$(echo "$COVE_CACHE"/busybox-*)
user=()
[ $EUID = 0 ] || user=(--user)
within() {  # SECONDS COMMAND...
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -le $end ] || fail "not in time: $*; $(cove ps -a; systemctl "${user[@]}" status cove-containers.service)"
    sleep 0.2
  done
}
# The unit's containers lie in cgroups of the user's systemd, where nobody gets in from a session's.
enter() { if [ $EUID = 0 ]; then cove exec "$@"; else systemd-run --user --scope --quiet cove exec "$@"; fi; }
starts() { enter "$1" sh -c 'wc -l </starts'; }
started_again() { [ "$(starts "$1")" -ge 2 ]; }
phase() { cove inspect -f '{{.State.Status}}' "$1"; }
is() { [ "$(phase "$1")" = "$2" ]; }

if [ "$1" = before ]; then
  [ $EUID != 0 ] || install "$(realpath "$(command -v cove)")" /usr/local/bin/cove
  hash -r
  for policy in always unless-stopped on-failure no; do
    cove run -d --name "$policy" --restart "$policy" --network none --rootfs "$root" -- sh -c 'date >>/starts; exec sleep 100000' >/dev/null
  done
  cove run -d --name stopped --restart unless-stopped --network none --rootfs "$root" -- sleep 100000 >/dev/null
  cove stop -t 1 stopped >/dev/null
  cove system install-unit "${user[@]}"
  systemctl "${user[@]}" enable cove-containers.service
  cat /proc/sys/kernel/random/boot_id >~/boot
  sync
  exit 0
fi

[ "$(cat ~/boot)" != "$(cat /proc/sys/kernel/random/boot_id)" ] || fail "this is the same boot"
for name in always unless-stopped on-failure; do
  within 120 is $name running
  # Once more than before; on its way down the machine may have ended it, and its monitor have started it.
  within 20 started_again "$name"
done
for name in no stopped; do is $name exited || fail "$name is $(phase $name)"; done
[ "$(cove inspect -f '{{.State.ExitCode}}' no)" = 255 ] || fail "the exit code of one that the reboot ended"
cove system check || fail "system check"
cove rm -f always unless-stopped on-failure no stopped >/dev/null
[ -z "$(cove ps -aq)" ] || fail "containers are left"
cove system check || fail "system check at the end"
