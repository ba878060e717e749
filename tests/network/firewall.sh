#!/bin/bash
# Beside the machine's own rules: what they drop stays dropped, they stay as they are, and what a reload of them has wiped
# out is put back.
# modes: root
# shellcheck source=tests/support/network.sh
. "${0%/*}/../support/network.sh"
command -v nft >/dev/null || skip "needs nft to make somebody else's rules"
make_world
serve outside -- tcp 7000

others() { nft -s list ruleset | awk '/^table inet cove /{skip=1} !skip{print} /^}/{skip=0}'; }
nft -f - <<'RULES'
table inet mine {
  chain input { type filter hook input priority 0; policy accept; tcp dport 9 drop; }
  chain forward { type filter hook forward priority 0; policy accept; tcp dport 7001 drop; }
}
table ip nat {
  chain post { type nat hook postrouting priority 100; policy accept; oifname "none" masquerade; }
}
RULES
before=$(others)
server web tcp 80 -p 8080:80
ask_in web tcp "$outside4" 7000
expect_eq "$out" "seen=$host4"
expect_eq "$(others)" "$before" "somebody else's rules"

# A firewall that drops what is forwarded does so.
serve outside -- tcp 7001
ask_in web tcp "$outside4" 7001
expect_match "$out" '^error='
nft add chain inet mine forward '{ policy drop; }'
ask_in web tcp "$outside4" 7000
expect_match "$out" '^error='
ask outside -- tcp "$host4" 8080
expect_match "$out" '^error='
run cove doctor
expect_match "$out" 'mine forward drops what it does not know'
nft add chain inet mine forward '{ policy accept; }'
ask outside -- tcp "$host4" 8080
expect_eq "$out" "seen=$outside4"

# A reload that wipes out everything.
nft flush ruleset
ask outside -- tcp "$host4" 8080
expect_match "$out" '^error='
run cove system check
expect_match "$out" 'table inet cove: somebody has removed it'
expect_status 0 cove network reload
ask outside -- tcp "$host4" 8080
expect_eq "$out" "seen=$outside4"
ask_in web tcp "$outside4" 7000
expect_eq "$out" "seen=$host4"
# The next start puts it back by itself.
nft flush ruleset
sandbox --network bridge -- /probes/net ask tcp "$outside4" 7000
ask outside -- tcp "$host4" 8080
expect_eq "$out" "seen=$outside4"
expect_status 0 cove system check

# An interface of somebody else's is not taken for cove's own.
ip link add br-lan type bridge
run cove network create -o com.docker.network.bridge.name=br-lan lan
expect_eq "$status" 0
run cove run --network lan "${root_args[@]}" -- true
expect_match "$err" "the interface br-lan is none of cove's"
expect_status 0 cove network rm lan
expect_eq "$(ip -o link show br-lan | wc -l)" 1
expect_status 0 cove rm -f web
leave_no_network
leave_nothing
