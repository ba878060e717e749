#!/bin/bash
# --no-pivot and --no-new-keyring are accepted and the container is as isolated.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

bundle a . sh -c 'ls / | grep -c .; hostname; echo $$; ls /probes >/dev/null && echo probes'
expect_status 0 rt run --no-new-keyring --bundle "$bundle" "${id}a"
want=$out
expect_status 0 rt run --no-pivot --bundle "$bundle" "${id}a"
expect_eq "$out" "$want"
expect_match "$out" $'\ncove\n1\n'
