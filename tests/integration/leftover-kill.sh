#!/bin/bash
# kill -9 of cove takes everything with it: a command that resists, its daemons, cgroups and work directories.
export T_SUBIDS=1
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

mkdir "$t_tmp/upper"
leftovers_snapshot
for options in '' "--upper $t_tmp/upper" '--userns auto' '--init' '-t' '--output-limit 1g'; do
  out=$(mktemp "$t_tmp/out.XXXXXX")
  # shellcheck disable=SC2086
  "$(t_cove)" run "${root_args[@]}" $options -- /probes/stubborn >"$out" 2>&1 &
  until grep -q ready "$out"; do sleep 0.01; done
  kill -KILL $!
  wait $! || true
  leftovers_check
done
expect_eq "$(find "$t_tmp" -name '*cove-work*')" "" "work directories"
