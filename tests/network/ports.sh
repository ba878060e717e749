#!/bin/bash
# Published ports: from outside, from the machine itself, from a container; who the container sees; taken ports.
# modes: root
# shellcheck source=tests/support/network.sh
. "${0%/*}/../support/network.sh"
make_world

server web tcp 80 -p 8080:80
expect_eq "$(cove port web)" '80/tcp -> 0.0.0.0:8080'
expect_eq "$(cove port web 80)" '0.0.0.0:8080'
expect_eq "$(cove ps --format '{{.Ports}}')" '0.0.0.0:8080->80/tcp'
expect_eq "$(cove inspect -f '{{(index (index .NetworkSettings.Ports "80/tcp") 0).HostPort}}' web)" 8080
ask outside -- tcp "$host4" 8080
expect_eq "$out" "seen=$outside4" "the client's own address"
ask -- tcp "$host4" 8080
expect_eq "$out" "seen=$host4" "the machine by its address"
ask -- tcp 127.0.0.1 8080
expect_eq "$out" "seen=10.88.0.1" "the machine by its loopback"
# Hairpin: the container itself, and another one, through the machine's port.
ask_in web tcp "$host4" 8080
expect_eq "$status" 0 "hairpin: $out"
sandbox --network bridge -- /probes/net ask tcp "$host4" 8080
expect_match "$out" '^seen=10\.88\.'

# UDP, and an address of its own.
server dns udp 53 -p 127.0.0.1:5353:53/udp
ask -- udp 127.0.0.1 5353
expect_match "$out" '^seen='
ask outside -- udp "$host4" 5353
expect_match "$out" '^error='

# A taken port is an error before anything runs, whoever has it.
run cove run --rm -d --name other "${root_args[@]}" -p 8080:80 -- touch /ran
expect_ne "$status" 0
expect_match "$err" 'port 0\.0\.0\.0:8080/tcp is taken by'
run cove run --rm "${root_args[@]}" -p 127.0.0.1:8080:80 -- echo ran
expect_ne "$status" 0
expect_eq "$out" ""
serve -- tcp 7000
run cove run "${root_args[@]}" -p 7000:80 -- echo ran
expect_ne "$status" 0
expect_match "$err" 'port 0\.0\.0\.0:7000/tcp is taken by a program of this machine'
expect_eq "$out" ""
run cove run "${root_args[@]}" -p 203.0.113.77:80:80 -- echo ran
expect_match "$err" 'no address of this machine'
# A range that touches one.
run cove run "${root_args[@]}" -p 8000-8100:8000-8100 -- echo ran
expect_match "$err" 'port 0\.0\.0\.0:8000/tcp is taken by'

# A range is one element, however long; another is one for each port.
server range tcp 9005 -p 9000-9999:9000-9999
if command -v nft >/dev/null; then
  expect_eq "$(nft list map inet cove ranges4 | grep -c "$(cove inspect -f '{{printf "%.12s" .Id}}' range)")" 1
fi
ask outside -- tcp "$host4" 9005
expect_eq "$out" "seen=$outside4"
expect_eq "$(cove port range 9999)" 0.0.0.0:9999
server moved tcp 81 -p 7100-7102:80-82
ask outside -- tcp "$host4" 7101
expect_eq "$out" "seen=$outside4"
# A port that is free, and the first of several that is.
server any tcp 80 -p 80 -p 8080-8082:80
expect_match "$(cove port any)" $'^80/tcp -> 0\\.0\\.0\\.0:[0-9]+\n80/tcp -> 0\\.0\\.0\\.0:8081$'
server all tcp 80 --expose 80 --expose 82/udp -P
expect_match "$(cove port all)" $'^80/tcp -> 0\\.0\\.0\\.0:[0-9]+\n82/udp -> 0\\.0\\.0\\.0:[0-9]+$'

# On a container that runs.
expect_status 0 cove port add any 7200:80
expect_eq "$out" '80/tcp -> 0.0.0.0:7200'
ask outside -- tcp "$host4" 7200
expect_eq "$out" "seen=$outside4"
expect_status 0 cove port rm any 7200
ask outside -- tcp "$host4" 7200
expect_match "$out" '^error='
expect_status 1 cove port rm any 7200
expect_match "$err" 'no port 7200/tcp is published'
# It is as it was after a restart.
expect_status 0 cove port add any 7201:80
expect_status 0 cove restart -t 0 any
within 10 listens any
expect_match "$(cove port any)" '7201'
ask outside -- tcp "$host4" 7201
expect_eq "$out" "seen=$outside4"

expect_status 0 cove ps -q --filter publish=8080
expect_eq "$(wc -w <<<"$out")" 1
expect_status 125 cove run --network none -p 80:80 "${root_args[@]}" -- true
expect_match "$err" 'need a network'
expect_status 0 cove rm -f web dns range moved any all
leave_no_network
ask outside -- tcp "$host4" 8080
expect_match "$out" '^error='
leave_nothing
