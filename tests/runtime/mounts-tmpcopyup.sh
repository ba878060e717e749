#!/bin/bash
# tmpcopyup fills a tmpfs with what the image has there; the image stays as it is.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

bundle a '.mounts += [{destination: "/etc", type: "tmpfs", source: "tmpfs", options: ["tmpcopyup", "mode=755"]}]' \
  sh -c 'cat /etc/issue; grep -c root /etc/passwd; touch /etc/new; stat -f -c %T /etc'
expect_status 0 rt run --bundle "$bundle" "${id}a"
expect_match "$out" '^cove busybox test root'
expect_match "$out" 'tmpfs$'
[[ ! -e $bundle/rootfs/etc/new ]] || fail "written to the image"
