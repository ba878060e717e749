#!/bin/bash
# /dev/null as a standard stream keeps its owner, whoever runs in the container. (crun 1.8 gives it away: to every
# later user's harm.)
# runtimes: cove runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

owner() { stat -c '%u:%g %a' /dev/null; }
before=$(owner)
bundle a '.process.user = {uid: 1000, gid: 1000}' "${pause_command[@]}"
rt create --bundle "$bundle" "${id}a" >/dev/null 2>&1
rt start "${id}a"
expect_eq "$(owner)" "$before" "owner after create"
rt exec --user 5:5 "${id}a" true >/dev/null 2>&1
rt exec --detach --user 6:6 "${id}a" true >/dev/null 2>&1
expect_eq "$(owner)" "$before" "owner after exec"
remove a
bundle b '.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}]
  | .linux.gidMappings = [{containerID: 0, hostID: 100000, size: 65536}]' true
chown 100000:100000 "$bundle/rootfs"
chmod 755 "$t_tmp"
rt run --bundle "$bundle" "${id}b" >/dev/null 2>&1 || fail "run in a user namespace"
expect_eq "$(owner)" "$before" "owner after a user namespace"
