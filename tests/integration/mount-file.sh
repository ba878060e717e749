#!/bin/bash
# A single file can be mounted, over one of the root or where there is none; the root stays as it is.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

echo outside >"$t_tmp/file"
sandbox -v "$t_tmp/file:/etc/issue" -v "$t_tmp/file:/new/deep/file:ro" -- \
  sh -c 'cat /etc/issue /new/deep/file; echo inside >/etc/issue; ! true >/new/deep/file'
expect_eq "$out" $'outside\noutside'
expect_eq "$(<"$t_tmp/file")" inside "file outside"
[[ ! -e $(t_root)/new ]] || fail "the target was made in the root itself"
expect_ne "$(<"$(t_root)/etc/issue")" inside "the root's file"
