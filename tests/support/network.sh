# For tests of networks: source it instead of engine.sh. The test runs in a network namespace of its own, which stands for
# a machine; beyond a router there is another one, which knows nothing of the containers' addresses:
#
#   this namespace                        router                                      outside
#   up0 198.51.100.2, 2001:db8:1::2 ── 198.51.100.1 … 203.0.113.1 ── out0 203.0.113.2, 2001:db8:2::2
#
# Whatever the test does to routes, rules and settings stays there. `outside COMMAND` runs a command out there.
# shellcheck shell=bash
export T_NET=1
# shellcheck source=tests/support/engine.sh
. "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/engine.sh"

command -v ip >/dev/null || skip "needs iproute2"
[[ -n ${COVE_PROBES-} ]] || skip "needs the probes"

# A process that holds a network namespace: new_namespace VARIABLE.
new_namespace() {
  local -n holder=$1
  unshare --net sleep 1000 &
  holder=$!
  at_exit kill "$holder"
  until [[ $(readlink "/proc/$holder/ns/net") != "$(readlink /proc/self/ns/net)" ]]; do sleep 0.01; done
}
# Addresses are good at once, without a search for duplicates: for a second nobody would be answered.
without_duplicates='echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad'
within_namespace() { nsenter -t "$1" -n "${@:2}"; }
outside() { within_namespace "$outside_pid" "$@"; }

make_world() {
  new_namespace router_pid
  new_namespace outside_pid
  eval "$without_duplicates"
  within_namespace "$router_pid" sh -c "$without_duplicates"
  outside sh -c "$without_duplicates"
  ip link add up0 type veth peer name down0 netns "$router_pid"
  within_namespace "$router_pid" ip link add in0 type veth peer name out0 netns "$outside_pid"
  ip addr add 198.51.100.2/24 dev up0
  ip addr add 2001:db8:1::2/64 dev up0 nodad
  ip link set up0 up
  ip link set lo up
  within_namespace "$router_pid" bash -e <<'ROUTER'
    ip addr add 198.51.100.1/24 dev down0
    ip addr add 203.0.113.1/24 dev in0
    ip addr add 2001:db8:1::1/64 dev down0 nodad
    ip addr add 2001:db8:2::1/64 dev in0 nodad
    ip link set down0 up
    ip link set in0 up
    echo 1 >/proc/sys/net/ipv4/ip_forward
    echo 1 >/proc/sys/net/ipv6/conf/all/forwarding
ROUTER
  outside bash -e <<'OUTSIDE'
    ip addr add 203.0.113.2/24 dev out0
    ip addr add 2001:db8:2::2/64 dev out0 nodad
    ip link set out0 up
    ip link set lo up
    ip route add default via 203.0.113.1
    ip -6 route add default via 2001:db8:2::1
OUTSIDE
  ip route add default via 198.51.100.1
  ip -6 route add default via 2001:db8:1::1
  echo 1 >/proc/sys/net/ipv6/conf/default/accept_dad  # cove's own interfaces are as they are anywhere
}

# The addresses of the two machines, and the probe, which is the same file everywhere.
host4=198.51.100.2 host6=2001:db8:1::2 outside4=203.0.113.2 outside6=2001:db8:2::2
net=$COVE_PROBES/net

# serve NAMESPACE-COMMAND... -- PROTOCOL PORT: a server in the background, ready when this returns.
serve() {
  local words=() file=$t_tmp/server-$RANDOM
  while [[ $1 != -- ]]; do words+=("$1"); shift; done
  "${words[@]}" "$net" serve "$2" "$3" >"$file" 2>&1 &
  at_exit kill $!
  until grep -qs listening "$file"; do sleep 0.02; done
}

# A container that serves PROTOCOL PORT, ready when this returns: server NAME PROTOCOL PORT [OPTION]...
server() {
  expect_status 0 cove run -d --name "$1" "${root_args[@]}" "${@:4}" -- /probes/net serve "$2" "$3"
  within 10 listens "$1"
}
listens() { cove logs "$1" | grep -q listening; }

# ask [COMMAND]... -- PROTOCOL ADDRESS PORT: leaves $status and $out.
ask() {
  local words=()
  while [[ $1 != -- ]]; do words+=("$1"); shift; done
  run "${words[@]}" "$net" ask "$2" "$3" "$4"
}
# The same in a container: ask_in NAME PROTOCOL ADDRESS PORT.
ask_in() { run cove exec "$1" /probes/net ask "$2" "$3" "$4"; }
# What a network's container has for an address: address_of NAME [NETWORK].
address_of() { cove inspect -f "{{(index .NetworkSettings.Networks \"${2-bridge}\").IPAddress}}" "$1"; }
address6_of() { cove inspect -f "{{(index .NetworkSettings.Networks \"${2-bridge}\").GlobalIPv6Address}}" "$1"; }

# What cove has made in this namespace: bridges, interfaces, rules' elements, leases.
network_things() {
  ip -o link show | grep -o 'c[vr][0-9a-f]\{12\}[0-9a-z]' || true
  find "$COVE_RUN_ROOT/attached" "$COVE_RUN_ROOT/networks" -type l 2>/dev/null || true
  find "$COVE_RUN_ROOT/attached" -type f 2>/dev/null || true
  ! command -v nft >/dev/null || nft list table inet cove 2>/dev/null | grep comment || true
  ! command -v nft >/dev/null || nft list tables | grep cove_egress || true
}
no_network_things() { [[ -z $(network_things) ]]; }
# Of containers nothing is left in networks; some of it goes when the kernel gets round to it.
leave_no_network() {
  (within 20 no_network_things) || fail "left in networks: $(network_things | paste -sd ';')"
}

# What kills of cove and its keeper leave of sandboxes: empty cgroups, which `cove gc` takes away when they are ten seconds
# old. Until then `system check` of the tests that follow would tell of them. Other tests' sandboxes may live meanwhile.
collect_killed() {
  local _
  for _ in {1..15}; do
    cove gc >/dev/null 2>&1 || true
    [[ -n $(find /sys/fs/cgroup -type d -name 'cove-????????????' 2>/dev/null) ]] || return 0
    sleep 1
  done
}

# Names. serve_names NAMESPACE-COMMAND... -- ADDRESS: a name server (dns.py) which notes what it is asked in $asked.
dns=$t_support/dns.py
asked=$t_tmp/asked
serve_names() {
  local words=() file=$t_tmp/names-$RANDOM
  while [[ $1 != -- ]]; do words+=("$1"); shift; done
  touch "$asked"
  "${words[@]}" "$dns" serve "$2" "$asked" >"$file" 2>&1 &
  names_pid=$!
  at_exit end_names "$names_pid"
  until grep -qs listening "$file"; do
    [[ -d /proc/$names_pid ]] || fail "the name server: $(<"$file")"
    sleep 0.02
  done
}
end_names() {  # [PID]
  kill "${1-$names_pid}" 2>/dev/null || return 0
  wait "${1-$names_pid}" || true
}
# What this machine's resolv.conf says: machine_resolver LINE...
machine_resolver() {
  printf '%s\n' "$@" >"$t_tmp/resolv.conf"
  mountpoint -q "$(realpath /etc/resolv.conf)" || mount --bind "$t_tmp/resolv.conf" /etc/resolv.conf
}
# By a container's C library: lookup_in NAME HOST [4|6]. By a message from its namespace: query_in NAME SERVER WORD...
lookup_in() { run cove exec "$1" /probes/net lookup "${@:2}"; }
query_in() { run within_namespace "$(init_pid "$1")" python3 "$dns" ask "${@:2}"; }
addresses_in() { grep -E '^A(AAA)? ' <<<"$out" | sort | paste -sd ' '; }
resolver_pid() { pgrep -x cove-resolver; }
one_resolver() { [[ $(resolver_pid | wc -l) == 1 ]]; }
no_resolver() { ! resolver_pid && [[ ! -e $COVE_RUN_ROOT/resolver ]]; }
