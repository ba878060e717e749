#!/bin/bash
# SIGTSTP to cove stops everything inside; SIGCONT goes on.
# In a process group of its own below the shell: the kernel stops no orphaned ones.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

group='import os, sys; os.setpgid(0, 0); os.execvp(sys.argv[1], sys.argv[1:])'
/usr/bin/python3 -c "$group" "$(t_cove)" run "${root_args[@]}" -v "$t_tmp:/out" -- \
  sh -c 'sh -c "while :; do echo x; sleep 0.02; done" >/out/ticks; true' &
cove=$!
until [[ -s $t_tmp/ticks ]]; do sleep 0.01; done
kill -TSTP "$cove"
until [[ $(awk '{ print $3 }' "/proc/$cove/stat") == T ]]; do sleep 0.01; done
before=$(stat -c %s "$t_tmp/ticks")
sleep 0.2
expect_eq "$(stat -c %s "$t_tmp/ticks")" "$before" "work while stopped"
kill -CONT "$cove"
for _ in {1..1000}; do
  [[ $(stat -c %s "$t_tmp/ticks") == "$before" ]] || break
  sleep 0.02
done
expect_ne "$(stat -c %s "$t_tmp/ticks")" "$before" "work after SIGCONT"
kill -TERM "$cove"
status=0
wait "$cove" || status=$?
expect_eq "$status" 143
