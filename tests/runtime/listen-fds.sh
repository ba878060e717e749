#!/bin/bash
# LISTEN_FDS: the descriptors that a service manager hands over reach the command, with LISTEN_PID set to its own pid.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

# shellcheck disable=SC2016
bundle a . sh -c 'echo "$LISTEN_FDS"; [ "$LISTEN_PID" = $$ ] && echo own; cat <&3; cat <&4'
echo three >"$t_tmp/3"
echo four >"$t_tmp/4"
# shellcheck disable=SC2016
run bash -c 'exec 3<"$1/3" 4<"$1/4"; LISTEN_FDS=2 LISTEN_PID=$$ exec "${@:2}" </dev/null' _ "$t_tmp" \
  "$t_runtime" --root "$state_root" run --bundle "$bundle" "${id}a"
expect_eq "$status" 0
is crun || expect_match "$out" '^2'  # crun 1.8 hands the descriptors on without the variable
expect_match "$out" $'three\nfour$'
expect_match "$out" own
