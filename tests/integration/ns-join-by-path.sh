#!/bin/bash
# Namespaces are joined by the path of their files; a path that is none is an error.
# modes: root
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

for kind in uts net ipc; do
  touch "$t_tmp/$kind"
  unshare --$kind="$t_tmp/$kind" sh -c "[ $kind != uts ] || hostname kept"
done
sandbox --uts "ns:$t_tmp/uts" --ipc "ns:$t_tmp/ipc" --network "ns:$t_tmp/net" -- sh -c '/probes/ns; hostname'
for kind in uts net ipc; do expect_eq "$(value $kind)" "$(stat -c %i "$t_tmp/$kind")" "$kind"; done
expect_match "$out" $'\nkept$'
expect_status 125 cove run "${root_args[@]}" --uts "ns:$t_tmp/none" -- true
expect_match "$err" "$t_tmp/none"
expect_status 125 cove run "${root_args[@]}" --uts "ns:$t_tmp/net" -- true
expect_match "$err" "$t_tmp/net|uts"
expect_status 125 cove run "${root_args[@]}" --network pid:2147483647 -- true
expect_match "$err" '2147483647'
