#!/bin/bash
# Each exec has the container's filter: the first, the next ones, and those with other privileges.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

bundle a '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", architectures: ["SCMP_ARCH_X86_64"],
  syscalls: [{names: ["mkdir", "mkdirat"], action: "SCMP_ACT_ERRNO", errnoRet: 28}]}' "${pause_command[@]}"
launch a
for attempt in first second third; do
  run rt exec "${id}a" mkdir /tmp/x
  expect_match "$status $err" '^1 .*No space left' "the $attempt"
done
run rt exec --cap CAP_SYS_ADMIN "${id}a" mkdir /tmp/x
expect_match "$err" 'No space left'
jq '.process | .args = ["mkdir", "/tmp/x"] | .terminal = false' "$bundle/config.json" >"$t_tmp/process.json"
run rt exec --process "$t_tmp/process.json" "${id}a"
expect_match "$err" 'No space left'
expect_match "$(rt exec "${id}a" grep Seccomp: /proc/self/status)" $'Seccomp:\t2'
rt update --pids-limit 50 "${id}a"
run rt exec "${id}a" mkdir /tmp/x
expect_match "$err" 'No space left'
remove a
