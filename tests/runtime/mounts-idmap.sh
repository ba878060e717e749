#!/bin/bash
# Mounts with uidMappings and gidMappings show other owners. (The versions of crun and runc in Debian 12 cannot, or
# differ.)
# runtimes: cove
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

mkdir "$t_tmp/source"
touch "$t_tmp/source/"{zero,five}
chown 5:6 "$t_tmp/source/five"
map='[{containerID: 0, hostID: 1000, size: 100}]'
bundle a ".mounts += [{destination: \"/m\", type: \"bind\", source: (\$tmp + \"/source\"), options: [\"bind\", \"idmap\"],
  uidMappings: $map, gidMappings: $map}]" stat -c '%n %u:%g' /m/zero /m/five
if ! expect_status 0 rt run --bundle "$bundle" "${id}a"; then exit 1; fi
expect_eq "$out" $'/m/zero 1000:1000\n/m/five 1005:1006'
