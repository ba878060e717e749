#!/bin/bash
# policies.sh before|after|again: restart policies across reboots, of root's containers and an ordinary user's, and how the
# machine's end stops them; see reboots.
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
starts() { cove exec "$1" sh -c 'wc -l </starts'; }
started_again() { [ "$(starts "$1")" -ge 2 ]; }
phase() { cove inspect -f '{{.State.Status}}' "$1"; }
code() { cove inspect -f '{{.State.ExitCode}}' "$1"; }
is() { [ "$(phase "$1")" = "$2" ]; }
is_new_boot() {
  [ "$(cat ~/boot)" != "$(cat /proc/sys/kernel/random/boot_id)" ] || fail "this is the same boot"
  cat /proc/sys/kernel/random/boot_id >~/boot
}
run=(cove run -d --network none --rootfs "$root")
# It ends when it is told to, after a while; and the other one never, if nobody kills it.
polite='echo x >>/starts; trap "sleep 3; echo bye >>/byes; exit 7" TERM; while :; do sleep 0.2; done'
deaf='echo x >>/starts; trap "" TERM HUP INT; while :; do sleep 1000; done'

if [ "$1" = before ]; then
  [ $EUID != 0 ] || install "$(realpath "$(command -v cove)")" /usr/local/bin/cove
  hash -r
  for policy in always unless-stopped on-failure no; do
    "${run[@]}" --name "$policy" --restart "$policy" -- sh -c "$polite" >/dev/null
  done
  "${run[@]}" --name stopped --restart unless-stopped -- sleep 100000 >/dev/null
  cove stop -t 1 stopped >/dev/null
  cove system install-unit "${user[@]}"
  systemctl "${user[@]}" enable --now cove-containers.service
  cat /proc/sys/kernel/random/boot_id >~/boot
  sync
  exit 0
fi

is_new_boot
for name in always unless-stopped on-failure; do
  within 120 is $name running
  within 20 started_again "$name"
done
for name in no stopped; do is $name exited || fail "$name is $(phase $name)"; done

if [ "$1" = after ]; then
  # Now the unit is there from the beginning to the end. What it has started, and what came later, gets its time.
  "${run[@]}" --name late --restart unless-stopped -- sh -c "$polite" >/dev/null
  "${run[@]}" --name deaf --restart always --stop-timeout 4 -- sh -c "$deaf" >/dev/null
  "${run[@]}" --name once -- sh -c "$polite" >/dev/null
  sync
  exit 0
fi

for name in late deaf; do
  within 120 is $name running
  within 20 started_again "$name"
done
for name in always unless-stopped on-failure late; do
  [ "$(cove exec $name tail -n 1 /byes)" = bye ] || fail "$name was not given its time to end"
done
is once exited || fail "once is $(phase once)"
[ "$(code once)" = 7 ] || fail "the exit code of one that was stopped with the machine: $(code once)"
cove system check || fail "system check"
systemctl "${user[@]}" stop cove-containers.service
for name in always unless-stopped on-failure late deaf; do is $name exited || fail "$name is $(phase $name) after the unit's stop"; done
[ "$(code deaf)" = 137 ] || fail "deaf was not killed: $(code deaf)"
systemctl "${user[@]}" start cove-containers.service
for name in always unless-stopped on-failure late deaf; do is $name running || fail "$name is $(phase $name) after the unit's start"; done
is once exited || fail "once is $(phase once) after the unit's start"
cove rm -f always unless-stopped on-failure no stopped late deaf once >/dev/null
[ -z "$(cove ps -aq)" ] || fail "containers are left"
cove system check || fail "system check at the end"
