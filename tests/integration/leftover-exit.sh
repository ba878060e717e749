#!/bin/bash
# Nothing is left of a sandbox that ended by itself, whatever it was made of.
export T_SUBIDS=1
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

mkdir "$t_tmp/upper" "$t_tmp/lower"
[[ $COVE_AS == user ]] || chmod 777 "$t_tmp/upper"
leftovers_snapshot
check() { expect_status 3 cove run "${root_args[@]}" "$@" -- sh -c 'echo x >/tmp/file; (sleep 100 &); exit 3'; }
check
check --upper "$t_tmp/upper"
check --userns auto
check --init
check --output-limit 1m
check -t
check --read-only --hostname box --time-offset monotonic=1h
check --mount "type=overlay,src=$t_tmp/lower,dst=/mnt"
check --network host --ipc host
check --pid host
leftovers_check
