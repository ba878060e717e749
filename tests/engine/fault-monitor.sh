#!/bin/bash
# The monitor is killed: the container goes on, whoever waits hears of its end, whoever is attached is told, and the next
# start has a monitor again. A client that is killed takes nothing with it.
# shellcheck source=tests/support/engine.sh
. "${0%/*}/../support/engine.sh"

detached web
cove wait web >"$t_tmp/waited" &
waiting=$!
cove attach --no-stdin --sig-proxy=false web >"$t_tmp/attached" 2>&1 &
attached=$!
within 5 sh -c "[ \$(ls /proc/$(monitor_pid web)/fd | wc -l) -gt 8 ]"
monitor=$(monitor_pid web)
kill -9 "$monitor"
within 5 grep -q 'its monitor was killed' "$t_tmp/attached"
expect_status 0 cove exec web true
expect_status 1 cove attach web
expect_match "$err" 'nobody who holds its streams'
kill -0 "$waiting" || fail "wait came back while the container runs"
expect_status 0 cove stop web
wait "$waiting"
expect_eq "$(<"$t_tmp/waited")" 255
wait "$attached" || expect_eq "$?" 255
expect_match "$(state_of web .error)" 'nobody saw'
expect_status 0 cove start web
expect_ne "$(monitor_pid web)" "$monitor"
expect_status 0 cove stop web
expect_eq "$(state_of web .exitCode)" 0

# A client of `run --rm`: killed, hung up, stopped.
cove run --rm --name gone "${root_args[@]}" -- sleep 1000 >/dev/null 2>&1 &
client=$!
within 5 cove exec gone true
kill -STOP "$client"
expect_status 0 cove exec gone true
kill -9 "$client"
wait "$client" 2>/dev/null || true
expect_status 0 cove exec gone true
expect_status 0 cove kill gone
within 5 sh -c '! test -e "$COVE_DATA_ROOT/names/gone"'

# Without its monitor one that is to be removed at its end is so by whoever finds it ended.
expect_status 0 cove run -d --rm --name brief "${root_args[@]}" -- sleep 1000
kill -9 "$(monitor_pid brief)"
expect_status 0 cove exec brief true
kill -9 "$(init_pid brief)"
within 5 sh -c '! "$COVE" exec brief true'
run cove stop brief
expect_status 1 cove start brief
expect_match "$err" 'no such container: brief'
leave_nothing
