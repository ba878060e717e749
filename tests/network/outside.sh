#!/bin/bash
# A container reaches the outside behind its machine's address, and no direct way leads in.
# modes: root
# shellcheck source=tests/support/network.sh
. "${0%/*}/../support/network.sh"
make_world
serve outside -- tcp 7000
serve outside -- udp 7001

# A sandbox, without a record.
sandbox --network bridge -- /probes/net ask tcp "$outside4" 7000
expect_eq "$out" "seen=$host4" "who the outside sees"
expect_match "$err" 'turned on net.ipv4.ip_forward'
expect_eq "$(</proc/sys/net/ipv4/ip_forward)" 1
sandbox --network bridge -- /probes/net ask udp "$outside4" 7001
expect_eq "$out" "seen=$host4" "who the outside sees"
expect_eq "$err" "" "forwarding is told once"
leave_no_network

# A container has the network bridge without being asked.
server web tcp 8080
expect_eq "$(cove inspect -f '{{.HostConfig.NetworkMode}}' web)" bridge
address=$(address_of web)
expect_match "$address" '^10\.88\.'
ask_in web tcp "$outside4" 7000
expect_eq "$out" "seen=$host4"
# Its machine reaches it, and nobody outside does, not even along a route.
ask -- tcp "$address" 8080
expect_match "$out" '^seen=10\.88\.0\.1$'
within_namespace "$router_pid" ip route add 10.88.0.0/16 via "$host4"
ask outside -- tcp "$address" 8080
expect_match "$out" '^error='
# What it knows of itself.
expect_status 0 cove exec web cat /etc/hosts
expect_match "$out" "$address"$'\t'"$(cove inspect -f '{{.Config.Hostname}}' web)"
expect_status 0 cove exec web sh -c 'cat /proc/net/dev; cat /proc/sys/net/ipv6/conf/eth0/disable_ipv6'
expect_match "$out" 'eth0:'
expect_match "$out" $'\n1$' "no IPv6 where the network has none"

# Neither its machine's loopback nor an address of that is to be had from inside, though route_localnet is on.
serve -- tcp 7002
expect_status 0 cove run --rm --name forger "${root_args[@]}" --cap-add NET_ADMIN -- sh -c \
  'ip route add 127.0.0.9/32 via 10.88.0.1 dev eth0 2>/dev/null; ip addr del 127.0.0.1/8 dev lo; /probes/net ask tcp 127.0.0.9 7002 || true'
expect_match "$out" '^error='
expect_status 0 cove rm -f web
leave_no_network
leave_nothing
