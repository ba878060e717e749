#!/bin/bash
# --net-rate: queues of the right rate in both directions, on each interface; what passes is no more, and not much less.
# modes: root
# measures: rates
# timeout: 300
# shellcheck source=tests/support/network.sh
. "${0%/*}/../support/network.sh"
command -v tc >/dev/null || skip "needs tc"
command -v python3 >/dev/null || skip "needs python3"
make_world
ip link add probe type ifb 2>/dev/null || skip "needs network devices of the kind ifb"
ip link del probe
expect_status 0 cove network create --subnet 10.77.0.0/24 back
expect_status 0 cove run -d --name box "${root_args[@]}" --net-rate 16mbit,out=8mbit -p 9000:9000 -- sleep 1000
outer=$(ip -o link show | grep -o 'cv[0-9a-f]\{12\}0')
rate_of() { tc -j qdisc show dev "$1" root | jq -c '[.[0].kind, .[0].options.rate]'; }
expect_eq "$(rate_of "$outer")" '["tbf",2000000]'
expect_eq "$(rate_of "cr${outer#cv}")" '["tbf",1000000]'
run cove inspect -f '{{.HostConfig.NetRate}}' box
expect_eq "$out" in=2000000,out=1000000

# Bytes that have come through by the time that the sender had for them: 2 s, wide of the mark.
cat >"$t_tmp/pass.py" <<'PASS'
import socket, sys, time
# pass.py sink PORT: prints bytes and seconds of one connection. pass.py source ADDRESS PORT SECONDS
if sys.argv[1] == "sink":
    with socket.create_server(("0.0.0.0", int(sys.argv[2]))) as server:
        print("listening", flush=True)
        client, _ = server.accept()
        began, total = time.monotonic(), 0
        while data := client.recv(65536):
            total += len(data)
        print(int(total / (time.monotonic() - began)), flush=True)
else:
    with socket.create_connection((sys.argv[2], int(sys.argv[3])), 10) as peer:
        end = time.monotonic() + float(sys.argv[4])
        while time.monotonic() < end:
            peer.sendall(bytes(16384))
PASS
box_pid=$(init_pid box)
pass() {  # LEAST MOST SINK-COMMAND... -- ADDRESS SOURCE-COMMAND...
  local least=$1 most=$2 sink=() file=$t_tmp/passed
  shift 2
  while [[ $1 != -- ]]; do sink+=("$1"); shift; done
  "${sink[@]}" python3 "$t_tmp/pass.py" sink 9000 >"$file" &
  local sink_pid=$!
  until grep -q listening "$file"; do sleep 0.02; done
  "${@:3}" python3 "$t_tmp/pass.py" source "$2" 9000 3
  wait "$sink_pid"
  local passed
  passed=$(tail -1 "$file")
  ((passed >= least && passed <= most)) || fail "$passed bytes in a second, not $least to $most"
}
pass 700000 1200000 outside -- "$outside4" within_namespace "$box_pid"
pass 1400000 2400000 within_namespace "$box_pid" -- "$host4" outside

# Another network later: the same there.
expect_status 0 cove network connect back box
expect_eq "$(rate_of "${outer%0}1")" '["tbf",2000000]'
expect_eq "$(rate_of "cr${outer:2:12}1")" '["tbf",1000000]'
expect_status 0 cove network disconnect back box
expect_eq "$(ip -o link show | grep -c 'cr[0-9a-f]\{12\}')" 1
expect_status 0 cove rm -f box
leave_no_network

run cove run "${root_args[@]}" --net-rate 10parsec -- true
expect_eq "$status" 125
expect_match "$err" 'is no rate'
run cove run "${root_args[@]}" --network none --net-rate 1m -- true
expect_match "$err" '--net-rate has nothing to hold back'
run cove explain --network bridge --net-rate out=1m --egress none -- true
expect_match "$out" 'egress +none'
expect_match "$out" 'network rate +out=1048576'
