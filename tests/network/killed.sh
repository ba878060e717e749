#!/bin/bash
# Whoever is killed, and whenever: nothing of networks is left after the next command.
# modes: root
# timeout: 300
# shellcheck source=tests/support/network.sh
. "${0%/*}/../support/network.sh"
make_world

# cove alone: its keeper cleans up.
background run "${root_args[@]}" --network bridge -p 8080:80 -- sh -c 'echo ready; sleep 1000'
expect_ne "$(network_things)" ""
kill -9 "$cove_pid"
leave_no_network
ask -- tcp 127.0.0.1 8080
expect_match "$out" '^error='

# cove and its keeper: `cove gc` does.
background run "${root_args[@]}" --network bridge -p 8080:80 -- sh -c 'echo ready; sleep 1000'
for child in $(<"/proc/$cove_pid/task/$cove_pid/children"); do
  [[ $(<"/proc/$child/comm") != cove-keeper ]] || keeper=$child
done
kill -9 "$keeper" "$cove_pid"
within 5 test ! -e "/proc/$inside_pid"
expect_ne "$(network_things)" ""
# Whoever wants the port is not kept from it.
sandbox --network bridge -p 8080:80 -- true
expect_status 0 cove gc
leave_no_network

# At random moments of a start: a sandbox's, whose keeper it is, and a container's, which is on record.
for try in {1..20}; do
  "$COVE" run "${root_args[@]}" --network bridge -p 8080:80 -- true >/dev/null 2>&1 &
  victim=$!
  sleep "0.0$((RANDOM % 30 + 10))"
  kill -9 "$victim" 2>/dev/null || true
  wait "$victim" 2>/dev/null || true
  leave_no_network
  "$COVE" run -d --name "c$try" "${root_args[@]}" -p 8081:80 -- sleep 1000 >/dev/null 2>&1 &
  victim=$!
  sleep "0.0$((RANDOM % 40 + 10))"
  kill -9 "$victim" 2>/dev/null || true
  wait "$victim" 2>/dev/null || true
  run cove rm -f "c$try"
  # The one that was to start it may be at it still, and has no record then.
  within 10 cove system gc
  leave_no_network
done

# A container whose process, monitor and all are killed: the next command that looks at it.
server web tcp 80 -p 8080:80
kill -9 "$(monitor_pid web)" "$(init_pid web)"
within 10 test ! -e "/proc/$(init_pid web)"
expect_status 0 cove rm -f web
leave_no_network

# Without any record: names tell whose it was.
server web tcp 80 -p 8080:80
id=$(cove inspect -f '{{.Id}}' web)
kill -9 "$(monitor_pid web)" "$(init_pid web)"
rm -rf "$COVE_DATA_ROOT/containers/$id" "$COVE_RUN_ROOT/attached/${id:0:12}"
run cove system check
expect_eq "$status" 1
expect_match "$out" 'network .*: an address that nobody has'
run cove system gc
leave_no_network
expect_status 0 cove system check
# A file that is none is put right, too.
mkdir -p "$COVE_RUN_ROOT/attached"
echo nonsense >"$COVE_RUN_ROOT/attached/0123456789ab"
run cove system gc
expect_match "$out" 'attached/0123456789ab.*mended'
leave_no_network
collect_killed
leave_nothing
