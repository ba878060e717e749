#!/bin/bash
# Limits of an ordinary user, in the login session: an error that names the way out, and that way leads out.
# modes: user
# layouts: v2
set -eu
fail() { echo "FAIL: $*"; exit 1; }
root=$(echo "$COVE_CACHE"/busybox-*)
command=(cove run --rootfs "$root" --memory 64m --cpus 0.5 --pids-limit 20 -v "$COVE_PROBES:/probes:ro")

[ -n "${XDG_RUNTIME_DIR-}" ] || fail "this is no login session"
grep -q 'session-.*[.]scope' /proc/self/cgroup || fail "this is not in a session's cgroup: $(cat /proc/self/cgroup)"
cove run --rootfs "$root" -- true || fail "without limits"
if "${command[@]}" -- true 2>/tmp/err-$UID; then fail "limits without a cgroup"; fi
grep -q E-CGROUP-NOT-DELEGATED /tmp/err-$UID || fail "message: $(cat /tmp/err-$UID)"
grep -q 'systemd-run --user --scope -p Delegate=yes' /tmp/err-$UID || fail "no way out: $(cat /tmp/err-$UID)"

in_scope() { systemd-run --user --scope --quiet -p Delegate=yes "$@"; }
[ "$(in_scope "${command[@]}" -- sh -c 'cd /sys/fs/cgroup && echo $(cat memory.max cpu.max pids.max)')" = \
  "67108864 50000 100000 20" ] || fail "the limits are others"
in_scope "${command[@]}" --report /tmp/report-$UID -- /probes/alloc 200 2>/dev/null && fail "64 MiB are no limit"
[ "$(jq -r .reason /tmp/report-$UID)" = oom ] || fail "not called out of memory: $(cat /tmp/report-$UID)"
# Several from one shell: the shell stays where it is.
in_scope bash -ec 'for _ in 1 2 3; do "$@" -- true; done' - "${command[@]}" || fail "the second time"

# A container with limits is entered from a scope. From the session's cgroup the kernel lets nobody in: so exec has the
# user's systemd make one for it, which ends with it; where there is none it says so.
in_scope cove run -d --name held --rootfs "$root" --memory 64m -- sleep 10000 >/dev/null || fail "run -d"
[ "$(cove exec held cat /sys/fs/cgroup/memory.max)" = 67108864 ] || fail "exec from the session"
cove exec held sh -c 'exit 5' && fail "exec's exit status" || [ $? = 5 ] || fail "exec's exit status is another"
[ "$(echo typed | cove exec -i held cat)" = typed ] || fail "exec -i from the session"
cove exec --timeout 1s held sleep 1000 && fail "exec --timeout" || [ $? = 124 ] || fail "exec --timeout from the session"
cove exec -d held sh -c 'echo x >/left; sleep 1000' || fail "exec -d from the session"
for _ in $(seq 50); do ! cove exec held test -e /left 2>/dev/null || break; sleep 0.1; done
cove exec held test -e /left || fail "exec -d did nothing"
left=$(systemctl --user list-units --all --plain --no-legend 'cove-exec-*' || true)
[ -z "$left" ] || fail "scopes are left: $left"
if env -u DBUS_SESSION_BUS_ADDRESS XDG_RUNTIME_DIR=/nonexistent "COVE_RUN_ROOT=$XDG_RUNTIME_DIR/cove" cove exec held true 2>/tmp/err-$UID; then fail "entered from the session's cgroup"; fi
grep -q E-CGROUP-NOT-DELEGATED /tmp/err-$UID || fail "exec's message: $(cat /tmp/err-$UID)"
grep -q 'hint: .*systemd-run --user --scope' /tmp/err-$UID || fail "exec names no way out: $(cat /tmp/err-$UID)"
in_scope cove exec held true || fail "exec in a scope"
[ "$(cove inspect -f '{{.State.Status}}' held)" = running ] || fail "held does not run"
cove stop -t 0 held >/dev/null || fail "stop from the session"
if cove start held 2>/tmp/err-$UID; then fail "started without a cgroup for its limits"; fi
grep -q E-CGROUP-NOT-DELEGATED /tmp/err-$UID || fail "start's message: $(cat /tmp/err-$UID)"
in_scope cove start held >/dev/null || fail "start in a scope"
cove rm -f held >/dev/null || fail "rm from the session"
left=$(find /sys/fs/cgroup -regextype posix-extended -type d -regex '.*/cove-[0-9a-f]{12}.*')
[ -z "$left" ] || fail "cgroups are left: $left"
