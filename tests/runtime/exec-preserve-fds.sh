#!/bin/bash
# Descriptors that the caller has open do not reach the container or an exec, but those of --preserve-fds do.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

echo three >"$t_tmp/3"
echo four >"$t_tmp/4"
listing=(sh -c 'for n in 3 4 5 6 7 8 9; do [ -e /proc/self/fd/$n ] && echo "$n: $(cat /proc/self/fd/$n 2>&1)"; done; true')
descriptors() { "$@" 3<"$t_tmp/3" 4<"$t_tmp/4" 7<"$t_tmp/4"; }
pausing a
expect_status 0 descriptors rt exec "${id}a" "${listing[@]}"
expect_eq "$out" ''
expect_status 0 descriptors rt exec --preserve-fds 2 "${id}a" "${listing[@]}"
expect_eq "$out" $'3: three\n4: four'
remove a
bundle b . "${listing[@]}"
expect_status 0 descriptors rt run --bundle "$bundle" "${id}b"
expect_eq "$out" ''
expect_status 0 descriptors rt run --preserve-fds 1 --bundle "$bundle" "${id}b"
expect_eq "$out" '3: three'
