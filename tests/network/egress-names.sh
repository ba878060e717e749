#!/bin/bash
# --egress with names: the resolver tells those on the list alone, and what they lead to may be reached from then on; no
# other server answers. Killed, it leaves nothing open.
# modes: root
# timeout: 300
# shellcheck source=tests/support/network.sh
. "${0%/*}/../support/network.sh"
command -v nft >/dev/null || skip "needs nft"
command -v python3 >/dev/null || skip "needs python3"
make_world
serve outside -- tcp 7000
serve outside -- tcp 7001
serve outside -- udp 7000
serve_names outside -- "$outside4"
machine_resolver "nameserver $outside4" "search lan.test"
sleeper() { expect_status 0 cove run -d --name "$1" "${@:2}" "${root_args[@]}" -- sleep 1000; }
refused() {
  ask_in "$@"
  expect_match "$out" '^error=.* (ECONNREFUSED|EHOSTUNREACH|EACCES)' "$*"
}

# On the default network, where names are not answered otherwise.
sleeper free
sleeper one --egress 'allow:self.allowed.test:7000/tcp,*.wild.test'
expect_status 0 cove exec one cat /etc/resolv.conf
gateway=$(cove inspect -f '{{.NetworkSettings.Gateway}}' one)
expect_match "$out" "^nameserver $gateway"

# No other server: neither this machine's nor any.
query_in one "$outside4" self.allowed.test
expect_match "$out" '^error='
refused one udp 203.0.113.9 53

# The address alone is none that may be reached; once the name has led there it is, with its port and protocol.
refused one tcp "$outside4" 7000
lookup_in one self.allowed.test 4
expect_eq "$out" "$outside4"
ask_in one tcp "$outside4" 7000
expect_match "$out" '^seen='
refused one tcp "$outside4" 7001
refused one udp "$outside4" 7000
# In letters large and small, and once more, while it is open.
lookup_in one SELF.Allowed.test 4
expect_eq "$out" "$outside4"
# All below a name, and not the name itself; what is not on the list does not exist, and nobody outside is asked.
lookup_in one self.deep.wild.test 4
expect_eq "$out" "$outside4"
ask_in one tcp "$outside4" 7001
expect_match "$out" '^seen='
for name in wild.test other.test secret.self.allowed.test allowed.test self.wild.test.evil.test free one; do
  query_in one "$gateway" "$name"
  expect_match "$out" '^rcode=3' "$name"
done
expect_no_match "$(<"$asked")" 'secret|evil|other\.test'
# Nor does a name lead to this machine's own loopback or link.
query_in one "$gateway" inward.wild.test
expect_match "$out" 'A 127.0.0.1'
expect_no_match "$(nft list set inet cove_egress allowed4)" '127\.0\.0\.1|169\.254'
# Over a connection, too.
query_in one "$gateway" self.tcp.wild.test A tcp
expect_eq "$(addresses_in)" "A $outside4"

# Who is not restricted gets no answer from that gateway on the default network, and needs none.
query_in free "$gateway" self.allowed.test
expect_match "$out" '^rcode=5'
ask_in free tcp "$outside4" 7001
expect_match "$out" '^seen='

# Told: by name.
run cove inspect -f '{{json .NetworkSettings.Denied}}' one
expect_match "$out" '"Name":"secret.self.allowed.test"'

# A network with names: those of its containers are names like others. The resolver that is there may have been started
# for others, without the right to open anything.
expect_status 0 cove rm -f one
within 5 no_resolver
expect_status 0 cove network create --subnet 10.77.0.0/24 --ipv6 --subnet fd77::/64 back
server web tcp 80 --network back
server db tcp 80 --network back
weak=$(resolver_pid)
expect_eq "$(sed -n 's/^CapBnd:\t//p' "/proc/$weak/status")" 0000000000000404
sleeper two --network back --egress 'allow:web:80,self.six.test'
within 5 one_resolver  # the weaker one has ended
strong=$(resolver_pid)
expect_ne "$strong" "$weak"
expect_eq "$(sed -n 's/^CapBnd:\t//p' "/proc/$strong/status")" 0000000000001404
lookup_in web db 4
expect_eq "$out" "$(address_of db back)"
lookup_in two db
expect_match "$out" '^error='
refused two tcp "$(address_of web back)" 80
lookup_in two web
expect_match "$out" "$(address6_of web back)"
for to in "$(address_of web back)" "$(address6_of web back)"; do
  [[ $to == *:* ]] && continue
  ask_in two tcp "$to" 80
  expect_match "$out" '^seen='
done
lookup_in two web 6
ask_in two tcp "$(address6_of web back)" 80
expect_match "$out" '^seen='
refused two tcp "$(address_of db back)" 80
lookup_in two self.six.test 6
expect_eq "$out" "$outside6"
ask_in two tcp "$outside6" 7000
expect_match "$out" '^seen='
refused two tcp "$outside4" 7000

# Killed: nothing is answered, and nothing more is open than before; the next one goes on.
kill -9 "$strong"
within 5 test ! -e "/proc/$strong"
refused two tcp "$outside4" 7000
ask_in two tcp "$outside6" 7000
expect_match "$out" '^seen='
lookup_in two self.six.test 4
expect_match "$out" '^error='
expect_status 0 cove network reload
lookup_in two self.six.test 4
expect_eq "$out" "$outside4"
ask_in two tcp "$outside4" 7000
expect_match "$out" '^seen='
# An address that is open stays so while the rules of networks change.
expect_status 0 cove network create --subnet 10.79.0.0/24 third
sleeper another --network third -p 8085:80
ask_in two tcp "$outside4" 7000
expect_match "$out" '^seen='

expect_status 0 cove rm -f two web db free another
run cove events --since 1h --until 0s --filter event=denied
expect_match "$out" 'host=secret.self.allowed.test'
within 5 no_resolver
leave_no_network
