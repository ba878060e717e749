#!/bin/bash
# With a user namespace: mount sources and the root behind directories that only the host's root may enter, device nodes
# with an owner, which the host need not have; and what the host's mounts forbid cannot be taken away inside.
# runtimes: cove
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

userns='.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 1000}]
  | .linux.gidMappings = [{containerID: 0, hostID: 200000, size: 1000}]'
chmod 700 "$t_tmp"
mkdir -p "$t_tmp/closed/source"
mount -t tmpfs -o nosuid,nodev,mode=755 source "$t_tmp/closed/source"
echo word >"$t_tmp/closed/source/file"
ln -s closed/source/file "$t_tmp/link"
chmod 000 "$t_tmp/closed"
bundle a "$userns"' | .mounts += [{destination: "/m", type: "bind", source: ($tmp + "/closed/source"), options: ["bind"]},
    {destination: "/f", type: "bind", source: ($tmp + "/link"), options: ["bind", "ro"]}]
  | .linux.devices = [{path: "/dev/test-null", type: "c", major: 1, minor: 3, fileMode: 384, uid: 10, gid: 11}]
  | .linux.resources.devices += [{allow: true, type: "c", major: 1, minor: 3, access: "rwm"}]
  | .process.capabilities[] |= (. + ["CAP_SYS_ADMIN"] | unique)' \
  sh -c 'cat /m/file /f; stat -c "%n %t:%T %a %u:%g" /dev/test-null; echo gone >/dev/test-null && echo written
    mount -o remount,bind,dev /m 2>/dev/null && echo "nodev was taken away"
    mount -o remount,bind /m 2>/dev/null; grep -c " /dev/test-null " /proc/self/mountinfo; awk "\$5 == \"/\"" /proc/self/mountinfo | wc -l'
chown 100000:200000 "$bundle/rootfs"
expect_status 0 rt run --bundle "$bundle" "${id}a"
expect_eq "$out" $'word\nword\n/dev/test-null 1:3 600 10:11\nwritten\n1\n1'
chmod 755 "$t_tmp/closed"
umount "$t_tmp/closed/source"

# An owner that has no number outside.
rejects_config b "$userns"' | .linux.devices = [{path: "/dev/x", type: "c", major: 1, minor: 3, uid: 5000}]' \
  'linux.devices: /dev/x: uid 5000 is not mapped'
# A source that is not there.
rejects_config c "$userns"' | .mounts += [{destination: "/m", type: "bind", source: ($tmp + "/none/x"), options: ["bind"]}]' none/x
