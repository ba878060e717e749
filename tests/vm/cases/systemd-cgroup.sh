#!/bin/sh
# A container's life with --systemd-cgroup, on a machine that systemd runs.
# modes: root
# layouts: v2 hybrid
set -eu
fail() { echo "FAIL: $*"; exit 1; }
rt() { cove-runtime --systemd-cgroup "$@"; }
id=cove-vm-1
unit=cove-vm-$id.scope
bundle=/tmp/bundle
mkdir -p $bundle/rootfs/bin $bundle/rootfs/proc
cp /bin/busybox $bundle/rootfs/bin/busybox
ln -s busybox $bundle/rootfs/bin/sleep
cat >$bundle/config.json <<EOF
{"ociVersion": "1.0.2", "process": {"user": {"uid": 0, "gid": 0}, "args": ["sleep", "1000"], "env": ["PATH=/bin"], "cwd": "/"},
 "root": {"path": "rootfs"}, "mounts": [{"destination": "/proc", "type": "proc", "source": "proc"}],
 "annotations": {"org.systemd.property.TimeoutStopUSec": "uint64 5000000"},
 "linux": {"namespaces": [{"type": "pid"}, {"type": "mount"}, {"type": "ipc"}, {"type": "uts"}],
   "cgroupsPath": "system.slice:cove-vm:$id", "resources": {"pids": {"limit": 77}, "memory": {"limit": 67108864}}}}
EOF
one_file() { find /sys/fs/cgroup -path "*/system.slice/$unit/$1" | head -n 1; }
gone() {
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    [ -n "$(find /sys/fs/cgroup -name "$unit")" ] || return 0
    sleep 1
  done
  fail "$1: left: $(find /sys/fs/cgroup -name "$unit")"
}

rt create --bundle $bundle $id
[ "$(systemctl show -p ActiveState --value $unit)" = active ] || fail "the unit is not active"
[ "$(systemctl show -p TimeoutStopUSec --value $unit)" = 5s ] || fail "the annotation did not reach systemd"
pid=$(sed -n 's/.*"init_process_pid":\([0-9]*\).*/\1/p' /run/cove-runtime/$id/state.json)
grep -q "/system.slice/$unit\$" /proc/$pid/cgroup || fail "the container is not in its unit: $(cat /proc/$pid/cgroup)"
[ "$(cat "$(one_file pids.max)")" = 77 ] || fail "pids.max is $(cat "$(one_file pids.max)")"
[ "$(cat "$(one_file cgroup.procs)")" = "$pid" ] || fail "the placeholder is still there: $(cat "$(one_file cgroup.procs)")"
if rt create --bundle $bundle other 2>/tmp/err; then fail "the same unit twice"; fi
grep -q "has a unit $unit already" /tmp/err || fail "message: $(cat /tmp/err)"
rt start $id
rt exec $id sleep 0
rt update --pids-limit 78 $id
[ "$(systemctl show -p TasksMax --value $unit)" = 78 ] || fail "systemd was not told of the update"
systemctl daemon-reload
[ "$(cat "$(one_file pids.max)")" = 78 ] || fail "systemd undid the update"
rt delete --force $id
gone "after delete"
[ "$(systemctl show -p ActiveState --value $unit)" = inactive ] || fail "the unit is left"

# A start that fails takes the unit with it.
sed -i 's/"sleep", "1000"/"no-such-program"/' $bundle/config.json
if rt create --bundle $bundle $id 2>/tmp/err; then fail "created without a program"; fi
gone "after a failure"
[ "$(systemctl show -p ActiveState --value $unit)" = inactive ] || fail "the unit is left after a failure"
echo ok
