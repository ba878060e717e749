#!/bin/bash
# AppArmor: the profile that `cove doctor` prints is loaded and cove runs under it; a sandbox or container has the profile
# that --security-opt or its config.json names, from its first process to what exec starts, and is confined by it.
# modes: root user
# by: root
set -eu
fail() { echo "FAIL: $*"; exit 1; }
root=$(echo "$COVE_CACHE"/busybox-*)
work=$(mktemp -d)
chmod 755 "$work"
run_as=()
[ "$COVE_AS" = root ] || run_as=(runuser -u user -- env "XDG_RUNTIME_DIR=$work/run" HOME=/home/user)
as() { "${run_as[@]}" "$@"; }
clean() {
  as cove-runtime delete --force confined 2>/dev/null || true
  as cove rm -f confined >/dev/null 2>&1 || true
  for name in cove cove-vm-confined; do
    grep -qs "^$name " /sys/kernel/security/apparmor/profiles && echo "profile $name {}" | apparmor_parser -R -q || true
  done
  rm -rf "$work" /etc/apparmor.d/cove
}
trap clean EXIT

[ "$(cat /sys/module/apparmor/parameters/enabled)" = Y ] || fail "AppArmor is not on: $(cat /proc/cmdline)"
[ -e /sys/kernel/security/apparmor ] || mount -t securityfs securityfs /sys/kernel/security
cove doctor | grep -q apparmor || fail "doctor does not see AppArmor: $(cove doctor | grep -A 2 -i module)"

# As its comment says.
cove doctor --apparmor-profile >/etc/apparmor.d/cove
apparmor_parser -r /etc/apparmor.d/cove 2>"$work/err" || fail "doctor's profile: $(cat "$work/err" /etc/apparmor.d/cove)"
as cove run --rootfs "$root" -- true || fail "under doctor's profile"
as cove run --rootfs "$root" -- sleep 30 &
label=
for _ in $(seq 100); do
  pid=$(pgrep -n -x cove || true)
  label=$(cat "/proc/$pid/attr/apparmor/current" 2>/dev/null || true)
  [[ $label != cove* ]] || break
  sleep 0.1
done
[ "$label" = "cove (unconfined)" ] || fail "cove runs as '$label'"
kill "$pid"
wait $! 2>/dev/null || true
echo 'profile cove {}' | apparmor_parser -R -q

apparmor_parser -r <<'END'
profile cove-vm-confined flags=(attach_disconnected) {
  file,
  capability,
  signal,
  ptrace,
  mount,
  deny /secret r,
  deny /kept w,
}
END
mkdir "$work/run"
[ "$COVE_AS" = root ] || chown -R user: "$work"

# A sandbox and a container on record.
echo hidden >"$work/secret"
with=(--rootfs "$root" -v "$work/secret:/secret:ro")
confined=("${with[@]}" --security-opt apparmor=cove-vm-confined)
kernels_word=/proc/self/attr/apparmor/current
[ "$(as cove run "${confined[@]}" -- cat $kernels_word)" = "cove-vm-confined (enforce)" ] || fail "run: $(as cove run "${confined[@]}" -- cat $kernels_word 2>&1)"
if as cove run "${confined[@]}" -- cat /secret >"$work/out" 2>"$work/err"; then fail "a sandbox read /secret: $(cat "$work/out")"; fi
grep -q 'Permission denied' "$work/err" || fail "a sandbox reading /secret: $(cat "$work/err")"
[ "$(as cove run "${with[@]}" -- cat /secret)" = hidden ] || fail "a sandbox without a profile"
[ "$(as cove run "${with[@]}" --security-opt apparmor=unconfined -- cat $kernels_word)" = unconfined ] || fail "unconfined"
if as cove run "${with[@]}" --security-opt apparmor=no-such-profile -- true 2>"$work/err"; then fail "a sandbox with a profile that is not there"; fi
grep -q 'apparmor profile no-such-profile' "$work/err" || fail "the sandbox's message: $(cat "$work/err")"
grep -q 'hint: load it first: apparmor_parser' "$work/err" || fail "the sandbox's way out: $(cat "$work/err")"
as cove explain "${confined[@]}" -- true | grep -q 'AppArmor profile  *cove-vm-confined' || fail "explain"
as cove run -d --name confined --network none "${confined[@]}" -- sleep 1000 >/dev/null || fail "a container"
[ "$(as cove inspect -f '{{.AppArmorProfile}} {{.HostConfig.SecurityOpt}}' confined)" = \
  "cove-vm-confined [no-new-privileges apparmor=cove-vm-confined]" ] || fail "inspect: $(as cove inspect confined)"
pid=$(as cove inspect -f '{{.State.Pid}}' confined)
[ "$(cat "/proc/$pid/attr/apparmor/current")" = "cove-vm-confined (enforce)" ] || fail "the container: $(cat "/proc/$pid/attr/apparmor/current")"
if as cove exec confined cat /secret >"$work/out" 2>"$work/err"; then fail "cove exec read /secret"; fi
[ "$(as cove exec confined cat $kernels_word)" = "cove-vm-confined (enforce)" ] || fail "cove exec"
as cove stop -t 0 confined >/dev/null
as cove start confined >/dev/null
if as cove exec confined cat /secret >"$work/out" 2>"$work/err"; then fail "cove exec read /secret after a new start"; fi
as cove rm -f confined >/dev/null

bundle=$work/bundle
mkdir -p "$bundle/rootfs"
tar -C "$root" --exclude=./probes --exclude=./root -cf - . | tar -C "$bundle/rootfs" -xf -
echo seen >"$bundle/rootfs/open"
echo hidden >"$bundle/rootfs/secret"
echo kept >"$bundle/rootfs/kept"
[ "$COVE_AS" = root ] || chown -R user: "$work"
rootless=()
[ "$COVE_AS" = root ] || rootless=(--rootless)
(cd "$bundle" && as cove-runtime spec "${rootless[@]}")
config() {  # PROFILE
  jq --arg profile "$1" '.process.apparmorProfile = $profile | .process.terminal = false | .root.readonly = false
    | .process.args = ["sleep", "1000"]' "$bundle/config.json" >"$work/new"
  cat "$work/new" >"$bundle/config.json"
}
inside() { as cove-runtime exec confined "$@"; }
config cove-vm-confined
as cove-runtime run -d --bundle "$bundle" confined </dev/null >/dev/null 2>"$work/err" || fail "run: $(cat "$work/err")"
pid=$(as cove-runtime state confined | jq .pid)
[ "$(cat "/proc/$pid/attr/apparmor/current")" = "cove-vm-confined (enforce)" ] || fail "process 1: $(cat "/proc/$pid/attr/apparmor/current")"
[ "$(inside cat /proc/self/attr/apparmor/current)" = "cove-vm-confined (enforce)" ] || fail "exec: $(inside cat /proc/self/attr/apparmor/current)"
[ "$(inside cat /open)" = seen ] || fail "it can't read what it may"
if inside cat /secret >"$work/out" 2>"$work/err"; then fail "it read /secret: $(cat "$work/out")"; fi
grep -q 'Permission denied' "$work/err" || fail "reading /secret: $(cat "$work/err")"
if inside sh -c 'echo x >/kept' 2>/dev/null; then fail "it wrote to /kept"; fi
[ "$(cat "$bundle/rootfs/kept")" = kept ] || fail "/kept was changed"
as cove-runtime delete --force confined

# Another container is not; and a profile that is not loaded is an error, not a container without one.
config ''
as cove-runtime run -d --bundle "$bundle" confined </dev/null >/dev/null 2>"$work/err" || fail "run: $(cat "$work/err")"
[ "$(inside cat /secret)" = hidden ] || fail "without a profile"
if as cove-runtime exec --apparmor no-such-profile confined true 2>"$work/err"; then fail "exec with a profile that is not there"; fi
grep -q no-such-profile "$work/err" || fail "exec's message: $(cat "$work/err")"
inside true
as cove-runtime exec --apparmor cove-vm-confined confined cat /secret 2>/dev/null && fail "exec --apparmor confines nothing"
as cove-runtime delete --force confined
config no-such-profile
if as cove-runtime run -d --bundle "$bundle" confined </dev/null >/dev/null 2>"$work/err"; then fail "ran with a profile that is not there"; fi
grep -q no-such-profile "$work/err" || fail "message: $(cat "$work/err")"
