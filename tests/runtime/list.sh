#!/bin/bash
# list prints a table, --quiet only ids, --format json the states; nothing without containers.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

expect_status 0 rt list --quiet
expect_eq "$out" ''
pausing a
bundle b . true
create b
expect_status 0 rt list --quiet
expect_eq "$(sort <<<"$out")" "${id}a"$'\n'"${id}b"
expect_status 0 rt list
expect_match "$(head -n 1 <<<"$out")" '^(ID|NAME) +PID +STATUS +BUNDLE +(PATH +)?CREATED'
expect_match "$out" "${id}b +$(init_pid b) +created +$bundle"
expect_status 0 rt list --format json
expect_eq "$(jq -r 'sort_by(.id)[] | "\(.id) \(.pid) \(.status) \(.bundle)"' <<<"$out")" \
  "${id}a $(init_pid a) running $t_tmp/a"$'\n'"${id}b $(init_pid b) created $t_tmp/b"
expect_match "$(jq -r '.[0].created' <<<"$out")" '^20[0-9-]+T[0-9:.]+(Z|[+-][0-9:]+)$'
remove a
remove b
