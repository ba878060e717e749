#!/bin/bash
# Files are bound on files; missing mount points are made in the image, as directories or files.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

echo text >"$t_tmp/file"
bundle a '.mounts += [
  {destination: "/etc/hostname", type: "bind", source: ($tmp + "/file"), options: ["bind", "ro"]},
  {destination: "/deep/er/file", type: "bind", source: ($tmp + "/file"), options: ["bind"]},
  {destination: "/deep/dir", type: "tmpfs", source: "tmpfs"}]' \
  sh -c 'cat /etc/hostname /deep/er/file; touch /etc/hostname || echo read-only; stat -f -c %T /deep/dir'
expect_status 0 rt run --bundle "$bundle" "${id}a"
expect_eq "$out" $'text\ntext\nread-only\ntmpfs'
rejects_config b '.mounts += [{destination: "/x", type: "bind", source: "/no/such/source", options: ["bind"]}]' '/no/such/source'
