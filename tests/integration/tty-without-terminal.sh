#!/bin/bash
# -t works where the caller has no terminal: with pipes and files as streams.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

expect_status 0 cove run -t "${root_args[@]}" -- /probes/tty
expect_match "$out" 'fd0=1.*fd1=1.*fd2=1'
expect_match "$out" 'controlling=OK'
# What stands in the input arrives, then its end.
out=$(printf 'one\ntwo' | cove run -it "${root_args[@]}" -- sh -c 'stty -echo; cat; echo " end"' | tr -d '\r')
expect_match "$out" $'one\ntwo end' "output of cat"
