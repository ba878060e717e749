#!/bin/bash
# While a fork bomb rages inside, the machine outside responds; afterwards nothing of it is left.
# measures: times
export T_DELEGATE=1
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

leftovers_snapshot
# shellcheck disable=SC2016
cove run "${root_args[@]}" --pids-limit 200 --cpus 0.5 --timeout 1s -- \
  sh -c 'bomb() { bomb | bomb & }; bomb; sleep 30' >"$t_tmp/bomb" 2>&1 &
sleep 0.3
slowest=0
for _ in {1..20}; do
  begin=${EPOCHREALTIME/./}
  /bin/true
  took=$((${EPOCHREALTIME/./} - begin))
  [[ $took -le $slowest ]] || slowest=$took
done
expect_between "$slowest" 0 500000 "microseconds of the slowest of 20 processes outside"
status=0
wait $! || status=$?
expect_eq "$status" 137 "exit status of the bomb"
leftovers_check
