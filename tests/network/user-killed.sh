#!/bin/bash
# Whoever is killed, the program of an ordinary user's network ends with what it serves.
# modes: root
# timeout: 300
# shellcheck source=tests/support/user_network.sh
. "${0%/*}/../support/user_network.sh"
command -v pasta >/dev/null || skip "needs pasta (passt)"
command -v slirp4netns >/dev/null || skip "needs slirp4netns"
make_world
begin_user

gave_up() { [[ $(cove inspect -f '{{.RestartCount}} {{.State.Status}}' again) == '2 exited' ]]; }
attached() { find "$COVE_RUN_ROOT/attached" -mindepth 1 2>/dev/null; }
guard_pid() { pgrep -x cove-network; }
program_pid() { jq .programPid "$COVE_RUN_ROOT"/attached/*[0-9a-f]; }
# A sandbox in the background, ready when this returns; leaves $cove_pid, that of cove itself.
sandbox_runs() {
  rm -f "$t_tmp/ready"
  user "$COVE" run --network "$1" -p 8080:80 "${root_args[@]}" -- sh -c 'echo ready; sleep 1000' >"$t_tmp/ready" &
  within 10 grep -q ready "$t_tmp/ready"
  cove_pid=$!
}

for program in pasta slirp4netns; do
  # cove alone, as by Ctrl-C and by kill -9.
  for signal in INT KILL; do
    sandbox_runs "$program"
    kill "-$signal" "$cove_pid"
    wait "$cove_pid" || true
    leave_no_program
  done

  # cove and its keeper: the guard is there.
  sandbox_runs "$program"
  kill -9 "$(pgrep -x cove-keeper)" "$cove_pid"
  within 10 no_programs
  expect_ne "$(attached)" ""
  expect_status 0 cove gc
  leave_no_program

  # All of them, but the program itself.
  sandbox_runs "$program"
  left=$(program_pid)
  served=$(jq .pid "$COVE_RUN_ROOT"/attached/*[0-9a-f])
  kill -9 "$(guard_pid)" "$(pgrep -x cove-keeper)" "$cove_pid"
  kill -0 "$left"
  within 10 test ! -e "/proc/$served"
  expect_status 0 cove gc
  leave_no_program

  # The program, or its guard, alone: what it serves goes on.
  for victim in program_pid guard_pid; do
    expect_status 0 cove run -d --name web --network "$program" -p 8080:80 "${root_args[@]}" -- sleep 1000
    kill -9 "$($victim)"
    expect_status 0 cove exec web true
    expect_status 0 cove rm -f web
    leave_no_program
  done

  # A container's process and monitor, together and alone.
  for victims in init monitor both; do
    expect_status 0 cove run -d --name web --network "$program" -p 8080:80 "${root_args[@]}" -- sleep 1000
    init=$(init_pid web) monitor=$(monitor_pid web)
    [[ $victims == monitor ]] || kill -9 "$init"
    [[ $victims == init ]] || kill -9 "$monitor"
    [[ $victims == monitor ]] || within 10 no_programs
    expect_status 0 cove rm -f web
    leave_no_program
  done

  # Its own end, and its start again.
  expect_status 0 cove run --rm --name short --network "$program" -p 8080:80 "${root_args[@]}" -- true
  leave_no_program
  expect_status 0 cove run -d --name again --restart on-failure:2 --network "$program" -p 8080:80 "${root_args[@]}" -- false
  within 20 gave_up
  leave_no_program
  expect_status 0 cove rm again

  # At random moments of a start.
  for try in {1..8}; do
    user "$COVE" run --network "$program" -p 8080:80 "${root_args[@]}" -- true >/dev/null 2>&1 &
    victim=$!
    sleep "0.0$((RANDOM % 60 + 10))"
    kill -9 "$victim" 2>/dev/null || true
    wait "$victim" 2>/dev/null || true
    leave_no_program
    user "$COVE" run -d --name "c$try" --network "$program" -p 8081:80 "${root_args[@]}" -- sleep 1000 >/dev/null 2>&1 &
    victim=$!
    sleep "0.0$((RANDOM % 80 + 10))"
    kill -9 "$victim" 2>/dev/null || true
    wait "$victim" 2>/dev/null || true
    run cove rm -f "c$try"
    within 10 cove system gc
    leave_no_program
  done
done
leave_nothing
