#!/bin/bash
# Ctrl-C in a terminal, with the command on the caller's streams: SIGINT to the whole foreground group.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

leftovers_snapshot
interrupt() {  # COMMAND
  local out
  out=$(mktemp "$t_tmp/out.XXXXXX")
  setsid env --default-signal=INT "$(t_cove)" run "${root_args[@]}" -- sh -c "echo ready; $1" >"$out" &
  until [[ -s $out ]]; do sleep 0.01; done
  [[ $1 != exec* ]] || await_command $! sleep
  kill -INT "-$!"
  status=0
  wait $! || status=$?
  out=$(<"$out")
}
interrupt 'exec sleep 100'
expect_eq "$status" 130 "exit status of a command without a handler"
interrupt 'trap "exit 5" INT; while :; do sleep 0.02; done'
expect_eq "$status" 5 "exit status of a command with a handler"
leftovers_check
