#!/bin/bash
# Restart policies: after which end a container comes back, how often, and that stop keeps it from doing so, also between
# two tries. After a reboot `system start` starts what its policy wants.
# shellcheck source=tests/support/engine.sh
. "${0%/*}/../support/engine.sh"

phase_becomes() { within 20 sh -c '[ "$(jq -r .phase "'"$(record_file "$1" state.json)"'")" = '"$2"' ]'; }
tries() { cove exec "$1" wc -l /tries 2>/dev/null || true; }

# on-failure: as often as it says; not after a success.
expect_status 0 cove run -d --name twice --restart on-failure:2 "${root_args[@]}" -- sh -c 'echo x >>/tries; exit 7'
phase_becomes twice exited
within 5 sh -c '[ "$(jq -r .exitCode "'"$(record_file twice state.json)"'")" = 7 ]'
expect_eq "$(state_of twice .restartCount)" 2
expect_status 0 cove wait twice
expect_eq "$out" 7
expect_status 0 cove run -d --name once --restart on-failure "${root_args[@]}" -- true
expect_status 0 cove wait once
expect_eq "$out" 0
expect_eq "$(state_of once '.restartCount // 0')" 0

# always: until it is stopped, be it between two tries.
expect_status 0 cove run -d --name ever --restart always "${root_args[@]}" -- sh -c 'exit 0'
within 20 sh -c '[ "$(jq -r .restartCount "'"$(record_file ever state.json)"'")" -ge 3 ]'
phase_becomes ever restarting
expect_status 0 cove start ever
expect_status 0 cove stop ever
expect_eq "$(state_of ever .phase)" exited
expect_eq "$(state_of ever .stopRequested)" true
within 5 sh -c '! pgrep -x cove-monitor'
expect_eq "$(state_of ever .phase)" exited "phase after the monitor has gone"

# A killed process 1 comes back; a killed container (cove kill) does not.
detached back --restart unless-stopped
first=$(init_pid back)
kill -9 "$first"
within 20 sh -c '"$COVE" exec back true'
expect_ne "$(init_pid back)" "$first"
expect_status 0 cove kill back
expect_eq "$(state_of back .phase)" exited

# By hand, as a reboot does; a process that was killed is in it for a moment longer.
cgroup_goes() {
  local path
  path=/sys/fs/cgroup*/cove-$(record_of "$1" .id | cut -c1-12)
  find /sys/fs/cgroup -depth -type d -path "$path*" -exec rmdir {} + 2>/dev/null || true
  [[ -z $(find /sys/fs/cgroup -type d -path "$path") ]]
}

# After a reboot: `always` also if it had been stopped, `unless-stopped` only if not, `on-failure` if it ran.
detached kept --restart unless-stopped
detached failed --restart on-failure
detached plain
for name in kept failed plain; do
  kill -9 "$(monitor_pid $name)" "$(init_pid $name)"
  jq -c '.bootId = "11111111-2222-3333-4444-555555555555"' "$(record_file $name state.json)" >"$t_tmp/state"
  cat "$t_tmp/state" >"$(record_file $name state.json)"
  within 10 cgroup_goes $name
done
rm -rf "$COVE_RUN_ROOT"
expect_status 0 cove system start
expect_eq "$(sort <<<"$out" | paste -sd' ')" "ever failed kept"
expect_status 0 cove exec kept true
expect_status 0 cove exec failed true
expect_status 1 cove exec plain true
expect_status 1 cove exec back true
expect_status 0 cove stop ever
expect_status 0 cove system start
expect_eq "$out" ever "started by a second start"

# `system stop`, before a reboot: all at once, and each gets its time. Then they count as having run; those that are stopped or
# killed later, or had been, do not.
rm_all=(ever kept failed plain back twice once)
expect_status 0 cove rm -f "${rm_all[@]}"
detached fast --restart on-failure
detached plain
expect_status 0 cove run -d --name slow --restart unless-stopped "${root_args[@]}" -- \
  sh -c 'trap "sleep 1; echo bye >/bye; exit 3" TERM; while :; do sleep 0.1; done'
expect_status 0 cove run -d --name deaf --restart always --stop-timeout 2 "${root_args[@]}" -- \
  sh -c 'trap "" TERM; while :; do sleep 0.1; done'
detached gone --rm
expect_status 0 cove run -d --name tries --restart always "${root_args[@]}" -- false
phase_becomes tries restarting
detached before --restart unless-stopped
expect_status 0 cove stop before
detached later --restart unless-stopped
expect_status 0 cove exec slow true
expect_status 0 cove system stop
expect_match "$(sort <<<"$out" | paste -sd' ')" '^deaf fast gone later plain slow( tries)?$'
for name in fast plain slow deaf later tries; do expect_eq "$(state_of $name .phase)" exited "phase of $name"; done
expect_eq "$(state_of slow .exitCode)" 3 "it had its time"
expect_eq "$(state_of deaf .exitCode)" 137
expect_status 1 cove inspect gone
expect_status 0 cove stop later
expect_status 0 cove system stop
expect_eq "$out" "" "nothing runs any more"
expect_status 0 cove system start
expect_eq "$(sort <<<"$out" | paste -sd' ')" "deaf fast slow tries"
expect_status 0 cove exec slow cat /bye
expect_status 1 cove exec later true
# The same for one whose monitor is told to end, as systemd does with what a session has left.
expect_status 0 cove exec deaf true
kill -TERM "$(monitor_pid slow)" "$(monitor_pid deaf)"
for name in slow deaf; do phase_becomes $name exited; done
expect_eq "$(state_of slow .exitCode)" 3 "it had its time"
expect_eq "$(state_of deaf .exitCode)" 137
expect_status 0 cove system start
expect_eq "$(sort <<<"$out" | paste -sd' ')" "deaf slow"
# Or that was killed between two tries: the sixth wait takes seconds.
expect_status 0 cove run -d --name hopeless --restart on-failure "${root_args[@]}" -- false
within 20 sh -c '[ "$(jq -r .restartCount "'"$(record_file hopeless state.json)"'")" -ge 6 ]'
kill -9 "$(monitor_pid hopeless)"
expect_status 0 cove system stop hopeless
expect_eq "$(state_of hopeless .phase)" exited
expect_status 0 cove system start
expect_eq "$out" hopeless
expect_status 0 cove rm -f hopeless
expect_status 0 cove stop slow
expect_status 0 cove system start
expect_eq "$(state_of slow .phase)" exited "phase of one that was stopped for good"
leave_nothing
