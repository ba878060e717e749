#!/bin/bash
# An abstract socket of the host is not reachable from inside, but with --network host it is.
export T_ROOT=default
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

name=cove-itest-$$-$RANDOM
/usr/bin/python3 -c '
import socket, sys, time
s = socket.socket(socket.AF_UNIX); s.bind("\0" + sys.argv[1]); s.listen()
print("ready", flush=True); time.sleep(20)' $name >"$t_tmp/ready" &
server=$!
for _ in {1..1000}; do [[ ! -s $t_tmp/ready ]] || break; sleep 0.02; done
client='import socket, sys; s = socket.socket(socket.AF_UNIX); print(s.connect_ex("\0" + sys.argv[1]))'
expect_status 0 cove run -- /usr/bin/python3 -c "$client" $name
expect_eq "$out" 111 "error number inside"
expect_status 0 cove run --network host -- /usr/bin/python3 -c "$client" $name
expect_eq "$out" 0 "with --network host"
kill $server
