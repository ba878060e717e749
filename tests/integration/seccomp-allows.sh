#!/bin/bash
# The default filter lets ordinary calls pass, and those of a capability once that is added.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

check() {  # WANT OPTIONS… -- CALL…
  local want=$1
  shift
  sandbox "${@:1:$#-1}" -- sh -c "/probes/syscall ${*: -1}"
  expect_eq "$(value error)" "$want" "call ${*: -1}"
}
check OK '39'             # getpid
check OK '41 2 1 0'       # socket(AF_INET)
check OK '135 0xffffffff' # personality, the query
check OK '101 0 0'        # ptrace(TRACEME)
check EFAULT --cap-add SYS_ADMIN '165 0 0 0 0'  # mount with a bad pointer: it is the kernel that says no
check OK --cap-add SYS_ADMIN '272 0x04000000'   # unshare(NEWUTS)
check OK --cap-add SYS_CHROOT '161 /'
