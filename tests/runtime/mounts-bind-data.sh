#!/bin/bash
# Bind mounts that carry a filesystem's data (mode=, size=), as engines write them, are bound all the same.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

mkdir "$t_tmp/source"
echo content >"$t_tmp/source/file"
bundle a '.mounts += [{destination: "/m", type: "bind", source: ($tmp + "/source"), options: ["rbind", "mode=755", "size=65536k"]}]' \
  cat /m/file
expect_status 0 rt run --bundle "$bundle" "${id}a"
expect_eq "$out" content
