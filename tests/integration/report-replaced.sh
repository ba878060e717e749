#!/bin/bash
# A report replaces an older one at once and whole, follows a link, and leaves no other file.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

mkdir "$t_tmp/reports"
echo old >"$t_tmp/reports/real"
ln -s real "$t_tmp/reports/link"
expect_status 0 cove run "${root_args[@]}" --report "$t_tmp/reports/link" -- true
expect_eq "$(jq -r .reason "$t_tmp/reports/real")" exited
expect_eq "$(ls "$t_tmp/reports")" $'link\nreal' "files beside the report"
[[ -L $t_tmp/reports/link ]] || fail "the link was replaced"
