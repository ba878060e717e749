#!/bin/bash
# An ordinary user's home on NFS, as in many offices, or root's data: what needs no overlay there works, the rest says what
# is wrong and the way out, and that way leads out.
# modes: root user
# by: root
set -eu
fail() { echo "FAIL: $*"; exit 1; }
root=$(echo "$COVE_CACHE"/busybox-*)
work=$(mktemp -d)
chmod 755 "$work"
home=$work/home
clean() {
  cove rm -f one two >/dev/null 2>&1 || true
  local_cove rm -f one >/dev/null 2>&1 || true
  umount -l "$home" || true
  rpc.nfsd 0 || true
  exportfs -ua || true
  [ -z "${mountd-}" ] || kill "$mountd"
  umount /proc/fs/nfsd || true
  rm -rf "$work"
}
trap clean EXIT
mkdir -p "$work/exported" "$home" "$work/run" "$work/local"
chown user: "$work/exported" "$work/run" "$work/local"
modprobe nfsd
mountpoint -q /proc/fs/nfsd || mount -t nfsd nfsd /proc/fs/nfsd
# Else the server waits 90 s for clients of before.
echo 10 >/proc/fs/nfsd/nfsv4leasetime
echo 10 >/proc/fs/nfsd/nfsv4gracetime
mkdir -p /var/lib/nfs/rpc_pipefs
exportfs -o rw,no_subtree_check,no_root_squash,fsid=0,insecure 127.0.0.1:"$work/exported"
rpc.mountd --foreground -N 2 -N 3 >"$work/mountd.log" 2>&1 &
mountd=$!
rpc.nfsd -N 3 -V 4 2
mount -t nfs4 -o vers=4.2 127.0.0.1:/ "$home"
[ "$(stat -f -c %T "$home")" = nfs ] || fail "home is on $(stat -f -c %T "$home")"

if [ "$COVE_AS" = root ]; then
  as() { env "COVE_RUN_ROOT=$work/run/cove" "$@"; }
  cove() { as env COVE_DATA_ROOT="$home/data" "$(type -P cove)" "$@"; }
  local_cove() { as env COVE_DATA_ROOT="$work/local/data" "$(type -P cove)" "$@"; }
else
  as() { runuser -u user -- env HOME="$home" "XDG_RUNTIME_DIR=$work/run" "$@"; }
  cove() { as "$(type -P cove)" "$@"; }
  local_cove() { as env XDG_DATA_HOME="$work/local" "$(type -P cove)" "$@"; }
fi

# The sandbox's writes are in memory.
[ "$(cove run --rootfs "$root" -- sh -c 'echo x >/file; cat /file')" = x ] || fail "a sandbox"
as mkdir "$home/project"
cove run --rootfs "$root" -v "$home/project:/project" -- sh -c 'echo mine >/project/file' || fail "a bind mount of a directory of the home"
[ "$(as cat "$home/project/file")" = mine ] || fail "what was written to the bind mount"

# A container's last, in an overlay: the kernel wants another file system.
if cove run -d --name one --network none --rootfs "$root" -- sleep 1000 >"$work/out" 2>"$work/err"; then fail "a container's overlay on NFS"; fi
grep -q "is on nfs, where the kernel can't keep an overlay's writes" "$work/err" || fail "message: $(cat "$work/err")"
grep -q 'hint: .*XDG_DATA_HOME' "$work/err" || fail "no way out: $(cat "$work/err")"
cove rm -f one >/dev/null 2>&1 || true
cove ps -a >"$work/out" || fail "ps"
cove system check >"$work/out" || fail "system check: $(cat "$work/out")"

local_cove run -d --name one --network none --rootfs "$root" -- sleep 1000 >/dev/null || fail "with its data elsewhere"
[ "$(local_cove exec one sh -c 'echo y >/file; cat /file')" = y ] || fail "exec with its data elsewhere"
local_cove rm -f one >/dev/null
