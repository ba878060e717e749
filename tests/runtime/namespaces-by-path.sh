#!/bin/bash
# Namespaces that are given by a path are joined; a path to something else is refused.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

pausing a
pid=$(init_pid a)
bundle b ".linux.namespaces = [{type: \"mount\"}, {type: \"pid\"}, {type: \"network\", path: \"/proc/$pid/ns/net\"},
  {type: \"ipc\", path: \"/proc/$pid/ns/ipc\"}, {type: \"uts\", path: \"/proc/$pid/ns/uts\"}, {type: \"cgroup\"}] | del(.hostname)" \
  sh -c 'for n in net ipc uts pid mnt; do readlink /proc/self/ns/$n; done; hostname'
expect_status 0 rt run --bundle "$bundle" "${id}b"
for kind in net ipc uts; do expect_match "$out" "$(readlink "/proc/$pid/ns/$kind" | sed 's/[][]/\\&/g')"; done
for kind in pid mnt; do expect_no_match "$out" "$(readlink "/proc/$pid/ns/$kind" | sed 's/[][]/\\&/g')"; done
expect_match "$out" 'cove$'
# A pid namespace is joined too: the new process is seen by the one that has it.
bundle c ".linux.namespaces = [{type: \"mount\"}, {type: \"pid\", path: \"/proc/$pid/ns/pid\"}] | del(.hostname) | .linux.readonlyPaths = [] | .mounts |= map(select(.destination != \"/sys/fs/cgroup\"))" \
  sh -c 'readlink /proc/self/ns/pid'
expect_status 0 rt run --bundle "$bundle" "${id}c"
expect_eq "$out" "$(readlink "/proc/$pid/ns/pid")"
is crun || rejects_config d ".linux.namespaces[1] = {type: \"network\", path: \"/proc/$pid/ns/uts\"}"
rejects_config d '.linux.namespaces[1] = {type: "network", path: "/no/such/namespace"}'
rejects_config d '.linux.namespaces += [{type: "magic"}]'
is crun || rejects_config d '.linux.namespaces += [{type: "pid"}]'
remove a
