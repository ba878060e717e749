#!/bin/bash
# exec --process FILE takes the whole process from a file, as containerd and podman call it, with --detach and
# --pid-file.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

pausing a
jq -n '{terminal: false, cwd: "/tmp", user: {uid: 5, gid: 6}, env: ["PATH=/bin", "X=y"], noNewPrivileges: true,
  args: ["sh", "-c", "pwd; id -u; id -g; echo $X; grep -c . /proc/1/cmdline; grep NoNewPrivs /proc/self/status; exit 3"],
  capabilities: {bounding: ["CAP_CHOWN"], effective: [], permitted: [], inheritable: []},
  rlimits: [{type: "RLIMIT_CORE", soft: 4096, hard: 8192}]}' >"$t_tmp/process.json"
expect_status 3 rt exec --process "$t_tmp/process.json" "${id}a"
expect_eq "$out" $'/tmp\n5\n6\ny\n1\nNoNewPrivs:\t1'

jq '.args = ["sh", "-c", "grep core /proc/self/limits | tr -s \" \"; grep CapBnd /proc/self/status; sleep 1000"]' "$t_tmp/process.json" >"$t_tmp/p2.json"
expect_status 0 rt exec --process "$t_tmp/p2.json" --detach --pid-file "$t_tmp/pid" "${id}a"
until_true grep -q CapBnd "$t_tmp/out"
expect_eq "$(<"$t_tmp/out")" $'Max core file size 4096 8192 bytes \nCapBnd:\t0000000000000001'
pid=$(<"$t_tmp/pid")
# busybox's shell runs its own applets through /proc/self/exe: for a moment the name is "exe".
until_true grep -qE '^(sh|sleep)$' "/proc/$pid/comm"
expect_eq "$(readlink "/proc/$pid/ns/pid")" "$(readlink "/proc/$(init_pid a)/ns/pid")"
kill -KILL "$pid"
echo '{"args": ["true"], "cwd": "relative"}' >"$t_tmp/bad.json"
refuses exec --process "$t_tmp/bad.json" "${id}a"
echo '{"args": ["true"' >"$t_tmp/bad.json"
refuses exec --process "$t_tmp/bad.json" "${id}a"
refuses exec --process "$t_tmp/none.json" "${id}a"
remove a
