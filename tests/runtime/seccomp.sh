#!/bin/bash
# A seccomp filter: errno with and without errnoRet, a condition on an argument, kill, and the default action.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

filter() {  # NAME DEFAULT RULES COMMAND...
  local edit=".linux.seccomp = {defaultAction: \"$2\", architectures: [\"SCMP_ARCH_X86_64\", \"SCMP_ARCH_X86\"], syscalls: $3}"
  local name=$1
  shift 3
  bundle "$name" "$edit" "$@"
  run rt run --bundle "$bundle" "$id$name"
}
filter a SCMP_ACT_ALLOW '[{names: ["mkdir", "mkdirat"], action: "SCMP_ACT_ERRNO"}]' mkdir /x
expect_match "$status $err" '^1 .*Operation not permitted'
filter b SCMP_ACT_ALLOW '[{names: ["mkdir", "mkdirat"], action: "SCMP_ACT_ERRNO", errnoRet: 28}]' mkdir /x
expect_match "$err" 'No space left'
filter c SCMP_ACT_ALLOW '[{names: ["kill"], action: "SCMP_ACT_ERRNO", errnoRet: 3, args: [{index: 1, value: 12, op: "SCMP_CMP_EQ"}]}]' \
  sh -c 'kill -USR2 1; echo $?; trap "echo usr1" USR1; kill -USR1 $$; sleep 0.1'
expect_match "$out/$err" $'^1\nusr1/.*No such process'
filter d SCMP_ACT_ALLOW '[{names: ["mkdir", "mkdirat"], action: "SCMP_ACT_KILL_PROCESS"}]' sh -c 'mkdir /x; echo $?'
expect_eq "$out" 159
bundle e . grep Seccomp: /proc/self/status
expect_eq "$(rt run --bundle "$bundle" "${id}e")" $'Seccomp:\t0'
rejects_config f '.linux.seccomp = {defaultAction: "SCMP_ACT_MAGIC"}'
# An agent that could never get the filter's descriptor, or that runc has no way to serve.
is cove || exit 0
notify() { echo ".linux.seccomp = {defaultAction: \"SCMP_ACT_ALLOW\", listenerPath: \"/run/no-agent\", syscalls: [{names: [\"$1\"], action: \"SCMP_ACT_NOTIFY\"}]}"; }
rejects_config g "$(notify sendmsg)" 'sendmsg cannot wait'
rejects_config h "$(notify write)" 'SCMP_ACT_NOTIFY cannot be used for the write'
rejects_config i '.linux.seccomp = {defaultAction: "SCMP_ACT_NOTIFY", listenerPath: "/run/no-agent"}' defaultAction
