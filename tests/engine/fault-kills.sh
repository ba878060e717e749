#!/bin/bash
# A random process of cove's (command, launcher, monitor, helper) is killed at a random moment while containers are
# created, run, entered, stopped and removed. Whatever was killed: the next command works and tells the truth, and when
# all is removed nothing is left. COVE_KILL_ROUNDS: how many (40).
# timeout: 600
# shellcheck source=tests/support/engine.sh
. "${0%/*}/../support/engine.sh"

rounds=${COVE_KILL_ROUNDS:-40}
RANDOM=${COVE_KILL_SEED:-$$}
echo "seed ${COVE_KILL_SEED:-$$}"

commands=(
  "cove run -d --name box ${root_args[*]@Q} -- sleep 1000"
  "cove run -d --name box --log-driver none ${root_args[*]@Q} -- sleep 1000"
  "cove run --rm --name box ${root_args[*]@Q} -- true"
  "cove run -d --name box --restart always ${root_args[*]@Q} -- sh -c 'sleep 0.05; exit 3'"
  "cove create --name box ${root_args[*]@Q} -- sleep 1000"
  "cove start box"
  "cove stop -t 0 box"
  "cove exec box true"
  "cove restart -t 0 box"
  "cove rm -f box"
)

# Kills one of the processes of cove that are there, which are all in this PID namespace: at first the one that was
# started last, else any.
kill_one() {
  local pids=() entry name
  for entry in /proc/[0-9]*; do
    { read -r name <"$entry/comm"; } 2>/dev/null || continue
    case $name in cove | exe | cove-monitor | cove-keeper) pids+=("${entry#/proc/}") ;; esac
  done
  ((${#pids[@]} == 0)) || kill -9 "${pids[RANDOM % ${#pids[@]}]}" 2>/dev/null || true
}

# What must hold whatever was killed.
check_truth() {  # WHAT
  local phase pid
  # Looks at it, and so mends it; there may be no such container.
  run cove stop -t 0 box
  [[ $status == 0 || $err == *'no such container'* ]] || fail "$1: stop: $err"
  if [[ $status != 0 ]]; then
    [[ ! -L $COVE_DATA_ROOT/names/box ]] || fail "$1: a name without a container"
    return
  fi
  phase=$(state_of box .phase)
  expect_match "$phase" '^(created|exited)$' "$1: phase after stop"
  pid=$(state_of box '.pid // 0')
  expect_eq "$pid" 0 "$1: pid after stop"
}

leftovers_snapshot
for ((round = 0; round < rounds; ++round)); do
  command=${commands[RANDOM % ${#commands[@]}]}
  eval "$command" >/dev/null 2>&1 &
  child=$!
  sleep "0.0$((RANDOM % 10))$((RANDOM % 10))"
  kill_one
  ((RANDOM % 3)) || kill_one
  # Not a hang either.
  for _ in {1..300}; do
    kill -0 "$child" 2>/dev/null || break
    sleep 0.1
  done
  ! kill -0 "$child" 2>/dev/null || fail "round $round: hangs: $command"
  wait "$child" 2>/dev/null || true
  ((round % 2)) || check_truth "round $round: $command"
done

check_truth "at the end"
run cove rm -f -v box
run cove system gc
expect_eq "$(find "$COVE_DATA_ROOT/containers" "$COVE_RUN_ROOT/containers" "$COVE_DATA_ROOT/names" -mindepth 1 2>/dev/null)" "" \
  "files that are left"
leftovers_check
