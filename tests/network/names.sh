#!/bin/bash
# Who is on a network finds the others by name, alias and short id, from any C library; nobody sees names of networks that
# he is not on.
# modes: root
# timeout: 300
# shellcheck source=tests/support/network.sh
. "${0%/*}/../support/network.sh"
command -v python3 >/dev/null || skip "needs python3"
make_world
machine_resolver "nameserver $outside4" "search lan.test"

sleeper() { expect_status 0 cove run -d --name "$1" "${@:2}" "${root_args[@]}" -- sleep 1000; }
expect_status 0 cove network create --subnet 10.77.0.0/24 back
expect_status 0 cove network create --subnet 10.78.0.0/24 --ipv6 --subnet fd77::/64 Front
expect_status 0 cove network create --internal --subnet 10.79.0.0/24 inner

# On the default network nothing is answered, and nobody runs for it.
sleeper plain
expect_status 0 cove exec plain cat /etc/resolv.conf
expect_eq "$out" "nameserver $outside4"$'\nsearch lan.test'
no_resolver || fail "a resolver for the default network"

sleeper DB --network back --network-alias store --network-alias Api.Example.org --hostname the-db
sleeper web --network Front --network back
sleeper other --network Front
sleeper secret --network inner
expect_eq "$(resolver_pid | wc -l)" 1
db=$(address_of DB back) web=$(address_of web back) other=$(address_of other Front) secret=$(address_of secret inner)
other6=$(address6_of other Front)
expect_status 0 cove exec DB cat /etc/resolv.conf
expect_eq "$out" $'nameserver 10.77.0.1\nsearch cove.internal lan.test'

id=$(cove inspect -f '{{.Id}}' DB)
for name in db DB store api.example.org the-db "${id:0:12}" db.back db.cove.internal; do
  lookup_in web "$name"
  expect_eq "$out" "$db" "$name"
done
lookup_in DB web
expect_eq "$out" "$web" "the address on the network that both are on"
lookup_in DB db
expect_eq "$out" "$db" "itself"
# Several C libraries: busybox's own and, in this machine's view, glibc with its modules.
expect_status 0 cove exec web busybox nslookup db.back
expect_match "$out" "Address.*$db"
expect_status 0 cove exec web busybox ping -c 1 store
expect_match "$out" "PING store \($db\)"
expect_status 0 cove run -d --name glibc --network back -- sleep 1000
expect_status 0 cove exec glibc getent hosts store
expect_match "$out" "^$db "
expect_status 0 cove exec glibc getent ahostsv4 db
expect_match "$out" "^$db "
# A sandbox that nobody keeps sees the others, too.
sandbox --network back -- /probes/net lookup db
expect_eq "$out" "$db"
expect_status 0 cove run --network back -- getent hosts db
expect_match "$out" "^$db "

# Both versions; one that is not there is none of a name that does not exist.
lookup_in web other
expect_eq "$out" "$(printf '%s\n' "$other" "$other6" | sort)"
lookup_in web other 6
expect_eq "$out" "$other6"
query_in web 10.77.0.1 db AAAA
expect_match "$out" $'^rcode=0\nflags=aa,ra\nsize='
query_in web fd77::1 OTHER.front AAAA
expect_eq "$(addresses_in)" "AAAA $other6"
query_in web 10.78.0.1 other ANY edns=4096
expect_eq "$(addresses_in)" "A $other AAAA $other6"
expect_match "$out" $'\nedns\n'
query_in web 10.77.0.1 db A tcp twice
expect_eq "$(addresses_in)" "A $db A $db"
query_in web 10.77.0.1 nobody.cove.internal
expect_match "$out" '^rcode=3'

# Back from addresses.
expect_status 0 cove exec web /probes/net reverse "$db"
expect_eq "$out" db.back
expect_status 0 cove exec web /probes/net reverse "$other6"
expect_eq "$out" other.front
query_in web 10.77.0.1 250.0.77.10.in-addr.arpa PTR
expect_match "$out" '^rcode=3'

# Names are as far apart as networks.
for name in other secret plain "$(cove inspect -f '{{.Id}}' other | cut -c1-12)"; do
  query_in DB 10.77.0.1 "$name.cove.internal"
  expect_match "$out" '^rcode=3' "$name"
done
query_in DB 10.77.0.1 "other.front.cove.internal"
expect_match "$out" '^rcode=3'
# ... whoever asks at another network's gateway: what comes from elsewhere is not heard there.
query_in other 10.77.0.1 db
expect_match "$out" '^error='
query_in secret 10.79.0.1 db
expect_match "$out" '^rcode=3'
lookup_in secret secret
expect_eq "$out" "$secret"
run cove exec secret /probes/net lookup www.example.org
expect_match "$out" '^error='

# One alias of several is all of them, in turn.
for i in 1 2 3; do sleeper "pool$i" --network back --network-alias pool; done
lookup_in web pool
expect_eq "$out" "$(for i in 1 2 3; do address_of "pool$i" back; done | sort)"
firsts=$(for _ in {1..6}; do query_in web 10.77.0.1 pool; grep -m 1 '^A ' <<<"$out"; done | sort -u | wc -l)
expect_eq "$firsts" 3 "each is the first at times"
expect_status 0 cove rm -f pool2
lookup_in web pool
expect_eq "$(wc -l <<<"$out")" 2

# Another name; and a network that comes later, or goes. What is mounted stays the same file.
expect_status 0 cove rename web front-end
lookup_in DB front-end
expect_eq "$out" "$web"
query_in DB 10.77.0.1 web.cove.internal
expect_match "$out" '^rcode=3'
expect_status 0 cove network connect --alias late back plain
lookup_in plain store
expect_eq "$out" "$db"
lookup_in DB late
expect_eq "$out" "$(address_of plain back)"
expect_status 0 cove network disconnect back plain
expect_status 0 cove exec plain cat /etc/resolv.conf
expect_eq "$out" "nameserver $outside4"$'\nsearch lan.test'
query_in DB 10.77.0.1 late.cove.internal
expect_match "$out" '^rcode=3'
expect_status 0 cove network disconnect Front front-end
expect_status 0 cove exec front-end cat /etc/resolv.conf
expect_match "$out" 'nameserver 10\.77\.0\.1'
expect_status 0 cove restart -t 0 DB
lookup_in front-end db
expect_eq "$out" "$(address_of DB back)"
# One that shares a container's namespace asks whom that one does.
expect_status 0 cove run -d --name guest --network container:DB "${root_args[@]}" -- sleep 1000
lookup_in guest front-end
expect_eq "$out" "$web"

# This machine, by a name of the container's own.
expect_status 0 cove run --rm --network back --add-host machine:host-gateway "${root_args[@]}" -- grep machine /etc/hosts
expect_eq "$out" $'10.77.0.1\tmachine'
expect_status 0 cove run --rm --network host --add-host machine:host-gateway "${root_args[@]}" -- grep machine /etc/hosts
expect_eq "$out" $'127.0.0.1\tmachine'
run cove run --rm --network none --add-host machine:host-gateway "${root_args[@]}" -- true
expect_match "$err" 'on no network of the driver bridge'

# Nothing that is no question makes it stumble, or speak.
query_in DB 10.77.0.1 x A raw=00
expect_match "$out" '^error='
query_in DB 10.77.0.1 x A raw=12348180000100000000000002646200000100ff
expect_match "$out" '^error=' "an answer"
query_in DB 10.77.0.1 x A raw=123401000001000000000000c00c00010001
expect_match "$out" '^rcode=1'
query_in DB 10.77.0.1 db A edns=1232 version=1
expect_match "$out" '^rcode=16'
query_in DB 10.77.0.1 back AXFR tcp
expect_match "$out" '^rcode=5'
lookup_in DB front-end
expect_eq "$out" "$web"

expect_status 0 cove rm -f guest glibc DB front-end other secret pool1 pool3
within 5 no_resolver
expect_status 0 cove rm -f plain
run cove system check
expect_no_match "$out" resolver
leave_no_network
leave_nothing
