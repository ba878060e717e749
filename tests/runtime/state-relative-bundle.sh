#!/bin/bash
# A bundle given as a relative path, and none, which is the current directory: state has the absolute path.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

bundle a . true
bundle b . true
(cd "$t_tmp" && expect_status 0 rt create --bundle a "${id}a")
(cd "$t_tmp/b" && expect_status 0 rt create "${id}b")
expect_eq "$(state_of a .bundle)" "$t_tmp/a"
expect_eq "$(state_of b .bundle)" "$t_tmp/b"
remove a
remove b
