#!/bin/bash
# What nobody on the network is called goes to the servers of this machine or of --dns, and only what they answer comes back.
# modes: root
# timeout: 300
# shellcheck source=tests/support/network.sh
. "${0%/*}/../support/network.sh"
command -v python3 >/dev/null || skip "needs python3"
make_world
serve_names outside -- "$outside4"
machine_resolver "nameserver $outside4" "search lan.test"
sleeper() { expect_status 0 cove run -d --name "$1" "${@:2}" "${root_args[@]}" -- sleep 1000; }
expect_status 0 cove network create --subnet 10.77.0.0/24 back
expect_status 0 cove network create --internal --subnet 10.79.0.0/24 inner
sleeper web --network back
sleeper secret --network inner
gateway=10.77.0.1

lookup_in web www.example.org
expect_eq "$out" $'192.0.2.1\n2001:db8::1'
expect_status 0 cove exec web /probes/net reverse 198.51.100.77
expect_eq "$out" outside.test
query_in web $gateway WwW.ExAmPlE.org
expect_match "$out" $'^rcode=0\nflags=ra\nA 192\.0\.2\.1\n'
query_in web $gateway nobody.example.org
expect_match "$out" '^rcode=3'
query_in web $gateway refuses.example.org
expect_match "$out" '^rcode=2'
# Names of the network's own stay here, whatever is searched; others are looked for as elsewhere.
: >"$asked"
lookup_in web web
expect_eq "$(<"$asked")" ""
lookup_in web printer
expect_match "$(<"$asked")" $'udp A printer.lan.test\n'

# More than fits into a datagram: a part, and all of it over a connection or in a larger one.
query_in web $gateway big.example.org
expect_match "$out" 'flags=tc,ra'
query_in web $gateway big.example.org A edns=4096
expect_eq "$(grep -c '^A ' <<<"$out")" 60
query_in web $gateway big.example.org A tcp
expect_eq "$(grep -c '^A ' <<<"$out")" 60
expect_match "$(<"$asked")" 'tcp A big.example.org'
lookup_in web big.example.org 4
expect_eq "$(wc -l <<<"$out")" 60 "the C library asks again"
for i in {1..40}; do
  sleeper "many$i" --network back --network-alias many
done
query_in web $gateway many
expect_match "$out" 'flags=aa,tc,ra'
query_in web $gateway many A tcp
expect_eq "$(grep -c '^A ' <<<"$out")" 40
for i in {1..40}; do all+=("many$i"); done
expect_status 0 cove rm -f "${all[@]}"

# Answers that nobody was asked for: another number, another question, another port.
for _ in {1..5}; do
  query_in web $gateway liar.example.org
  expect_eq "$(addresses_in)" "A 192.0.2.1"
done

# One that does not answer, or is not there: the next is asked, and then asked first.
machine_resolver "nameserver 203.0.113.77" "nameserver 127.0.0.9" "nameserver $outside4"
query_in web $gateway www.example.org
expect_eq "$(addresses_in)" "A 192.0.2.1"
query_in web $gateway www.example.org A tcp
expect_eq "$(addresses_in)" "A 192.0.2.1"
query_in web $gateway silent.example.org
expect_match "$out" '^rcode=2'
# A server on this machine's loopback, which is none of the containers' own.
serve_names -- 127.0.0.53
machine_resolver "nameserver 127.0.0.53"
end_names
query_in web $gateway www.example.org
expect_match "$out" '^rcode=2' "nobody listens there any more"
serve_names -- 127.0.0.53
query_in web $gateway www.example.org
expect_eq "$(addresses_in)" "A 192.0.2.1"
end_names
# No server at all.
machine_resolver "# nobody"
query_in web $gateway www.example.org
expect_match "$out" '^rcode=2'

# --dns: a container asks its own servers, through the resolver, and finds the others all the same.
: >"$asked"
sleeper own --network back --dns "$outside4" --dns-search example.org --dns-option ndots:2
expect_status 0 cove exec own cat /etc/resolv.conf
expect_eq "$out" $'nameserver 10.77.0.1\nsearch cove.internal example.org\noptions ndots:2'
lookup_in own www.test 4
expect_eq "$out" 192.0.2.1
expect_match "$(<"$asked")" 'A www.test.example.org'
lookup_in own web
expect_eq "$out" "$(address_of web back)"
query_in web $gateway www.test
expect_match "$out" '^rcode=2' "others have none"
# Over version 6.
serve_names outside -- "$outside6"
machine_resolver "nameserver $outside6"
query_in web $gateway www.example.org
expect_eq "$(addresses_in)" "A 192.0.2.1"

# From an internal network nothing goes out.
machine_resolver "nameserver $outside4"
: >"$asked"
query_in secret 10.79.0.1 www.example.org
expect_match "$out" '^rcode=3'
query_in secret 10.79.0.1 8.8.8.8.in-addr.arpa PTR
expect_match "$out" '^rcode=3'
expect_eq "$(<"$asked")" ""

# So many questions at once and no more; it goes on all the same.
within_namespace "$(init_pid web)" python3 - $gateway <<'FLOOD'
import socket, sys
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
    for i in range(1000):
        name = b"\6silent" + bytes([4]) + b"%04d" % i + b"\0"
        client.sendto(i.to_bytes(2, "big") + b"\1\0\0\1\0\0\0\0\0\0" + name + b"\0\1\0\1", (sys.argv[1], 53))
clients = [socket.create_connection((sys.argv[1], 53)) for _ in range(40)]
clients[0].sendall(b"\0\1")
FLOOD
descriptors=$(find "/proc/$(resolver_pid)/fd" -mindepth 1 | wc -l)
((descriptors < 220)) || fail "$descriptors descriptors"
query_in own $gateway www.example.org
expect_eq "$(addresses_in)" "A 192.0.2.1"

# A port that another program has is told, and nothing runs.
expect_status 0 cove rm -f web own secret
within 5 no_resolver
python3 -c 'import socket, time
taken = socket.socket()
taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
taken.bind(("0.0.0.0", 53)); taken.listen(1); print("ready", flush=True); time.sleep(1000)' >"$t_tmp/taken" &
at_exit kill $!
within 5 grep -q ready "$t_tmp/taken"
run cove run -d --name late --network back "${root_args[@]}" -- sleep 1000
expect_ne "$status" 0
expect_match "$err" 'network back: 10\.77\.0\.1: listen on port 53: .*in use'
expect_match "$err" 'addresses of its own only'
expect_match "$err" '--disable-dns'
expect_status 0 cove network create --disable-dns quiet
expect_status 0 cove run --rm --name quiet --network quiet "${root_args[@]}" -- cat /etc/resolv.conf
expect_eq "$out" "nameserver $outside4"
expect_status 0 cove rm -f late
within 5 no_resolver
leave_no_network
leave_nothing
