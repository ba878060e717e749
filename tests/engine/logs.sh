#!/bin/bash
# `cove logs` prints what a container has written, of all its runs, and follows it to its end.
# shellcheck source=tests/support/engine.sh
. "${0%/*}/../support/engine.sh"

expect_status 0 cove run --name talk "${root_args[@]}" -- sh -c 'echo one; echo two >&2; printf three'
expect_status 0 cove logs talk
expect_eq "$out" $'one\nthree'
expect_eq "$err" two
expect_status 0 cove logs -t -n 1 talk
expect_match "$out$err" '^20[0-9-]{8}T[0-9:]{8}\.[0-9]{9}Z (three|two)$'
expect_status 0 cove logs --tail 0 talk
expect_eq "$out$err" ""
for all in all -1; do
  expect_status 0 cove logs --tail="$all" talk
  expect_eq "$out" $'one\nthree'
done
expect_status 0 cove logs --since 2100-01-01 talk
expect_eq "$out$err" ""
expect_status 0 cove logs --until 1h talk
expect_eq "$out$err" ""
expect_status 0 cove logs --since 1h --until 2100-01-01 talk
expect_eq "$out" $'one\nthree'
# Nobody writes any more: there is nothing to wait for.
expect_status 0 timeout 5 "$COVE" logs -f talk
expect_eq "$out" $'one\nthree'
# Another run goes on in the same log.
expect_status 0 cove start -a talk
expect_status 0 cove logs talk
expect_eq "$out" $'one\nthree\none\nthree'

# Followed while it is written, to the end of the container.
mkfifo "$t_tmp/go"
expect_status 0 cove run -d --name live -v "$t_tmp:/t" "${root_args[@]}" -- sh -c 'echo begun; read x </t/go; echo "got $x"; exit 4'
"$COVE" logs -f live >"$t_tmp/followed" 2>&1 &
follower=$!
within 10 grep -q begun "$t_tmp/followed"
echo word >"$t_tmp/go"
wait "$follower"
expect_eq "$(<"$t_tmp/followed")" $'begun\ngot word'

# Whoever reads may leave.
expect_status 0 cove run --name much "${root_args[@]}" -- sh -c 'i=0; while [ $i -lt 20000 ]; do echo "a line of some length, number $i"; i=$((i+1)); done >/dev/stdout'
set +o pipefail
expect_eq "$("$COVE" logs much 2>"$t_tmp/complaint" | head -n 1)" 'a line of some length, number 0'
set -o pipefail
expect_eq "$(<"$t_tmp/complaint")" ""
expect_status 0 cove logs -n 2 much
expect_eq "$out" $'a line of some length, number 19998\na line of some length, number 19999'

expect_status 0 cove run --name json --log-driver json-file "${root_args[@]}" -- echo text
expect_status 0 cove logs json
expect_eq "$out" text
expect_status 0 cove run --name silent --log-driver none "${root_args[@]}" -- echo text
expect_status 1 cove logs silent
expect_match "$err" 'none'
expect_status 0 cove create --name new "${root_args[@]}" -- echo text
expect_status 0 timeout 5 "$COVE" logs -f new
expect_eq "$out$err" ""

expect_status 1 cove logs nope
expect_match "$err" 'no such container: nope'
expect_status 125 cove logs
expect_status 125 cove logs talk live
expect_status 125 cove logs --details talk
expect_match "$err" 'details'
expect_status 125 cove logs --tail some talk
expect_status 125 cove logs --since sometime talk
expect_status 0 cove rm -f talk live much json silent new
leave_nothing
