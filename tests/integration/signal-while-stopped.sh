#!/bin/bash
# A signal that comes while cove is stopped acts on SIGCONT, although a shell that goes on has signals blocked for
# moments (in each fork).
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

group='import os, sys; os.setpgid(0, 0); os.execvp(sys.argv[1], sys.argv[1:])'
for try in {1..6}; do
  /usr/bin/python3 -c "$group" "$(t_cove)" run "${root_args[@]}" -- \
    sh -c 'echo ready; while :; do sleep 0.02; done' >"$t_tmp/out.$try" 2>&1 &
  cove=$!
  until [[ -s $t_tmp/out.$try ]]; do sleep 0.01; done
  kill -TSTP "$cove"
  until [[ $(awk '{ print $3 }' "/proc/$cove/stat") == T ]]; do sleep 0.01; done
  sleep 0.05
  kill -TERM "$cove"
  kill -CONT "$cove"
  for _ in {1..400}; do
    [[ -e /proc/$cove/fd/0 ]] || break
    sleep 0.05
  done
  [[ ! -e /proc/$cove/fd/0 ]] || { kill -KILL "$cove"; fail "try $try: SIGTERM did not end it within 20 s"; }
  status=0
  wait "$cove" || status=$?
  expect_eq "$status" 143
done
