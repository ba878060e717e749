#!/bin/bash
# A profile of Docker's form: its own errno, log, kill, trap and conditions on arguments are in force.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

cat >"$t_tmp/profile.json" <<'END'
{"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_X86_64"], "syscalls": [
  {"names": ["getppid"], "action": "SCMP_ACT_ERRNO", "errnoRet": 95},
  {"names": ["getpgid"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38,
   "args": [{"index": 0, "value": 5, "op": "SCMP_CMP_EQ"}]},
  {"names": ["getpgrp"], "action": "SCMP_ACT_LOG"},
  {"names": ["sync"], "action": "SCMP_ACT_KILL_PROCESS"},
  {"names": ["uname"], "action": "SCMP_ACT_TRAP"}]}
END
call() { cove run "${root_args[@]}" --security-opt "seccomp=$t_tmp/profile.json" -- /probes/syscall "$@"; }
expect_status 0 call 110
expect_eq "$(value error)" EOPNOTSUPP getppid
expect_status 0 call 121 5
expect_eq "$(value error)" ENOSYS "getpgid(5)"
expect_status 0 call 121 0
expect_eq "$(value error)" OK "getpgid(0)"
expect_status 0 call 111
expect_eq "$(value error)" OK "getpgrp, logged"
expect_status 0 call 162
expect_eq "$(value killed)" 31 "sync"
expect_status 0 call 63
expect_eq "$(value killed)" 31 "uname, trapped"
