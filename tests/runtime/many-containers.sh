#!/bin/bash
# Twenty containers created, started and deleted side by side do not disturb each other.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

bundle a . sh -c 'echo ran; exec sleep 1000'
for n in {1..20}; do
  bundle "c$n" . sh -c "echo ran-$n; exec sleep 1000"
  "$t_runtime" --root "$state_root" run --detach --bundle "$bundle" "${id}c$n" </dev/null >"$t_tmp/c$n.out" 2>"$t_tmp/c$n.err" &
  runs[n]=$!
done
for n in {1..20}; do wait "${runs[n]}" || fail "run of $n: $(<"$t_tmp/c$n.err")"; done
expect_eq "$(rt list -q | grep -c .)" 20
for n in {1..20}; do until_true grep -qx "ran-$n" "$t_tmp/c$n.out"; done
for n in {1..20}; do "$t_runtime" --root "$state_root" delete --force "${id}c$n" </dev/null & done
wait
expect_eq "$(rt list -q)" ''
