#!/bin/bash
# rootfsPropagation and the propagation options of mounts: what the host mounts later arrives in a slave, not in a
# private one.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

mkdir -p "$t_tmp/shared/point"
mount -t tmpfs shared "$t_tmp/shared"
mkdir "$t_tmp/shared/point"
mount --make-shared "$t_tmp/shared"
bundle a '.linux.rootfsPropagation = "rslave" | .mounts += [
  {destination: "/slave", type: "bind", source: ($tmp + "/shared"), options: ["rbind", "rslave"]},
  {destination: "/shared", type: "bind", source: ($tmp + "/shared"), options: ["rbind", "rshared"]},
  {destination: "/private", type: "bind", source: ($tmp + "/shared"), options: ["rbind", "rprivate"]}]' "${pause_command[@]}"
launch a
mount -t tmpfs late "$t_tmp/shared/point"
touch "$t_tmp/shared/point/arrived"
expect_status 0 rt exec "${id}a" sh -c 'for d in slave shared private; do test -e /$d/point/arrived && echo $d; done; grep " / / " /proc/self/mountinfo || true'
expect_match "$out" $'^slave\nshared(\n|$)'
expect_no_match "$out" private
expect_match "$(rt exec "${id}a" grep ' /slave ' /proc/self/mountinfo)" 'master:'
# crun 1.8 lets the root's propagation win.
is crun || expect_match "$(rt exec "${id}a" grep ' /shared ' /proc/self/mountinfo)" 'shared:'
remove a
umount -R "$t_tmp/shared"
is crun || rejects_config b '.linux.rootfsPropagation = "sideways"'
