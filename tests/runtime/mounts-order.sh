#!/bin/bash
# Mounts happen in the order of the list: a later one lies over an earlier one, and inside it.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

mkdir "$t_tmp/source"
bundle a '.mounts += [
  {destination: "/m", type: "tmpfs", source: "first", options: ["size=64k"]},
  {destination: "/m/in", type: "tmpfs", source: "second"},
  {destination: "/m/in/file", type: "bind", source: ($tmp + "/config"), options: ["bind"]}]' \
  sh -c 'awk "\$5 ~ /^.m(.|$)/ {print \$5}" /proc/self/mountinfo | sort; cat /m/in/file'
echo last >"$t_tmp/config"
expect_status 0 rt run --bundle "$bundle" "${id}a"
expect_eq "$out" $'/m\n/m/in\n/m/in/file\nlast'
