#!/bin/bash
# --userns keep-id: the own id stays the same inside, with a range around it or alone.
# modes: user
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

sandbox --userns keep-id -- sh -c '/probes/ids; cat /proc/self/uid_map'
expect_eq "$(value uid):$(value gid)" "$(id -u):$(id -g)"
expect_eq "$(tail -n 1 <<<"$out" | tr -s ' ' ' ' | sed 's/^ //')" "$(id -u) $(id -u) 1" "map"
expect_status 0 cove run --userns keep-id -- sh -c 'id -un; echo $HOME; touch "$HOME/file"'
expect_eq "$out" "$(id -un)"$'\n'"/home/$(id -un)"
