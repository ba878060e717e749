#!/bin/bash
# macvlan: containers on the wire of this machine's interface, with addresses of its subnet.
# modes: root
# shellcheck source=tests/support/network.sh
. "${0%/*}/../support/network.sh"
make_world
ip link add probe0 link up0 type macvlan 2>/dev/null || skip "this kernel has no macvlan"
ip link del probe0
serve outside -- tcp 7000

expect_status 1 cove network create -d macvlan nowhere
expect_match "$err" 'needs an interface to share'
expect_status 0 cove network create -d macvlan -o parent=up0 --subnet 198.51.100.0/24 --gateway 198.51.100.1 --ip-range 198.51.100.128/25 wire
server web tcp 80 --network wire
address=$(address_of web wire)
ask_in web tcp "$outside4" 7000
expect_eq "$out" "seen=$address" "no machine stands before it"
ask outside -- tcp "$address" 80
expect_eq "$out" "seen=$outside4"
run cove run --network wire -p 80:80 "${root_args[@]}" -- true
expect_match "$err" 'driver bridge only'
expect_status 0 cove network create wide
expect_status 0 cove network connect wide web
expect_status 0 cove network disconnect wire web
expect_status 0 cove exec web ls /sys/class/net
expect_no_match "$out" 'eth0'
expect_status 0 cove rm -f web
run cove network create -d ipvlan -o parent=up0 --subnet 198.51.99.0/24 flat
expect_eq "$status" 0
run cove run --network flat "${root_args[@]}" -- true
[[ $status == 0 ]] || expect_match "$err" 'make the network device eth0 \(ipvlan\)'
expect_status 0 cove network rm wire wide flat
leave_no_network
leave_nothing
