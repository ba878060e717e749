#!/bin/bash
# `cove network diagram`: this machine, networks, who is on them; as text and as SVG.
# modes: root
# shellcheck source=tests/support/network.sh
. "${0%/*}/../support/network.sh"
make_world
run env LC_ALL=C "$COVE" network diagram
expect_eq "$status" 0
expect_match "$out" 'up0 198\.51\.100\.2/24, 2001:db8:1::2/64, default route by 198\.51\.100\.1'
expect_status 0 cove network create --subnet 10.77.0.0/24 -o com.docker.network.bridge.name=br-back back
expect_status 0 cove network create --internal --subnet 10.78.0.0/24 -o com.docker.network.bridge.name=br-inner inner
expect_status 0 cove run -d --name web --network name=back,ip=10.77.0.9 --network name=inner,ip=10.78.0.9 -p 8080:80 "${root_args[@]}" -- sleep 1000
expect_status 0 cove run -d --name db --network name=inner,ip=10.78.0.7 "${root_args[@]}" -- sleep 1000
run env LC_ALL=C "$COVE" network diagram
expect_eq "$out" '+- this machine --------------------------------------------------------+
| up0 198.51.100.2/24, 2001:db8:1::2/64, default route by 198.51.100.1, |
|     default route by 2001:db8:1::1                                    |
+-+---------------------------------------------------------------------+
  |
  |- back bridge br-back, 10.77.0.1/24
  |  `- web eth0, 10.77.0.9, also on inner, 0.0.0.0:8080->80/tcp
  |
  `- inner bridge br-inner, 10.78.0.1/24, internal
     |- db  eth0, 10.78.0.7
     `- web eth1, 10.78.0.9, also on back'
run env LC_ALL= LC_CTYPE= LANG=en_US.UTF-8 "$COVE" network diagram inner
expect_match "$out" '  └─ inner bridge br-inner'
expect_no_match "$out" ' back bridge'
# It fits into a terminal.
awk 'length > 80 { exit 1 }' <<<"$out" || fail "wider than 80 columns: $out"

expect_status 0 cove network diagram -o "$t_tmp/networks.svg"
expect_eq "$out" ""
python3 - "$t_tmp/networks.svg" <<'PY'
import sys, xml.dom.minidom
texts = [t.firstChild.data for t in xml.dom.minidom.parse(sys.argv[1]).getElementsByTagName("text")]
for wanted in ("this machine", "back", "inner", "web", "db", "0.0.0.0:8080->80/tcp", "10.78.0.7"):
    assert wanted in texts, (wanted, texts)
PY
expect_status 0 cove network diagram --format text -o "$t_tmp/networks.svg"
expect_match "$(<"$t_tmp/networks.svg")" 'this machine'
expect_status 1 cove network diagram nowhere
expect_match "$err" 'network nowhere not found'
expect_status 125 cove network diagram --format png
expect_match "$err" 'give text or svg'
expect_status 1 cove network diagram -o /no/such/directory/x.svg
expect_status 0 cove rm -f web db
leave_no_network
leave_nothing
