#!/bin/bash
# Both versions: out, in, between containers, and what a neighbour may say of routes.
# modes: root
# shellcheck source=tests/support/network.sh
. "${0%/*}/../support/network.sh"
make_world
serve outside -- tcp 7000
serve outside -- udp 7001

echo 1 >/proc/sys/net/ipv6/conf/up0/accept_ra
expect_status 0 cove network create --ipv6 dual
expect_match "$(cove network inspect -f '{{(index .IPAM.Config 1).Subnet}}' dual)" '^fd[0-9a-f:]+/64$'
server web tcp 80 --network dual -p 8080:80
# But for the containers' ends of the wires, which ask nobody.
expect_eq "$(ip -6 -o addr show tentative | grep -v ': cv')" "" "addresses that are not yet good for asking who is where"
expect_match "$err" 'net\.ipv6\.conf\.all\.forwarding'
expect_eq "$(</proc/sys/net/ipv6/conf/up0/accept_ra)" 2 "what listened to routers still does"
address=$(address6_of web dual)
expect_match "$address" '^fd'
ask_in web tcp "$outside6" 7000
expect_eq "$out" "seen=$host6"
ask_in web udp "$outside6" 7001
expect_eq "$out" "seen=$host6"
ask_in web tcp "$outside4" 7000
expect_eq "$out" "seen=$host4"
ask outside -- tcp "$host6" 8080
expect_eq "$out" "seen=$outside6" "the client's own address"
ask outside -- tcp "$host4" 8080
expect_eq "$out" "seen=$outside4"
expect_eq "$(cove port web)" $'80/tcp -> 0.0.0.0:8080\n80/tcp -> [::]:8080'
expect_status 0 cove run --rm --network dual "${root_args[@]}" -- /probes/net ask tcp "$address" 80
expect_match "$out" '^seen=fd'
ask outside -- tcp "$address" 80
expect_match "$out" '^error='
expect_status 0 cove exec web cat /proc/sys/net/ipv6/conf/eth0/accept_ra
expect_eq "$out" 0
expect_status 0 cove run --rm --network dual --ip6 "${address%:*}:77" "${root_args[@]}" -- ip -6 addr show dev eth0
expect_match "$out" ':77/64'
run cove run --network bridge -p '[::1]:8081:80' "${root_args[@]}" -- true
expect_match "$err" 'no address of this version'
expect_status 0 cove rm -f web
expect_status 0 cove network rm dual
leave_no_network
leave_nothing
