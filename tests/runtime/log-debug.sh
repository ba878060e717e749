#!/bin/bash
# --debug adds to the log and to nothing else, in the log's format, for every command; without an error the log has none,
# and without --debug it has no line of it.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

bundle a . echo output
run "$t_runtime" --root "$state_root" --debug --log "$t_tmp/log" --log-format json run --bundle "$bundle" "${id}a"
expect_eq "$status/$out" 0/output
if [[ -s $t_tmp/log ]]; then
  jq -es 'all(.level != "error")' "$t_tmp/log" >/dev/null || fail "errors in $(<"$t_tmp/log")"
fi
is cove || exit 0

expect_eq "$err" '' "standard error beside --log"
jq -es 'all(.level == "debug" and (.time | length > 0))' "$t_tmp/log" >/dev/null || fail "not all debug: $(<"$t_tmp/log")"
# What is planned, each step of both sides with its time, and how it ended.
jq -r .msg "$t_tmp/log" >"$t_tmp/words"
for line in "container ${id}a: bundle $bundle, ociVersion 1\." 'plan: namespace pid: new' 'plan: /proc: a new proc' \
  "plan: cgroup: /sys/fs/cgroup/.*/${id}a$" 'plan: process: echo output' 'launch: parent: clone child: [0-9.]+ µs$' \
  'launch: child: pivot root: [0-9.]+ µs$' "container ${id}a: running, process [0-9]+$" \
  "container ${id}a: stopped, exit status 0" "container ${id}a: remove $state_root/${id}a"; do
  grep -Eq "$line" "$t_tmp/words" || fail "no line '$line' in $(<"$t_tmp/words")"
done

# As text, on standard error, where no file is named.
debug() { run "$t_runtime" --root "$state_root" --debug "$@" </dev/null; }
has() { grep -Eq "level=debug msg=\".*$1" <<<"$err" || fail "no debug line '$1' in: $err"; }
bundle b ".hooks = {createRuntime: [{path: \"/bin/true\"}], poststart: [{path: \"/bin/true\"}]}" "${pause_command[@]}"
expect_status 0 rt create --bundle "$bundle" "${id}b"
debug start "${id}b"; has "connect to $state_root/${id}b/start.sock"; has "poststart hook #0: run /bin/true"
debug state "${id}b"; has "container ${id}b: running, process $(init_pid b)"
debug exec "${id}b" true; has "plan: namespace mnt: join that of process"; has "process [0-9]+: ended, exit status 0"
debug ps "${id}b"; has "container ${id}b: running"
debug list; has "cove-runtime .*: list"
debug events --stats "${id}b"; has "container ${id}b: running"
debug pause "${id}b"; has "freeze \[/sys"
debug resume "${id}b"; has "thaw \[/sys"
debug update --pids-limit 50 "${id}b"; has "write limits in \[/sys"
debug kill "${id}b" TERM; has "signal 15 to process"
wait_for stopped b
debug delete "${id}b"; has "remove cgroups \[/sys"

# What failed is told, and how far the child came.
bundle c '.hooks = {createRuntime: [{path: "/bin/false"}]}' true
debug run --bundle "$bundle" "${id}c"
expect_ne "$status" 0
has "createRuntime hook #0: run /bin/false"
has "launch: child: mount filesystems: [0-9.]+ µs\""
has "container ${id}c: undone, since: .*createRuntime hook #0"

# Nothing of it without the option.
run rt run --bundle "$t_tmp/a" "${id}a"
expect_eq "$status/$out/$err" 0/output/
