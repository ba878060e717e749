#!/bin/bash
# Who enters the mount namespace from outside stands in the sandbox: the old root is nowhere in it.
# modes: root
# roots: default
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

background run "${root_args[@]}" -- sh -c 'echo ready; sleep 5'
touch "$t_tmp/outside"
enter() { nsenter --mount="/proc/$inside_pid/ns/mnt" sh -c "$1"; }
want=$(ls -A "/proc/$inside_pid/root")
expect_eq "$(enter 'cd /; cd ../../..; ls -A')" "$want" "root of the namespace"
expect_eq "$(enter "ls $t_tmp/outside 2>/dev/null || echo none")" none
expect_eq "$(enter 'umount -l / 2>/dev/null; ls -A /')" "$want" "below the root"
