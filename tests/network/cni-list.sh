#!/bin/bash
# --network cni:NAME: the plugins of a CNI configuration make the network, and take it down, whoever is killed.
# modes: root
# timeout: 600
# shellcheck source=tests/support/network.sh
. "${0%/*}/../support/network.sh"
command -v jq >/dev/null || skip "needs jq"
[[ -x /usr/lib/cni/bridge ]] || skip "needs containernetworking-plugins"
command -v iptables >/dev/null || skip "needs iptables"
make_world
echo 1 >/proc/sys/net/ipv4/ip_forward
export COVE_CNI_CONFIG_DIR=$t_tmp/net.d COVE_CNI_PATH=/usr/lib/cni
mkdir "$t_tmp/net.d" "$t_tmp/leases"
cat >"$t_tmp/net.d/10-lan.conflist" <<END
{"cniVersion": "1.0.0", "name": "lan", "plugins": [
  {"type": "bridge", "bridge": "br-cni", "isGateway": true, "ipMasq": true, "hairpinMode": true,
   "ipam": {"type": "host-local", "dataDir": "$t_tmp/leases", "ranges": [[{"subnet": "10.99.0.0/24"}]], "routes": [{"dst": "0.0.0.0/0"}]}},
  {"type": "portmap", "capabilities": {"portMappings": true}}]}
END
leases() { find "$t_tmp/leases" -name '10.99.*'; }
things() { leases; find "$COVE_RUN_ROOT/cni" "$COVE_RUN_ROOT/attached" -mindepth 1 2>/dev/null; ip -o link show type veth | grep -v -e up0 || true
  iptables-save -t nat | grep -e '-A CNI-' | grep -v -e CNI-HOSTPORT-SETMARK -e CNI-HOSTPORT-MASQ || true; }
nothing() { [[ -z $(things) ]]; }
leave_no_list() {
  for _ in {1..200}; do ! nothing || return 0; sleep 0.05; done
  fail "left: $(things | paste -sd ';')"
}
serve outside -- tcp 7000

# --- a sandbox ---
expect_status 0 cove run --network cni:lan "${root_args[@]}" -- /probes/net ask tcp "$outside4" 7000
expect_eq "$out" "seen=$host4"
leave_no_list
expect_status 3 cove run --network cni:lan "${root_args[@]}" -- sh -c 'exit 3'
leave_no_list

# --- a container, with a port ---
server web tcp 80 --network cni:lan -p 8080:80
address=$(cove inspect -f '{{(index .NetworkSettings.Networks "cni:lan").IPAddress}}' web)
expect_match "$address" '^10\.99\.0\.'
expect_status 0 cove exec web cat /etc/hosts
expect_match "$out" "$address"
ask outside -- tcp "$host4" 8080
expect_eq "$out" "seen=$outside4"
expect_eq "$(wc -l <<<"$(leases)")" 1
expect_status 0 cove system check
expect_status 0 cove gc
ask outside -- tcp "$host4" 8080
expect_eq "$out" "seen=$outside4"
# One of cove's own networks, too.
expect_status 0 cove network create --subnet 10.77.0.0/24 back
expect_status 0 cove network connect back web
expect_status 0 cove exec web ip -o addr show eth1
expect_match "$out" '10\.77\.0\.'
expect_status 0 cove network disconnect back web
expect_status 0 cove restart -t 0 web
within 10 listens web
ask outside -- tcp "$host4" 8080
expect_eq "$out" "seen=$outside4"
expect_status 0 cove stop -t 0 web
leave_no_list
expect_status 0 cove rm web

# --- what is wrong is told before anything is made ---
run cove run --network cni:nothing "${root_args[@]}" -- true
expect_match "$err" "no CNI configuration .nothing. in .*/net\.d"
run cove run --network cni:lan --ip 10.99.0.9 "${root_args[@]}" -- true
expect_match "$err" 'it is the only network'
run cove run --network cni:lan -p 80 "${root_args[@]}" -- true
expect_match "$err" 'write -p 8080:80'
run cove run --network cni:../x "${root_args[@]}" -- true
expect_match "$err" "is no name of a network"
run cove network create -d cni x
expect_match "$err" 'choose bridge, macvlan or ipvlan'
COVE_CNI_PATH=/nowhere run cove run --network cni:lan "${root_args[@]}" -- true
expect_match "$err" "there is no CNI plugin .bridge. in /nowhere"
echo '{"cniVersion": "1.0.0", "name": "odd", "plugins": [{"type": "../sh"}]}' >"$t_tmp/net.d/20-odd.conflist"
run cove run --network cni:odd "${root_args[@]}" -- true
expect_match "$err" "20-odd\.conflist: plugins: .\.\./sh. is no name of a plugin"
rm "$t_tmp/net.d/20-odd.conflist"
leave_no_list

# --- a plugin that fails in the middle: what came before it is taken down ---
mkdir "$t_tmp/plugins"
cat >"$t_tmp/plugins/broken" <<'END'
#!/bin/sh
[ "$CNI_COMMAND" = DEL ] && exit 0
echo '{"cniVersion": "1.0.0", "code": 100, "msg": "it is broken", "details": "on purpose"}'
exit 1
END
cat >"$t_tmp/plugins/slow" <<'END'
#!/bin/sh
[ "$CNI_COMMAND" = DEL ] && exit 0
sleep 0.3
jq .prevResult
END
chmod +x "$t_tmp/plugins/"*
for which in broken slow; do
  jq --arg which "$which" '.name = $which | .plugins += [{type: $which}]' "$t_tmp/net.d/10-lan.conflist" >"$t_tmp/net.d/30-$which.conflist"
done
export COVE_CNI_PATH=$t_tmp/plugins:/usr/lib/cni
run cove run --network cni:broken "${root_args[@]}" -- true
expect_eq "$status" 125
expect_match "$err" 'the CNI plugin broken: it is broken: on purpose'
leave_no_list
sandbox --network cni:slow -- true
leave_no_list

# --- kill -9: of cove, whose keeper takes it down; of cove and its keeper, and then gc does; while plugins are at it ---
background run "${root_args[@]}" --network cni:lan -p 8080:80 -- sh -c 'echo ready; sleep 1000'
kill -9 "$cove_pid"
leave_no_list
background run "${root_args[@]}" --network cni:lan -p 8080:80 -- sh -c 'echo ready; sleep 1000'
for child in $(<"/proc/$cove_pid/task/$cove_pid/children"); do
  [[ $(<"/proc/$child/comm") != cove-keeper ]] || keeper=$child
done
kill -9 "$keeper" "$cove_pid"
within 5 test ! -e "/proc/$inside_pid"
expect_ne "$(leases)" ""
expect_status 0 cove gc
leave_no_list
for try in {1..8}; do
  "$COVE" run "${root_args[@]}" --network cni:slow -p 8080:80 -- true >/dev/null 2>&1 &
  victim=$!
  sleep "0.$((RANDOM % 9))"
  if ((try % 2)); then
    for child in $(cat "/proc/$victim/task/$victim/children" 2>/dev/null); do
      [[ $(cat "/proc/$child/comm" 2>/dev/null) != cove-keeper ]] || kill -9 "$child"
    done
  fi
  kill -9 "$victim" 2>/dev/null || true
  wait "$victim" 2>/dev/null || true
  no_runner() { ! pgrep -f '^cove-cni chain add'; }
  within 10 no_runner
  run cove gc
  leave_no_list
done
# Whoever was forgotten altogether.
background run "${root_args[@]}" --network cni:lan -- sh -c 'echo ready; sleep 1000'
for child in $(<"/proc/$cove_pid/task/$cove_pid/children"); do
  [[ $(<"/proc/$child/comm") != cove-keeper ]] || keeper=$child
done
kill -9 "$keeper" "$cove_pid"
within 5 test ! -e "/proc/$inside_pid"
rm "$COVE_RUN_ROOT"/attached/*
run cove system check
expect_match "$out" 'what CNI plugins have made for nobody'
expect_status 0 cove gc
leave_no_list
collect_killed
leave_nothing
