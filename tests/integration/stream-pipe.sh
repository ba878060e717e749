#!/bin/bash
# Without a terminal the command has its caller's own pipes: nothing is copied.
# shellcheck disable=SC2016
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

{
  readlink "/proc/$BASHPID/fd/0" "/proc/$BASHPID/fd/1" >&2
  cove run -i "${root_args[@]}" -- sh -c 'readlink /proc/$$/fd/0; readlink /proc/$$/fd/1'
} < <(sleep 0.1) 2>"$t_tmp/outside" | cat >"$t_tmp/inside"
expect_match "$(<"$t_tmp/outside")" 'pipe:.*pipe:'
expect_eq "$(<"$t_tmp/inside")" "$(<"$t_tmp/outside")" "standard input and output inside"
