#!/bin/bash
# kill -9 of the runtime at random moments of create and run: delete --force then leaves no process, cgroup, mount or
# state. (crun and runc fail this about every second time.)
# runtimes: cove
# timeout: 600
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

rounds=${COVE_KILL_ROUNDS:-40}
bundle a . "${pause_command[@]}"
left=0
cat >"$t_tmp/killed.py" <<'END'
import subprocess, sys, time
number, span, *command = sys.argv[1:]
child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
time.sleep(int(number) % int(span) / 1e6)
child.kill()
child.wait()
END
RANDOM=4711
for ((round = 0; round < rounds; round++)); do
  verb=create
  ((round % 2)) || verb="run --detach"
  # cove is done in two milliseconds, the others in up to sixty: the range covers all of it.
  if is cove; then span=4000; else span=60000; fi
  # shellcheck disable=SC2086  # words
  python3 "$t_tmp/killed.py" $((RANDOM * 32768 + RANDOM)) $span \
    "$t_runtime" --root "$state_root" $verb --bundle "$bundle" "${id}a"
  run timeout 20 "$t_runtime" --root "$state_root" delete --force "${id}a"
  if [[ $status != 0 ]] || ! t_runtime_check 2>"$t_tmp/why"; then
    left=$((left + 1))
    echo "round $round ($verb): status $status, $err; $(cut -c1-300 "$t_tmp/why" 2>/dev/null)" >&2
    t_clear
  fi
done
echo "$left of $rounds rounds left something"
expect_eq "$left" 0 "rounds that left something"
