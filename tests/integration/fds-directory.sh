#!/bin/bash
# A directory as standard input, output or error would lead out of the sandbox: it is refused.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

check() {  # DESCRIPTOR; the rest is run with a directory there
  local fd=$1
  shift
  status=0
  case $fd in
    0) "$@" <"$t_tmp" >"$t_tmp/out" 2>"$t_tmp/err" || status=$? ;;
    1) "$@" 1<"$t_tmp" 2>"$t_tmp/err" || status=$? ;;
    2) "$@" 2<"$t_tmp" >"$t_tmp/out" || status=$? ;;
  esac
  expect_eq "$status" 125 "status with a directory as descriptor $fd"
}
check 0 cove run "${root_args[@]}" -i -- true
expect_match "$(<"$t_tmp/err")" 'standard input.*directory'
check 1 cove run "${root_args[@]}" -- true
check 2 cove run "${root_args[@]}" -- true
# Not passed on without -i, so no harm.
cove run "${root_args[@]}" -- true <"$t_tmp"
