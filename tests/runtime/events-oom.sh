#!/bin/bash
# A container that runs out of memory is told of as an oom event.
# runtimes: cove runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

bundle a '.linux.resources.memory = {limit: 20971520, swap: 20971520}' \
  sh -c 'read -r line </gate; dd if=/dev/zero of=/dev/null bs=60M count=1; sleep 0.5'
mkfifo "$bundle/rootfs/gate"
launch a
"$t_runtime" --root "$state_root" events --interval 10s "${id}a" >"$t_tmp/events" </dev/null &
sleep 0.5
echo go >"$bundle/rootfs/gate"
until_true grep -q '"type":"oom"' "$t_tmp/events"
remove a
wait
