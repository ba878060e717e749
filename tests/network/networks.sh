#!/bin/bash
# network create, ls, inspect, connect, disconnect, rm, prune: Docker's words; isolation, internal networks, addresses.
# modes: root
# shellcheck source=tests/support/network.sh
. "${0%/*}/../support/network.sh"
make_world
serve outside -- tcp 7000

expect_status 0 cove network ls
expect_match "$out" '^NETWORK ID +NAME +DRIVER +SCOPE$'
expect_status 0 cove network create --subnet 10.77.0.0/24 --ip-range 10.77.0.128/25 --label team=blue --mtu 1400 one
id=$out
expect_match "$id" '^[0-9a-f]{64}$'
expect_status 1 cove network create one
expect_match "$err" 'network with name one already exists'
expect_status 1 cove network create --subnet 10.77.0.0/16 two
expect_match "$err" 'overlaps that of network one, 10\.77\.0\.0/24'
expect_status 1 cove network create --subnet 198.51.100.0/25 two
expect_match "$err" 'overlaps a route of this machine'
expect_status 1 cove network create --subnet 10.78.0.0/24 --gateway 10.78.1.1 two
expect_match "$err" 'no subnet has it'
expect_status 0 cove network create two
expect_status 0 cove network create --internal inner
expect_eq "$(cove network ls --format '{{.Name}} {{.Driver}} {{.Scope}}')" $'inner bridge local\none bridge local\ntwo bridge local'
expect_eq "$(cove network ls -q --no-trunc --filter label=team)" "$id"
expect_eq "$(cove network ls -q --filter name=one)" "${id:0:12}"
expect_eq "$(cove network inspect -f '{{(index .IPAM.Config 0).Gateway}}' one)" 10.77.0.1
expect_eq "$(cove network inspect -f '{{.Internal}}' inner)" true
expect_status 1 cove network inspect nowhere
expect_match "$err" 'network nowhere not found'

server a tcp 80 --network one --network-alias left
server b tcp 80 --network two
address_a=$(address_of a one)
address_b=$(address_of b two)
expect_match "$address_a" '^10\.77\.0\.(12[89]|1[3-9].|2..)$' "from the range"
expect_status 0 cove exec a cat /sys/class/net/eth0/mtu
expect_eq "$out" 1400
# Neighbours reach each other; other networks do not.
expect_status 0 cove run --rm --network one "${root_args[@]}" -- /probes/net ask tcp "$address_a" 80
expect_match "$out" '^seen=10\.77\.0\.'
ask_in b tcp "$address_a" 80
expect_match "$out" '^error='
ask_in a tcp "$address_b" 80
expect_match "$out" '^error='
ask_in a tcp "$outside4" 7000
expect_eq "$out" "seen=$host4"
expect_match "$(cove stats --no-stream --format '{{.NetIO}} {{.NetPackets}}' a)" '^[1-9][0-9.]*k?B / [1-9][0-9.]*k?B [1-9][0-9]* / [1-9][0-9]*$'
# An internal network has no way out, and no ports.
server c tcp 80 --network inner
ask_in c tcp "$outside4" 7000
expect_match "$out" '^error='
ask_in c tcp "$address_a" 80
expect_match "$out" '^error='
run cove run --network inner -p 80:80 "${root_args[@]}" -- true
expect_match "$err" 'not internal'

# Connected while it runs, it has a further interface.
expect_status 0 cove network connect --alias right two a
ask_in a tcp "$address_b" 80
expect_match "$out" '^seen='
expect_status 1 cove network connect two a
expect_match "$err" 'already exists in network two'
expect_status 0 cove network inspect two
expect_match "$out" '"Name": "a"'
expect_status 1 cove network rm two
expect_match "$err" 'network two has active endpoints'
# It is on both after a restart, and on one after it was disconnected. What the kernel lets go of later is the life before's.
nothing_detaches() { ! pgrep -x cove-detach; }
for _ in 1 2 3 4; do
  expect_status 0 cove restart -t 0 a
  within 10 nothing_detaches
  ask_in a tcp "$address_b" 80
  expect_match "$out" '^seen='
done
within 10 listens a
expect_status 0 cove network disconnect two a
ask_in a tcp "$address_b" 80
expect_match "$out" '^error='
expect_status 1 cove network disconnect two a
expect_match "$err" 'is not connected to network two'
expect_status 0 cove network disconnect -f two a
ask_in a tcp "$outside4" 7000
expect_eq "$out" "seen=$host4" "the other interface stays as it is"

# An address and a MAC address that were asked for, and are given once.
expect_status 0 cove run -d --name fixed --network one --ip 10.77.0.9 --mac-address 02:00:00:00:00:09 "${root_args[@]}" -- sleep 100
expect_eq "$(address_of fixed one)" 10.77.0.9
expect_status 0 cove exec fixed cat /sys/class/net/eth0/address
expect_eq "$out" 02:00:00:00:00:09
run cove run --network one --ip 10.77.0.9 "${root_args[@]}" -- true
expect_match "$err" 'the address 10\.77\.0\.9 is taken'
run cove run --network one --ip 10.77.0.1 "${root_args[@]}" -- true
expect_match "$err" 'no address that a container of network one can have'
run cove run --network one --ip 10.1.1.1 "${root_args[@]}" -- true
expect_match "$err" '10\.1\.1\.1 is in no subnet of network one'
run cove run --network nowhere "${root_args[@]}" -- true
expect_match "$err" 'network nowhere not found'
# Several networks at once; the first leads out.
expect_status 0 cove run --rm --network name=two,alias=x --network one "${root_args[@]}" -- sh -c 'ip route; ls /sys/class/net'
expect_match "$out" 'default via 10\.128'
expect_match "$out" 'eth1'

expect_status 0 cove events --since 1h --until 0s --filter type=network --format '{{.Action}} {{index .Actor.Attributes "name"}}'
expect_match "$out" 'create one'
expect_match "$out" 'connect two'
expect_match "$out" 'disconnect two'
expect_status 0 cove rm -f b c
expect_status 0 cove network prune -f
expect_eq "$out" $'Deleted Networks:\ninner\ntwo'
expect_status 0 cove rm -f a fixed
expect_status 0 cove network rm one
expect_eq "$out" one
expect_eq "$(ip -o link show type bridge | wc -l)" 0
leave_no_network
leave_nothing
