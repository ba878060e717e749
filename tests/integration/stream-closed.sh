#!/bin/bash
# Standard streams that the caller has closed: nothing of cove's takes their places.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

mkdir -m 777 "$t_tmp/out"
status=0
# shellcheck disable=SC2016
cove run "${root_args[@]}" -v "$t_tmp/out:/out" -- \
  sh -c 'ls -l /proc/$$/fd >/out/list 2>/out/errors' 0<&- 1>&- 2>&- || status=$?
expect_eq "$status" 0
expect_match "$(<"$t_tmp/out/list")" '0 -> /dev/null' "descriptor 0"
expect_no_match "$(<"$t_tmp/out/list")" '[0-9] -> [^/]' "descriptors of the command"
expect_no_match "$(<"$t_tmp/out/list")" ' -> /(sys|proc)' "descriptors of the command"
cove run -i "${root_args[@]}" -- true 0<&- 1>&- 2>&-
