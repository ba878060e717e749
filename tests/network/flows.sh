#!/bin/bash
# Datagrams go where a published port leads now: what the kernel remembers of a sender (conntrack) does not lead them to where
# it led before. The sender has one port, as clients of DNS and games may have.
# modes: root
# shellcheck source=tests/support/network.sh
. "${0%/*}/../support/network.sh"
make_world
cat >"$t_tmp/answer.py" <<'PY'
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("0.0.0.0", int(sys.argv[1])))
print("listening", flush=True)
while True:
    _, who = s.recvfrom(100)
    s.sendto(sys.argv[2].encode(), who)
PY
cat >"$t_tmp/ask.py" <<'PY'
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("0.0.0.0", 40000))
s.settimeout(float(sys.argv[3]))
s.sendto(b"?", (sys.argv[1], int(sys.argv[2])))
try: print(s.recvfrom(100)[0].decode())
except OSError: print("nothing")
PY
# answers WORD NAMESPACE-COMMAND...: a server at port 53 that says WORD.
answers() {
  "${@:2}" python3 "$t_tmp/answer.py" 53 "$1" >"$t_tmp/answer-$1" 2>&1 &
  at_exit kill $!
  within 10 grep -q listening "$t_tmp/answer-$1"
}
said() { outside python3 "$t_tmp/ask.py" "$host4" 5353 "${1-3}"; }
container() { expect_status 0 cove run -d --name "$1" --network back "${root_args[@]}" "${@:2}" -- sleep 1000; }

expect_status 0 cove network create --subnet 10.77.0.0/24 back
# Before there is a port this machine itself is meant, and refuses.
expect_eq "$(said 0.3)" nothing
container one -p 5353:53/udp
answers one within_namespace "$(init_pid one)"
expect_eq "$(said)" one "after a question that nobody answered"
# It goes, and another comes.
expect_status 0 cove rm -f one
expect_eq "$(said 0.3)" nothing "nobody has the port"
container two -p 5353:53/udp
answers two within_namespace "$(init_pid two)"
expect_eq "$(said)" two "after another container had the port"
# Moved while both run; a range of ports.
container three
answers three within_namespace "$(init_pid three)"
expect_status 0 cove port rm two 5353/udp
expect_status 0 cove port add three 5350-5359:50-59/udp
expect_eq "$(said)" three "a range"
expect_status 0 cove port rm three 5350-5359/udp
expect_status 0 cove port add three 127.0.0.1:5353:53/udp
expect_eq "$(said 0.3)" nothing "only the loopback has it"
expect_status 0 cove port rm three 127.0.0.1:5353:53/udp
expect_status 0 cove port add three "$host4:5353:53/udp"
expect_eq "$(said)" three
expect_status 0 cove network disconnect back three
expect_eq "$(said 0.3)" nothing
expect_status 0 cove rm -f two three
leave_no_network
leave_nothing
