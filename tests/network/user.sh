#!/bin/bash
# An ordinary user's container and sandbox reach the outside, and are reached through published ports, by pasta.
# modes: root
# timeout: 300
# shellcheck source=tests/support/user_network.sh
. "${0%/*}/../support/user_network.sh"
command -v pasta >/dev/null || skip "needs pasta (passt)"
command -v python3 >/dev/null || skip "needs python3"
make_user_world
begin_user
reaches() { "$net" ask tcp "$outside6" 7000 | grep -q seen; }
within 10 reaches  # what is between them is awake

# A sandbox has none unless it is asked for.
sandbox -- cat /proc/net/dev
expect_no_match "$out" 'up0'
sandbox --network pasta -- /probes/net ask tcp "$outside4" 7000
expect_eq "$out" "seen=$host4" "who the outside sees"
sandbox --network pasta -- /probes/net ask udp "$outside4" 7001
expect_eq "$out" "seen=$host4"
sandbox --network pasta -- /probes/net ask tcp "$outside6" 7000
expect_eq "$out" "seen=$host6"
# A server of this machine's loopback is asked for it, and is all of the loopback that is to be had.
sandbox --network pasta -- /probes/net lookup www.example.org
expect_eq "$out" $'192.0.2.1\n2001:db8::1'
sandbox --network pasta -- sh -c '/probes/net ask tcp 127.0.0.1 7002; /probes/net ask tcp 198.51.100.1 7002; true'
expect_no_match "$out" 'seen='
sandbox --network pasta -- cat /etc/resolv.conf
expect_eq "$out" $'nameserver 169.254.1.1\nsearch lan.test'
leave_no_program

# A container has it without being asked.
web() { expect_status 0 cove run -d --name "$1" "${@:2}" "${root_args[@]}" -- httpd -f -p 80 -h /etc; }
# fetch URL [COMMAND]...: leaves $out, the HTTP status.
fetch() {
  run "${@:2}" python3 -c 'import sys, urllib.request
print(urllib.request.urlopen(sys.argv[1], timeout=2).status)' "$1"
}
fetches() { fetch "$@"; [[ $out == 200 ]]; }
web web -p 8080:80 -p 127.0.0.1:8081:80 -p 8090-8092:80-82
expect_eq "$(cove inspect -f '{{.HostConfig.NetworkMode}}' web)" pasta
within 30 fetches http://127.0.0.1:8080/hosts
within 30 fetches "http://$host4:8080/hosts" outside
within 30 fetches "http://[$host6]:8080/hosts" outside
within 30 fetches http://127.0.0.1:8081/hosts
within 30 fetches http://127.0.0.1:8090/hosts
fetch "http://$host4:8081/hosts" outside
expect_ne "$status" 0 "a port of the loopback alone"
expect_status 0 cove exec web /probes/net ask tcp "$outside4" 7000
expect_eq "$out" "seen=$host4"
expect_status 0 cove exec web /probes/net lookup www.example.org
expect_status 0 cove ps
expect_match "$out" '0\.0\.0\.0:8080->80/tcp, 127\.0\.0\.1:8081->80/tcp, 0\.0\.0\.0:8090-8092->80-82/tcp'
expect_status 0 cove port web 80
expect_eq "$out" $'0.0.0.0:8080\n127.0.0.1:8081\n0.0.0.0:8090'
# What is taken is told before anything runs.
run cove run --name other -p 8080:80 "${root_args[@]}" -- echo ran
expect_ne "$status" 0
expect_eq "$out" ""
expect_match "$err" 'port 0.0.0.0:8080/tcp is taken'
expect_status 0 cove rm -f other
run cove run -p 80:80 "${root_args[@]}" -- echo ran
expect_ne "$status" 0
expect_match "$err" '-p: .*ermission denied'
expect_match "$err" 'choose a port from 1024 on'
run cove run -p 8095:80 -p 8095:81 "${root_args[@]}" -- echo ran
expect_match "$err" 'is taken by another -p of its own'
# Nothing of cove's is held by the program.
for pid in $(programs); do
  expect_eq "$(find "/proc/$pid/fd" -lname "$t_tmp*")" "" "files that it holds"
  expect_ne "$(ps -o sid= -p "$pid")" "$(ps -o sid= -p $$)"
done
expect_status 0 cove restart -t 0 web
within 30 fetches http://127.0.0.1:8080/hosts
expect_eq "$(programs | wc -l)" 2
expect_status 0 cove stop -t 0 web
leave_no_program
expect_status 0 cove start web
within 30 fetches http://127.0.0.1:8080/hosts
expect_status 0 cove rm -f web
leave_no_program

# A command that does not start, after its network has.
run cove run --network pasta "${root_args[@]}" -- /no/such/command
expect_eq "$status" 127
leave_no_program

# UDP, and a port that is any.
expect_status 0 cove run -d --name udp -p 7001:7001/udp -p 7003:7001/udp -p 9000/udp "${root_args[@]}" -- /probes/net serve udp 7001
within 10 listens udp
ask -- udp 127.0.0.1 7001
expect_match "$out" '^seen='
ask outside -- udp "$host4" 7003
expect_match "$out" '^seen='
expect_match "$(cove port udp 9000/udp)" '^0\.0\.0\.0:[0-9]+$'
# Its network is what it is.
expect_status 1 cove network connect bridge udp
expect_match "$err" 'container udp has its network by pasta'
expect_status 1 cove port add udp 8099:80
expect_match "$err" 'its ports are those that it was made with'
expect_status 0 cove run --rm --name with "${root_args[@]}" --userns container:udp --network container:udp -- /probes/net ask tcp "$outside4" 7000
expect_eq "$out" "seen=$host4"
expect_status 0 cove rm -f udp
expect_status 0 cove run --rm --name none --network none "${root_args[@]}" -- cat /proc/net/dev
expect_no_match "$out" 'up0'
leave_no_program

# A machine that leads nowhere: nothing for who has not asked, an error for who has.
ip route del default
ip -6 route del default
expect_status 0 cove run --rm --name alone "${root_args[@]}" -- echo ran
expect_eq "$out" ran
expect_match "$err" 'it has no network: .*pasta did not start'
run cove run --network pasta "${root_args[@]}" -- echo ran
expect_ne "$status" 0
expect_match "$err" 'attach networks: pasta did not start: External interface not usable'
leave_no_program
leave_nothing
