#!/bin/bash
# --userns MAP maps what it says; for an ordinary user only what is granted.
export T_SUBIDS=1
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

map='while read -r a b c; do echo $a $b $c; done </proc/self/uid_map'
if [[ $EUID == 0 ]]; then
  sandbox --userns 0:700000:1000,5000:800000:10 -- sh -c "$map"
  expect_eq "$(paste -sd '|' <<<"$out")" '0 700000 1000|5000 800000 10'
else
  sandbox --userns "0:$(id -u):1,1:600100:10" -- sh -c "$map"
  expect_eq "$(paste -sd '|' <<<"$out")" "0 $(id -u) 1|1 600100 10"
  expect_status 125 cove run "${root_args[@]}" --userns 0:4242:1 -- true
  expect_match "$err" 'E-SUBID.*4242 .*not granted'
fi
for bad in 0:1 0:0:0 1:2:3,1:9:3 0:4294967295:2 x; do
  expect_status 125 cove run "${root_args[@]}" --userns $bad -- true
  expect_match "$err" '--userns' "error for $bad"
done
