#!/bin/bash
# What needs a capability fails once it is dropped. The filter is off, to see the capability alone.
export T_SUBIDS=1
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

check() {  # CAPABILITY COMMAND
  local with
  [[ $1 == SYS_ADMIN ]] && with=(--cap-add "$1") || with=()
  sandbox "${with[@]}" --security-opt seccomp=unconfined -- sh -c "$2"
  run cove run "${root_args[@]}" --cap-drop "$1" --security-opt seccomp=unconfined -- sh -c "$2"
  [[ $status != 0 ]] || fail "works without CAP_$1: $2"
}
check CHOWN 'touch /tmp/x && chown 7 /tmp/x'
[[ $EUID != 0 ]] || check MKNOD 'mknod /tmp/null c 1 3'
check NET_RAW '/probes/syscall 41 2 3 1 | grep -q OK'
check SYS_CHROOT 'chroot / true'
check SETUID '/probes/syscall 105 7 | grep -q OK'
check SETGID '/probes/syscall 106 7 | grep -q OK'
check DAC_OVERRIDE 'touch /tmp/x && chown 7 /tmp/x && chmod 0 /tmp/x && cat /tmp/x'
check FOWNER 'touch /tmp/x && chown 7 /tmp/x && chmod 700 /tmp/x'
check KILL 'setpriv 2>/dev/null; su tester -c "sleep 1 & echo \$!" >/tmp/p && kill $(cat /tmp/p)'
check NET_BIND_SERVICE '/probes/listen 80 0 | grep -q listening'
check SYS_ADMIN 'hostname other'
