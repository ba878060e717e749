#!/bin/bash
# linux.netDevices moves a device of the host into the container's network namespace, under another name if asked.
# runtimes: cove
# In a network namespace of the test's own, so that the machine's devices stay out of it.
[[ -n ${t_own_network-} ]] || t_own_network=1 exec unshare --net "$0" "$@"
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

ip link add dev cove-nd1 type veth peer name cove-nd2 2>/dev/null || skip "no veth network devices"
ip addr add 10.99.0.1/24 dev cove-nd1
# A start that fails gives it back as it was.
devices='.ociVersion = "1.3.0" | .linux.netDevices = {"cove-nd1": {name: "inner0"}}'
rejects_config c "$devices | .hooks.createRuntime = [{path: \"/bin/false\"}]"
expect_match "$(ip -o addr show dev cove-nd1)" '10\.99\.0\.1/24'
rejects_config d "$devices | .linux.namespaces |= map(select(.type != \"network\"))" 'netDevices'
# Another start's device of the same name inside.
rejects_config e '.ociVersion = "1.3.0" | .linux.netDevices = {"cove-nd1": {name: "lo"}}' 'lo'
expect_match "$(ip -o addr show dev cove-nd1)" '10\.99\.0\.1/24'
# The caller's own network namespace, by its path.
rejects_config f "$devices | .linux.namespaces |= map(if .type == \"network\" then .path = \"/proc/$$/ns/net\" else . end)" \
  "the caller's own"
bundle a "$devices" ip -o addr show dev inner0
expect_status 0 rt run --bundle "$bundle" "${id}a"
expect_match "$out" 'inner0.*10\.99\.0\.1/24'
rejects_config b '.ociVersion = "1.3.0" | .linux.netDevices = {"no-such-device0": {}}' no-such-device0
