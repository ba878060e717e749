#!/bin/bash
# exec runs a further process with the container's environment, directory, user and streams, and gives its exit
# status.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

bundle a '.process.cwd = "/tmp" | .process.env += ["FROM=config"] | .process.user = {uid: 7, gid: 8, additionalGids: [9]}' \
  "${pause_command[@]}"
launch a
expect_status 0 rt exec "${id}a" sh -c 'echo "$FROM"; hostname; pwd; id -u; id -g; id -G'
expect_match "$out" $'^config\ncove\n'
# crun 1.8 begins as root in /; containerd and podman name directory and user themselves.
is crun || expect_eq "$out" $'config\ncove\n/tmp\n7\n8\n8 9'
expect_status 7 rt exec "${id}a" sh -c 'exit 7'
expect_status 137 rt exec "${id}a" sh -c 'kill -9 $$'
expect_status 0 rt exec "${id}a" sh -c 'echo to-stderr >&2'
expect_eq "$out/$err" /to-stderr
expect_eq "$(echo input | rt_in exec "${id}a" cat)" input
# The same namespaces and cgroups as the container's.
for kind in pid net ipc uts mnt cgroup; do
  expect_eq "$(rt exec --user 0 "${id}a" readlink /proc/self/ns/$kind)" "$(readlink "/proc/$(init_pid a)/ns/$kind")" $kind
done
expect_eq "$(rt exec --user 0 "${id}a" cat /proc/self/cgroup)" "$(rt exec --user 0 "${id}a" cat /proc/1/cgroup)" cgroup
remove a
