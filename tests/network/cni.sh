#!/bin/bash
# The plugin cove-cni, called as an engine calls it: a namespace comes to one of cove's networks and leaves it again,
# whoever is killed, and all that goes wrong has its number.
# modes: root
# shellcheck source=tests/support/network.sh
. "${0%/*}/../support/network.sh"
command -v jq >/dev/null || skip "needs jq"
plugin=$(dirname "$COVE")/cove-cni
[[ -x $plugin ]] || skip "needs the plugin beside cove"
make_world
serve outside -- tcp 7000
mkdir "$t_tmp/ns"
no_veth() { [[ -z $(ip -o link show type veth | grep " cv") ]]; }

# A namespace by its file, as engines have them.
make_ns() { : >"$t_tmp/ns/$1"; unshare --net="$t_tmp/ns/$1" ip link set lo up; }
drop_ns() { umount "$t_tmp/ns/$1"; rm "$t_tmp/ns/$1"; }
within_ns() { nsenter --net="$t_tmp/ns/$1" "${@:2}"; }
config() {  # [JSON]: more of it
  local more=${1-}
  [[ -n $more ]] || more='{}'
  jq -cn --argjson more "$more" '{cniVersion: "1.0.0", name: "backnet", type: "cove-cni", network: "back"} + $more'
}
# cni COMMAND CONTAINER [JSON]: with the namespace of that name, if there is one.
cni() {
  local netns=$t_tmp/ns/$2
  [[ -e $netns ]] || netns=''
  run env CNI_COMMAND="$1" CNI_CONTAINERID="$2" CNI_NETNS="$netns" CNI_IFNAME="${interface:-eth0}" CNI_PATH=/none \
    "$plugin" <<<"$(config "${3-}")"
}
good() { cni "$@"; [[ $status == 0 ]] || fail "$*: $out$err"; }
bad() {  # CODE COMMAND...
  cni "${@:2}"
  expect_ne "$status" 0 "${*:2}"
  expect_eq "$(jq .code <<<"$out")" "$1" "${*:2}: $out"
}

# --- what it says of itself ---
run env CNI_COMMAND=VERSION "$plugin" <<<'{"cniVersion":"1.1.0"}'
expect_eq "$status $(jq -c .supportedVersions <<<"$out")" '0 ["0.3.0","0.3.1","0.4.0","1.0.0","1.1.0"]'
run "$plugin"
expect_eq "$(jq .code <<<"$out")" 4
make_ns c1
bad 100 ADD c1  # the network is not there
expect_match "$out" 'network back not found'
bad 50 STATUS '' '{"cniVersion": "1.1.0"}'
expect_status 0 cove network create --subnet 10.77.0.0/24 back
good STATUS '' '{"cniVersion": "1.1.0"}'
bad 1 ADD c1 '{"cniVersion": "0.2.0"}'
bad 1 STATUS '' '{}'
bad 7 ADD c1 '{"network": ""}'
bad 7 ADD c1 '{"runtimeConfig": {"portMappings": "x"}}'
bad 4 ADD nowhere

# --- ADD ---
server cove tcp 80 --network back
good ADD c1 '{"runtimeConfig": {"ips": ["10.77.0.9/24"], "mac": "02:00:00:00:00:09"}}'
# Golden, but for what the kernel and chance choose.
expect_eq "$(jq -c --arg dir "$t_tmp" '.interfaces[0].name |= .[:4] | .interfaces[0].mac |= length | .interfaces[1].name |= length
  | .interfaces[1].mac |= length | .interfaces[2].sandbox |= ltrimstr($dir)' <<<"$out")" \
  '{"cniVersion":"1.0.0","interfaces":[{"name":"cove","mac":17},{"name":15,"mac":17},{"name":"eth0","mac":"02:00:00:00:00:09","sandbox":"/ns/c1"}],"ips":[{"address":"10.77.0.9/24","gateway":"10.77.0.1","interface":2}],"routes":[{"dst":"0.0.0.0/0","gw":"10.77.0.1"}],"dns":{}}'
expect_eq "$(jq -r '.interfaces[0].name' <<<"$out")" "$(cove network inspect -f '{{.Device}}' back)"
result=$out
ask within_ns c1 -- tcp "$outside4" 7000
expect_eq "$out" "seen=$host4"
ask within_ns c1 -- tcp "$(address_of cove back)" 80
expect_eq "$out" "seen=10.77.0.9"
bad 101 ADD c1
bad 7 ADD c1 '{"prevResult": {"cniVersion": "1.0.0", "ips": []}}'
expect_status 0 cove network inspect back
expect_match "$out" '"Name": "c1"'
expect_status 1 cove network rm back
expect_match "$err" 'network back has active endpoints'
# Neither gc takes it for litter, and its address is nobody else's.
expect_status 0 cove gc
expect_status 0 cove system gc
expect_status 0 cove system check
run cove run --network name=back,ip=10.77.0.9 "${root_args[@]}" -- true
expect_match "$err" 'the address 10\.77\.0\.9 is taken'

# --- CHECK ---
good CHECK c1 "{\"prevResult\": $result}"
make_ns c2
bad 3 CHECK c2
within_ns c1 ip addr del 10.77.0.9/24 dev eth0
bad 102 CHECK c1
expect_match "$out" 'has lost the address 10\.77\.0\.9'

# --- ports, in the form of an older version; a second interface of the same container ---
good ADD c2 '{"cniVersion": "0.4.0", "runtimeConfig": {"portMappings": [{"hostPort": 8080, "containerPort": 80, "protocol": "tcp"}]}}'
expect_eq "$(jq -r '.ips[0].version' <<<"$out")" 4
serve within_ns c2 -- tcp 80
ask outside -- tcp "$host4" 8080
expect_eq "$out" "seen=$outside4"
good CHECK c2 '{"cniVersion": "0.4.0", "runtimeConfig": {"portMappings": [{"hostPort": 8080, "containerPort": 80, "protocol": "tcp"}]}}'
make_ns c3
bad 100 ADD c3 '{"runtimeConfig": {"portMappings": [{"hostPort": 8080, "containerPort": 81, "protocol": "tcp"}]}}'
expect_match "$out" 'port 0\.0\.0\.0:8080/tcp is taken'
expect_status 0 cove network create --subnet 10.78.0.0/24 other
interface=net1 good ADD c2 '{"network": "other"}'
expect_match "$(within_ns c2 ip route show default)" 'via 10\.77\.0\.1.*
default via 10\.78\.0\.1 .*metric 200'
interface=net1 good DEL c2 '{"network": "other"}'
ask outside -- tcp "$host4" 8080
expect_eq "$out" "seen=$outside4"

# --- DEL, as often as one likes, with the namespace or without ---
good DEL c2
good DEL c2
good DEL nobody
ask outside -- tcp "$host4" 8080
expect_match "$out" '^error='
drop_ns c1
good DEL c1
expect_status 0 cove rm -f cove
leave_no_network

# --- GC: what the engine does not know any more ---
make_ns c1
good ADD c1; good ADD c2
CNI_IFNAME='' good GC '' '{"cniVersion": "1.1.0", "cni.dev/valid-attachments": [{"containerID": "c2", "ifname": "eth0"}]}'
good CHECK c2
bad 3 CHECK c1
bad 7 GC '' '{"cniVersion": "1.1.0"}'
# Another configuration's are not its business.
good GC '' '{"cniVersion": "1.1.0", "name": "another", "cni.dev/valid-attachments": []}'
good CHECK c2
good GC '' '{"cniVersion": "1.1.0", "cni.dev/valid-attachments": []}'
leave_no_network

# --- an engine that never says DEL: the namespace goes, and gc or the next one who wants the address cleans up ---
make_ns c4; make_ns c5
good ADD c4 '{"runtimeConfig": {"ips": ["10.77.0.9"], "portMappings": [{"hostPort": 8080, "containerPort": 80}]}}'
drop_ns c4
within 10 no_veth
good ADD c5 '{"runtimeConfig": {"ips": ["10.77.0.9"], "portMappings": [{"hostPort": 8080, "containerPort": 80}]}}'
drop_ns c5
within 10 no_veth
run cove system check
expect_match "$out" 'of a sandbox or a container that is gone'
expect_status 0 cove gc
leave_no_network

# --- kill -9 of the plugin at any moment: DEL cleans up ---
make_ns c6
with_port=$(config '{"runtimeConfig": {"portMappings": [{"hostPort": 8080, "containerPort": 80}]}}')
for _ in {1..25}; do
  env CNI_COMMAND=ADD CNI_CONTAINERID=c6 CNI_NETNS="$t_tmp/ns/c6" CNI_IFNAME=eth0 CNI_PATH=/none \
    "$plugin" <<<"$with_port" >/dev/null 2>&1 &
  victim=$!
  sleep "0.00$((RANDOM % 9 + 1))"
  kill -9 "$victim" 2>/dev/null || true
  wait "$victim" 2>/dev/null || true
  good DEL c6
  leave_no_network
done
run within_ns c6 ip link show eth0
expect_match "$err" 'does not exist'
leave_nothing
