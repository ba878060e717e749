#!/bin/bash
# --network ns:PATH: the interfaces of a network namespace that somebody else made, as ip netns does.
# modes: root
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

touch "$t_tmp/net"
unshare --net="$t_tmp/net" sh -c 'ip addr add 192.0.2.7/32 dev lo'
sandbox --network "ns:$t_tmp/net" -- ip -4 addr show dev lo
expect_match "$out" 192.0.2.7
# The loopback of a joined namespace is its owner's business.
sandbox --network "ns:$t_tmp/net" -- ip link show lo
expect_no_match "$out" 'LOOPBACK,UP'
expect_status 0 nsenter --net="$t_tmp/net" "$COVE_PROBES/ns"
