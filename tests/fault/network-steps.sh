#!/bin/bash
# Each step of a start that fails, or is killed: nothing of networks is left.
# modes: root
# timeout: 600
# shellcheck source=tests/support/network.sh
. "$(dirname "$(realpath "$0")")/../support/network.sh"
[[ $(COVE_FAULT=list "$COVE" run -- true 2>/dev/null) == parent:* ]] || skip "this build cannot inject faults"

steps=$(COVE_FAULT=list "$COVE" run -- true | cut -d: -f2)
while read -r step; do
  for how in fail kill; do
    COVE_FAULT="$step:$how" run cove run "${root_args[@]}" --network bridge -p 8080:80 -- true
    leave_no_network
    COVE_FAULT="$step:$how" run cove run -d --name broken "${root_args[@]}" -p 8080:80 -- sleep 1000
    run cove rm -f broken
    leave_no_network
  done
done <<<"$steps"
leave_nothing
