#!/bin/bash
# Wrong usage ends with a status other than 0 and words; help does not.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

for words in 'magic' 'state' 'create' 'exec' 'kill' 'run --no-such-option x' '--no-such-option list'; do
  # shellcheck disable=SC2086  # words
  run rt $words
  # runc prints the help of an unknown command, and 0.
  [[ $words == magic && $status == 0 ]] && is runc && continue
  expect_ne "$status" 0 "status of $words"
  [[ -n $err$out ]] || fail "$words: no word"
done
for words in --help 'create --help' 'exec --help' 'delete --help'; do
  # shellcheck disable=SC2086
  expect_status 0 rt $words
  [[ -n $out ]] || fail "$words prints nothing"
done
