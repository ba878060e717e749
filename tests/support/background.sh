# Sandboxes that run while the test does something else. Sourced by lib.sh.
# shellcheck shell=bash disable=SC2034,SC2154

t_background_count=0

# background ARG...: runs `cove ARG...` in the background and waits until its command has printed something, as
# "echo ready". Leaves $cove_pid, and $inside_pid: the sandbox's first process as this test sees it. What it prints goes
# to $background_out and $background_err (files). At the end of the test it is ended.
background() {
  local try child
  t_background_count=$((t_background_count + 1))
  background_out=$t_tmp/background-$t_background_count.out
  background_err=$t_tmp/background-$t_background_count.err
  "$(t_cove)" "$@" >"$background_out" 2>"$background_err" &
  cove_pid=$!
  at_exit end_background "$cove_pid"
  for ((try = 0; try < 500; try++)); do
    [[ ! -s $background_out ]] || break
    [[ -d /proc/$cove_pid ]] || break
    sleep 0.02
  done
  [[ -s $background_out ]] || fail "$*: the command did not start; errors: $(<"$background_err")"
  inside_pid=''
  for child in $(<"/proc/$cove_pid/task/$cove_pid/children"); do
    [[ $(<"/proc/$child/comm") == cove-keeper ]] || inside_pid=$child
  done
}

# await_command PID NAME: waits until the first process in the sandbox of the cove PID is called NAME. Where a shell
# becomes the command: before that it catches SIGINT and ignores SIGQUIT, which is its right.
await_command() {
  local try child
  for ((try = 0; try < 500; try++)); do
    for child in $(<"/proc/$1/task/$1/children"); do
      [[ $(<"/proc/$child/comm") != "$2" ]] || return 0
    done
    sleep 0.02
  done
  fail "$2 did not start"
}

# end_background [PID]: kills the command of the last sandbox, or of the cove PID, and waits for cove.
end_background() {
  local child pid=${1:-$cove_pid}
  [[ -d /proc/$pid ]] || return 0
  for child in $(<"/proc/$pid/task/$pid/children"); do
    [[ $(<"/proc/$child/comm") == cove-keeper ]] || kill -KILL "$child"
  done
  wait "$pid" || true
}
