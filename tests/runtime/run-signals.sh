#!/bin/bash
# run hands the signals that it gets on to the container.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

# shellcheck disable=SC2016
bundle a . sh -c 'for s in TERM USR1 INT; do trap "echo got $s" $s; done; trap "exit 5" HUP; echo ready; while :; do sleep 0.02; done'
"$t_runtime" --root "$state_root" run --bundle "$bundle" "${id}a" >"$t_tmp/a.out" </dev/null &
runner=$!
until_true grep -qx ready "$t_tmp/a.out"
for signal in TERM USR1 INT; do
  kill -$signal "$runner"
  # A background job of a shell ignores INT: the runtime inherits that.
  [[ $signal == INT ]] || until_true grep -qx "got $signal" "$t_tmp/a.out"
done
kill -HUP "$runner"
status=0
wait "$runner" || status=$?
expect_eq "$status" 5
gone a || fail "still there"
