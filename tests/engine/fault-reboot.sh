#!/bin/bash
# After a reboot nothing of a container is there but its files: the record says another boot, the run directory is gone,
# and its process numbers may be those of others, which nobody touches.
# shellcheck source=tests/support/engine.sh
. "${0%/*}/../support/engine.sh"

edit_state() {  # NAME FILTER [ARG]...
  local file
  file=$(record_file "$1" state.json)
  jq -c "${@:3}" "$2" "$file" >"$t_tmp/state"
  cat "$t_tmp/state" >"$file"
}
down() {  # NAME: kills all that is of the container, as a machine does that goes down
  local pid monitor
  pid=$(init_pid "$1") monitor=$(monitor_pid "$1")
  kill -9 "$monitor" "$pid"
  while kill -0 "$pid" 2>/dev/null; do sleep 0.02; done
  find /sys/fs/cgroup -depth -type d -path "*/cove-$(record_of "$1" .id | cut -c1-12)*" -exec rmdir {} + 2>/dev/null || true
}

sleep 1000 &
other=$!
detached web
expect_status 0 cove exec web touch /kept
down web
edit_state web '.bootId = "11111111-2222-3333-4444-555555555555" | .pid = $pid | .monitor = $pid' --argjson pid "$other"
rm -rf "$COVE_RUN_ROOT"
expect_status 1 cove exec web true
expect_match "$err" 'container web is exited'
expect_status 0 cove stop web
expect_eq "$(state_of web .exitCode)" 255
expect_match "$(state_of web .error)" 'nobody saw'
kill -0 "$other" || fail "somebody else's process was killed"
expect_status 0 cove start web
expect_status 0 cove exec web test -e /kept

# In the same boot a number may come again: it is told by its start time.
down web
edit_state web '.pid = $pid | .monitor = $pid' --argjson pid "$other"
expect_status 0 cove wait web
expect_eq "$out" 255
expect_status 1 cove kill web
kill -0 "$other" || fail "somebody else's process was killed"

# The run directory is lost while it runs: it cannot be attached to, but be waited for and stopped.
expect_status 0 cove start web
rm -rf "$COVE_RUN_ROOT"
expect_status 1 cove attach web
expect_match "$err" 'nobody who holds its streams'
expect_status 0 cove exec web true
cove wait web >"$t_tmp/waited" &
expect_status 0 cove stop web
wait $!
expect_eq "$(<"$t_tmp/waited")" 0
expect_eq "$(state_of web .exitCode)" 0

# What a machine that went down may leave of a file that was just written.
: >"$(record_file web state.json)"
expect_status 0 cove stop web
expect_status 0 cove start web
expect_status 0 cove exec web test -e /kept
kill "$other"
leave_nothing
