#!/bin/bash
# What a createRuntime hook mounts into the root in the container's mount namespace, and a createContainer hook into its
# working directory, is inside: the hooks' root is where the bundle has it.
# runtimes: cove runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

mkdir "$t_tmp/one" "$t_tmp/two"
echo first >"$t_tmp/one/file"
echo second >"$t_tmp/two/file"
# shellcheck disable=SC2016  # for jq
bundle a '
  def hook($text): [{path: "/bin/sh", args: ["sh", "-c", $text]}];
  .hooks.createRuntime = hook("pid=$(jq .pid) && nsenter -m -t $pid mount --bind " + $tmp + "/one '"$t_tmp"'/a/rootfs/mnt/one")
  | .hooks.createContainer = hook("mount --bind " + $tmp + "/two ./mnt/two")' cat /mnt/one/file /mnt/two/file
mkdir -p "$bundle/rootfs/mnt/one" "$bundle/rootfs/mnt/two"
sed -i "s|$t_tmp/a/rootfs|$bundle/rootfs|" "$bundle/config.json"
expect_status 0 rt run --bundle "$bundle" "${id}a"
expect_eq "$out" $'first\nsecond'
[[ ! -e $bundle/rootfs/mnt/one/file ]] || fail "the mount is left on the host"
