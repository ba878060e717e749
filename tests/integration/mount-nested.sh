#!/bin/bash
# A volume below another one is seen whatever the order in which they are named.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

mkdir -p "$t_tmp/a/sub" "$t_tmp/b"
touch "$t_tmp/a/A" "$t_tmp/b/B"
sandbox -v "$t_tmp/a:/x" -v "$t_tmp/b:/x/sub" -- ls /x /x/sub
expect_match "$out" $'A\nsub\n.*B'
sandbox -v "$t_tmp/b:/x/sub" -v "$t_tmp/a:/x" -- ls /x /x/sub
expect_match "$out" $'A\nsub\n.*B'
