#!/bin/bash
# What `cove doctor` says of networks: forwarding that somebody has turned off, routes that came later.
# modes: root
# shellcheck source=tests/support/network.sh
. "${0%/*}/../support/network.sh"
command -v jq >/dev/null || skip "needs jq"
make_world
finding() { run cove doctor --json; jq -r --arg id "$1" '.findings[] | select(.id == $id) | "\(.status): \(.detail)"' <<<"$out"; }

expect_match "$(finding networks)" '^(ok|limited): '
expect_match "$(finding forwarding)" '^ok: off; the first network that leads out turns it on'
expect_status 0 cove network create --subnet 10.77.0.0/24 --ipv6 --subnet fd00:77::/64 back
server web tcp 80 --network back
expect_eq "$(finding forwarding)" 'ok: on'
expect_eq "$(finding subnets)" 'ok: none overlaps a route of this machine'

# Forwarding is off again: the command that is recommended mends it.
serve outside -- tcp 7000
for setting in ipv4/ip_forward ipv6/conf/all/forwarding; do
  echo 0 >/proc/sys/net/$setting
  expect_eq "$(finding forwarding)" "limited: net.${setting//\//.} is off, though network back is in use: it leads nowhere"
  expect_status 0 cove network reload
  expect_eq "$(finding forwarding)" 'ok: on'
done
ask_in web tcp "$outside4" 7000
expect_eq "$out" "seen=$host4"

# A way to another network, which the machine got after cove's network was made.
ip route add 10.77.0.0/25 via 198.51.100.1
expect_eq "$(finding subnets)" 'limited: network back has 10.77.0.0/24, and there is a route to 10.77.0.0/25'
ip route del 10.77.0.0/25
expect_eq "$(finding subnets)" 'ok: none overlaps a route of this machine'
expect_status 0 cove rm -f web
# What nobody uses needs no forwarding.
echo 0 >/proc/sys/net/ipv4/ip_forward
expect_match "$(finding forwarding)" '^ok: off'
leave_no_network
leave_nothing
