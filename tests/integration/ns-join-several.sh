#!/bin/bash
# A sandbox in the PID, IPC, network and UTS namespaces of another one sees what is in them.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

background run "${root_args[@]}" --hostname first -- \
  sh -c '/probes/ipc create 4711 >/dev/null; /probes/listen 7001; sleep 10'
join=(--pid "pid:$inside_pid" --ipc "pid:$inside_pid" --network "pid:$inside_pid" --uts "pid:$inside_pid")
[[ $EUID == 0 ]] || join+=(--userns "pid:$inside_pid")
sandbox "${join[@]}" -- sh -c 'hostname; cat /proc/1/cmdline | tr "\0" " "; echo
  /probes/ipc check 4711 | grep sysv; /probes/listen connect 127.0.0.1 7001; echo "me $$"'
expect_match "$out" $'^first\nsh -c'
expect_eq "$(grep -c '^sysv.*=OK' <<<"$out")" 3 "IPC objects found ($out)"
expect_match "$out" 'received=hello'
expect_no_match "$out" 'me 1$'
