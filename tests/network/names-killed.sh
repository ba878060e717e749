#!/bin/bash
# The resolver: one for all, however many start it at once; small, and asleep; killed, it is started by the next command;
# and gone with the last container, whoever is killed.
# modes: root
# timeout: 300
# shellcheck source=tests/support/network.sh
. "${0%/*}/../support/network.sh"
make_world
machine_resolver "nameserver $outside4"
sleeper() { expect_status 0 cove run -d --name "$1" "${@:2}" "${root_args[@]}" -- sleep 1000; }
expect_status 0 cove network create --subnet 10.77.0.0/24 back
echo 1 >/proc/sys/net/ipv4/ip_forward

kill_resolver() {
  local pid
  pid=$(resolver_pid)
  kill -9 "$pid"
  within 5 test ! -e "/proc/$pid"
}

# Many starters, and many ends.
for round in 1 2 3; do
  pids=()
  for i in {1..8}; do
    "$COVE" run "${root_args[@]}" --network name=back,alias="s$i" -- /probes/net lookup "s$i" >"$t_tmp/lookup-$i" 2>&1 &
    pids+=($!)
  done
  for pid in "${pids[@]}"; do wait "$pid" || fail "round $round: $(cat "$t_tmp"/lookup-*)"; done
  expect_eq "$(cat "$t_tmp"/lookup-* | grep -c '^10\.77\.0\.')" 8
  ((round > 1)) || within 5 no_resolver
done
within 5 no_resolver

sleeper a --network back
sleeper b --network back
first=$(resolver_pid)
expect_eq "$(wc -l <<<"$first")" 1
lookup_in a b
expect_eq "$out" "$(address_of b back)"
# It has no more than it needs: neither memory of its own nor capabilities nor a file to write to.
private=$(awk '/^Private_Dirty:/ { print $2 }' "/proc/$first/smaps_rollup")
((private > 0 && private <= 300)) || fail "the resolver has $private kB of its own, more than 300"
expect_eq "$(sed -n 's/^CapBnd:\t//p' "/proc/$first/status")" 0000000000000404
expect_eq "$(sed -n 's/^NoNewPrivs:\t//p' "/proc/$first/status")" 1
# It sleeps while nobody asks.
switches() { sed -n 's/^voluntary_ctxt_switches:\t//p' "/proc/$first/status"; }
before=$(switches)
sleep 1.5
expect_eq "$(switches)" "$before" "times that it woke up"

# Killed: said, and started again by whichever command comes first.
run cove system check
expect_no_match "$out" resolver
kill_resolver
run cove exec a /probes/net lookup b 4
expect_match "$out" '^error='
expect_status 1 cove system check
expect_match "$out" 'network .*/resolver: nobody answers for names'
expect_status 0 cove network reload
lookup_in a b
expect_eq "$out" "$(address_of b back)"
kill_resolver
run cove system gc
expect_match "$out" 'mended'
lookup_in a b
expect_eq "$out" "$(address_of b back)"
kill_resolver
sandbox --network back -- /probes/net lookup b
expect_eq "$out" "$(address_of b back)"
lookup_in b a
expect_eq "$out" "$(address_of a back)"
expect_eq "$(resolver_pid | wc -l)" 1

# A bridge that somebody has taken away, and that comes back.
ip link del "$(ip -o link show type bridge | sed -n 's/^[0-9]*: \([^:]*\):.*/\1/p')"
expect_status 0 cove network reload
sleeper c --network back
lookup_in c b
expect_eq "$out" "$(address_of b back)"

# Whoever dies with his keepers is forgotten at once, though his files are still there.
kill -9 "$(monitor_pid b)" "$(init_pid b)"
within 5 test ! -e "/proc/$(init_pid b)"
run cove exec c /probes/net lookup b.cove.internal
expect_match "$out" '^error='
last=$(resolver_pid)
for name in a c; do kill -9 "$(monitor_pid $name)" "$(init_pid $name)"; done
within 5 no_resolver
[[ ! -d /proc/$last ]] || fail "the resolver is still there"

# Killed with all of them: its socket is removed.
expect_status 0 cove rm -f a b c
sleeper a --network back
kill_resolver
kill -9 "$(monitor_pid a)" "$(init_pid a)"
within 5 test ! -e "/proc/$(init_pid a)"
expect_status 0 cove rm -f a
expect_status 1 cove system check
expect_match "$out" '/resolver: of a process that answered for names, and was killed'
expect_status 0 cove gc
expect_match "$out" "removed $COVE_RUN_ROOT/resolver"
no_resolver || fail "its socket is still there"

# At random moments of a start and of an end.
for _ in {1..15}; do
  "$COVE" run "${root_args[@]}" --network back -- true >/dev/null 2>&1 &
  victim=$!
  sleep "0.0$((RANDOM % 40 + 10))"
  kill -9 "$(resolver_pid)" 2>/dev/null || true
  kill -9 "$victim" 2>/dev/null || true
  wait "$victim" 2>/dev/null || true
  leave_no_network
  sandbox --network name=back,alias=me -- /probes/net lookup me
  expect_match "$out" '^10\.77\.0\.'
done
within 5 no_resolver
# One whose children are not told apart by a pid namespace ends, and the resolver stays for the others.
sandbox --pid host --network back -- true
sleeper a --network back
lookup_in a a
expect_eq "$out" "$(address_of a back)"
expect_status 0 cove rm -f a
background run "${root_args[@]}" --pid host --network back -- sh -c 'echo ready; sleep 1000'
sleeper a --network back
end_background
lookup_in a a
expect_eq "$out" "$(address_of a back)"
expect_status 0 cove rm -f a
within 5 no_resolver
leave_no_network
leave_nothing
