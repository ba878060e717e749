#!/bin/bash
# --log FILE --log-format json: an error is one JSON line with level, msg and time, which containerd reads to tell
# the reason.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

bundle a '.process.args = ["/no/such/program"]' x
run "$t_runtime" --root "$state_root" --log "$t_tmp/log" --log-format json create --bundle "$bundle" "${id}a"
expect_ne "$status" 0
line=$(tail -n 1 "$t_tmp/log")
expect_eq "$(jq -r .level <<<"$line")" error
expect_match "$(jq -r .msg <<<"$line")" 'no such file|No such file|not found'
expect_match "$(jq -r .time <<<"$line")" '^20[0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-9:.]+(Z|[+-][0-9:]+)$'
# It is added to, never cut.
run "$t_runtime" --root "$state_root" --log "$t_tmp/log" --log-format json state "${id}nobody"
[[ $(wc -l <"$t_tmp/log") -ge 2 ]] || fail "the log was overwritten"
jq -es 'all(.level and .msg)' "$t_tmp/log" >/dev/null || fail "not JSON lines: $(<"$t_tmp/log")"
# And text without a format.
run "$t_runtime" --root "$state_root" --log "$t_tmp/text" state "${id}nobody"
expect_ne "$status" 0
[[ -s $t_tmp/text ]] || fail "nothing in the text log"
