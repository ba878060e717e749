#!/bin/bash
# kill takes signals by name, with and without SIG and in any number form; TERM if there is none.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

trapping() {  # NAME
  # shellcheck disable=SC2016  # for the inner shell
  bundle "$1" . sh -c 'for s in TERM USR1 USR2 HUP INT; do trap "echo got $s" $s; done; echo ready; while :; do sleep 0.02; done'
  launch "$1"
  until_true grep -qx ready "$t_tmp/$1.out"
}
got() { until_true grep -qx "got $1" "$t_tmp/a.out"; }
trapping a
for signal in USR1 SIGUSR2 1; do expect_status 0 rt kill "${id}a" $signal; done
got USR1
got USR2
got HUP
expect_status 0 rt kill "${id}a"
got TERM
is crun || refuses kill "${id}a" SIGMAGIC  # crun 1.8 takes it for signal 0
refuses kill "${id}a" 4711
# As kill(2): nothing is sent.
is crun || expect_status 0 rt kill "${id}a" 0
expect_eq "$(state_of a)" running
expect_status 0 rt kill "${id}a" 9
wait_for stopped a
refuses kill "${id}a" TERM
refuses kill "${id}nobody" TERM
remove a
