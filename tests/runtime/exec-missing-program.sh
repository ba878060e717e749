#!/bin/bash
# exec of a program that is not there, or not a program, fails with a message that names it.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

pausing a
echo text >"$bundle/rootfs/text"
for program in nothing-here /nothing/here /text /tmp; do
  run rt exec "${id}a" "$program"
  [[ $status != 0 ]] || fail "exec of $program: status 0"
  # crun tells the reason alone.
  is crun || expect_match "$err" "${program#/}"
done
# With --detach too: nobody would learn of it otherwise.
refuses exec --detach "${id}a" /nothing/here
expect_eq "$(state_of a)" running
remove a
