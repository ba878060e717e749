#!/bin/bash
# linux.sysctl sets what belongs to the container's namespaces, and refuses what belongs to the machine.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

bundle a '.linux.sysctl = {"net.ipv4.ip_forward": "1", "kernel.shmmax": "4711", "net/ipv4/ip_default_ttl": "33"} | if $ENV.t_runtime_name == "crun" then del(.linux.sysctl["net/ipv4/ip_default_ttl"]) else . end' \
  sh -c 'cat /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/shmmax'
expect_status 0 rt run --bundle "$bundle" "${id}a"
expect_eq "$out" $'1\n4711'
rejects_config b '.linux.sysctl = {"kernel.panic": "1"}' kernel.panic
rejects_config b '.linux.sysctl = {"vm.swappiness": "1"}' vm.swappiness
rejects_config b '.linux.sysctl = {"net.no.such.thing": "1"}'
# Without a network namespace of its own it would be the machine's.
rejects_config b '.linux.sysctl = {"net.ipv4.ip_forward": "1"} | .linux.namespaces |= map(select(.type != "network"))' net.ipv4.ip_forward
