#!/bin/bash
# --env and --env-file: the former win, the last one of a name holds, NAME alone takes the caller's value.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

cat >"$t_tmp/file" <<'END'
# a comment
A=from file
B=from file

INHERITED
NOT_SET
C=a=b "quoted" $X
END
export INHERITED=outer X=expanded
unset NOT_SET
expect_status 0 cove run "${root_args[@]}" --env-file "$t_tmp/file" -e B=from-option -e D=1 -e D=2 -e E= -- env
# shellcheck disable=SC2016
for line in 'A=from file' B=from-option INHERITED=outer 'C=a=b "quoted" $X' D=2 E=; do
  grep -qxF -- "$line" "$t_tmp/out" || fail "no line '$line' in: $out"
done
expect_no_match "$out" 'NOT_SET|^X=' "environment"
expect_eq "$(grep -c '^D=' "$t_tmp/out")" 1 "lines of D"
