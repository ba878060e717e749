#!/bin/bash
# --egress: who is restricted reaches what is on the list and nothing else, by whichever way; what comes to it is answered;
# what was refused is told.
# modes: root
# timeout: 300
# shellcheck source=tests/support/network.sh
. "${0%/*}/../support/network.sh"
command -v nft >/dev/null || skip "needs nft"
command -v python3 >/dev/null || skip "needs python3"
make_world
for port in 7000 7001; do
  serve outside -- tcp "$port"
  serve outside -- udp "$port"
done
serve -- tcp 7000
serve -- udp 7000
refused() {  # NAME PROTOCOL ADDRESS PORT: at once, and as such
  ask_in "$@"
  expect_match "$out" '^error=.* (ECONNREFUSED|EHOSTUNREACH|EACCES)' "$*"
}
reached() {  # NAME PROTOCOL ADDRESS PORT
  ask_in "$@"
  expect_match "$out" '^seen=' "$*"
}

expect_status 0 cove network create --subnet 10.77.0.0/24 --ipv6 --subnet fd77::/64 back
server plain tcp 80 --network back
plain=$(address_of plain back) plain6=$(address6_of plain back)

# None: not this machine, not its neighbours, nothing outside; but who comes to it is answered.
server shut tcp 80 --network back --egress none -p 8080:80
shut=$(address_of shut back) shut6=$(address6_of shut back)
for protocol in tcp udp; do
  for to in "$outside4" "$outside6" "$host4" "$host6" 10.77.0.1 fd77::1; do refused shut "$protocol" "$to" 7000; done
done
refused shut tcp "$plain" 80
refused shut tcp "$plain6" 80
ask outside -- tcp "$host4" 8080
expect_eq "$out" "seen=$outside4"
ask -- tcp "$shut" 80
expect_match "$out" '^seen='
reached plain tcp "$shut" 80
expect_eq "$out" "seen=$plain"
reached plain tcp "$shut6" 80
expect_eq "$out" "seen=$plain6"
reached plain tcp "$outside4" 7000
run cove exec shut busybox ping -c 1 -W 1 "$outside4"
expect_ne "$status" 0 "ping"

# A list: addresses, ports, protocols, both versions; one entry inside another.
server some tcp 80 --network back --egress "allow:$outside4:7000/tcp,[$outside6]:7000-7001/udp" \
  --egress "allow:10.77.0.0/24:80,10.0.0.0/8:81,198.51.100.0/24"
reached some tcp "$outside4" 7000
refused some tcp "$outside4" 7001
refused some udp "$outside4" 7000
reached some udp "$outside6" 7000
reached some udp "$outside6" 7001
refused some tcp "$outside6" 7000
reached some tcp "$plain" 80
refused some tcp "$plain6" 80
reached some tcp "$host4" 7000
run cove exec some busybox ping -c 1 -W 2 "$host4"
expect_eq "$status" 0 "ping where everything is allowed"

# Told: what it was, and how often.
run cove inspect -f '{{.HostConfig.Egress}} {{json .NetworkSettings.Denied}}' shut
expect_match "$out" '^none '
expect_match "$out" "\"Address\":\"$outside4\",\"Port\":7000,\"Protocol\":\"tcp\",\"Count\":1"
expect_match "$out" "\"Address\":\"$outside4\",\"Port\":0,\"Protocol\":\"icmp\",\"Count\":1"
expect_match "$out" "\"Address\":\"$plain6\",\"Port\":80,\"Protocol\":\"tcp\""

# Another source address, by IP and by ARP; another interface; another hardware address of the router's.
serve_pid=$(init_pid some)
inside() { within_namespace "$serve_pid" "$@"; }
inside ip addr add 10.77.0.200/32 dev eth0
inside ip addr add fd77::200/128 dev eth0 nodad
run inside python3 - "$outside4" <<'PROBE'
import socket, sys
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
    probe.bind(("10.77.0.200", 0))
    probe.settimeout(1)
    probe.sendto(b"x", (sys.argv[1], 7000))
    print(probe.recv(100))
PROBE
expect_ne "$status" 0 "an answer to an address that is not its own"
plain_mac=$(cove inspect -f '{{.NetworkSettings.Networks.back.MacAddress}}' plain)
within_namespace "$(init_pid plain)" sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'
inside ip neigh replace 10.77.0.254 lladdr "$plain_mac" dev eth0
inside ip route add "$outside4/32" via 10.77.0.254
refused some tcp "$outside4" 7001
reached some tcp "$outside4" 7000
inside ip route del "$outside4/32" via 10.77.0.254

# A network that it is connected to later is no way out, and neither is one that it has been taken off.
expect_status 0 cove network create --subnet 10.78.0.0/24 other
expect_status 0 cove network connect other some
inside ip route replace default via 10.78.0.1 dev eth1
reached some tcp "$outside4" 7000
refused some tcp "$outside4" 7001
refused some tcp 10.78.0.1 7001
expect_status 0 cove network disconnect other some
inside ip route replace default via 10.77.0.1 dev eth0
refused some tcp "$outside4" 7001
expect_status 1 cove network connect none-such some

# Started again it is as before; a policy that somebody has wiped out is put back.
expect_status 0 cove restart -t 0 some
within 10 listens some
reached some tcp "$outside4" 7000
refused some tcp "$outside4" 7001
nft delete table bridge cove_egress
expect_status 1 cove system check
expect_match "$out" 'cove_egress: somebody has removed it'
expect_status 0 cove network reload
refused some tcp "$outside4" 7001
reached plain tcp "$outside4" 7001

# The end: events, and nothing is left.
expect_status 0 cove rm -f shut some plain
run cove events --since 1h --until 0s --filter event=denied
expect_match "$out" "network denied .*address=$outside4.*port=7000"
expect_status 0 cove network rm other
leave_no_network

# A sandbox needs no --network for it; its report tells. Flooded, the report stays small.
run cove run "${root_args[@]}" --egress "allow:$outside4:7000" --report "$t_tmp/report" -- /probes/net ask tcp "$outside4" 7000
expect_match "$out" '^seen='
expect_eq "$(jq -c .egress "$t_tmp/report")" \
  "{\"policy\":\"allow:$outside4:7000\",\"denied_packets\":0,\"denied_destinations\":0,\"denied\":[]}"
run cove run -i --egress none --report "$t_tmp/report" -- python3 - "$outside4" <<'FLOOD'
import socket, sys
for port in range(1, 301):
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        assert probe.connect_ex((sys.argv[1], port)) != 0
FLOOD
expect_eq "$status" 0
expect_eq "$(jq -c '.egress | [.denied_packets, .denied_destinations, (.denied | length), .denied[0].protocol]' \
  "$t_tmp/report")" '[300,300,64,"tcp"]'
run cove events --since 1h --until 0s --filter event=denied --format '{{json .}}'
expect_match "$out" '"more":"268"'
leave_no_network

# What makes no sense is said.
no() {  # TEXT OPTION...
  run cove run "${root_args[@]}" "${@:2}" -- true
  expect_eq "$status" 125 "${*:2}"
  expect_match "$err" "$1" "${*:2}"
}
no 'nothing to hold back' --network none --egress none
no 'network namespace of others' --network host --egress none
no 'further word' --egress none --egress allow:10.0.0.1
no "'a b' is no destination" --egress 'allow:a b'
no "'10.0.0.1:0' is no destination" --egress 'allow:10.0.0.1:0'
no 'bits behind the prefix' --egress 'allow:10.0.0.1/8'
no 'none, or allow:LIST' --egress deny:x
ip link add dummy0 type dummy && ip link set dummy0 up
if cove network create -d macvlan -o parent=dummy0 --subnet 10.90.0.0/24 wire >/dev/null 2>&1; then
  no 'driver macvlan' --network wire --egress none
fi
