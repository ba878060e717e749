#!/bin/bash
# A user namespace with mappings: ids inside and outside, files, mounts and an exec.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

bundle a '.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}]
    | .linux.gidMappings = [{containerID: 0, hostID: 200000, size: 65536}]' \
  sh -c 'cat /proc/self/uid_map /proc/self/gid_map | tr -s " "; touch /tmp/x /made; stat -c %u:%g /tmp/x; trap "exit 0" TERM; while :; do sleep 0.05; done'
chown 100000:200000 "$bundle/rootfs"
chmod 755 "$t_tmp"
launch a
until_true grep -q '^0:0' "$t_tmp/a.out"
expect_eq "$(<"$t_tmp/a.out")" $' 0 100000 65536\n 0 200000 65536\n0:0'
expect_eq "$(stat -c %u:%g "$bundle/rootfs/made")" 100000:200000
expect_eq "$(awk '$1 == "Uid:" { print $2 }' "/proc/$(init_pid a)/status")" 100000
expect_eq "$(rt exec --user 5:6 "${id}a" sh -c 'id -u; id -g; readlink /proc/self/ns/user' | paste -sd ' ')" \
  "5 6 $(readlink "/proc/$(init_pid a)/ns/user")"
remove a
rejects_config b '.linux.namespaces += [{type: "user"}] | .process.user.uid = 7 | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 1}]'
