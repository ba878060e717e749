#!/bin/bash
# A mount point behind the image's symbolic links stays inside the root file system.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

bundle a '.mounts += [
  {destination: "/link/m", type: "tmpfs", source: "tmpfs", options: ["size=64k"]},
  {destination: "/up/m", type: "tmpfs", source: "tmpfs", options: ["size=64k"]}]' \
  sh -c 'awk "{print \$5}" /proc/self/mountinfo'
ln -s /srv/outside "$bundle/rootfs/link"
mkdir "$bundle/rootfs/srv/outside"
ln -s ../../../../../../../.. "$bundle/rootfs/up"
expect_status 0 rt run --bundle "$bundle" "${id}a"
expect_match "$out" $'(^|\n)'/srv/outside/m$'(\n|$)'
expect_match "$out" $'(^|\n)/m(\n|$)'
[[ ! -e /srv/outside && ! -e /m ]] || fail "made a directory outside"
