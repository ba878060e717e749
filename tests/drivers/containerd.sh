#!/bin/bash
# containerd with ctr --runc-binary and its runc shim: the life of a container and its tasks; at the end nothing is left.
# shellcheck source=tests/support/drivers.sh
. "${0%/*}/../support/drivers.sh"

need_programs containerd ctr containerd-shim-runc-v2
socket=$d_tmp/containerd.sock
cat >"$d_tmp/containerd.toml" <<END
version = 2
root = "$d_tmp/root"
state = "/run/containerd-test"
disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs",
  "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.aufs", "io.containerd.internal.v1.opt"]
[grpc]
address = "$socket"
END
ctr() { command ctr --address "$socket" --namespace cove "$@"; }
run_ctr() { ctr run --runc-binary "$runtime" "$@"; }
# ctr forgets --runc-binary when it is given --uidmap as well (1.6): then the shim takes the runc in its PATH.
mkdir "$d_tmp/bin"
printf '#!/bin/sh\nexec "%s" "$@"\n' "$runtime" >"$d_tmp/bin/runc"
chmod +x "$d_tmp/bin/runc"
export PATH=$d_tmp/bin:$PATH
start_registry
service containerd containerd --config "$d_tmp/containerd.toml"
until_true 20 ctr version
ctr images pull --plain-http "$image" >"$d_tmp/pull.log" 2>&1 || fail "pull: $(<"$d_tmp/pull.log")"
run_ctr --rm "$image" warm-up true || fail "nothing runs: $(tail -n 5 "$d_tmp/containerd.log")"
# The parent of the containers' cgroups, which runc leaves and others remove when it is empty.
d_ignore='^cgroup /sys/fs/cgroup/[a-z]+/cove$'
snapshot "$d_tmp/before"

after_failure() {
  local name
  for name in $(ctr tasks ls -q); do ctr tasks rm -f "$name"; done
  for name in $(ctr containers ls -q); do ctr containers rm "$name"; done
}
task_status() { ctr tasks ls | awk -v name="$1" '$1 == name { print $3 }'; }
in_status() { [[ $(task_status "$1") == "$2" ]]; }
# A detached container that writes to a file: start NAME COMMAND...
start() {
  local name=$1
  shift
  run_ctr --detach --log-uri "file://$d_tmp/$name.log" "$image" "$name" "$@"
}
says() { grep -q "$2" "$d_tmp/$1.log"; }
remove() { ctr tasks rm -f "$1"; ctr containers rm "$1"; }

check_run() {
  expect_status 0 run_ctr --rm "$image" r sh -c 'echo "$FROM_IMAGE"; pwd; id -u; cat /proc/1/comm; true'
  expect_eq "$out" $'yes\n/tmp\n0\nsh'
  expect_status 0 run_ctr --rm --env A=b --cwd /usr "$image" r sh -c 'echo "$A"; pwd'
  expect_eq "$out" $'b\n/usr'
}
check_runtime_is_used() {
  start u sleep 1000
  # The shim keeps its notes in the bundle; the runtime its state below /run/containerd/runc.
  [[ $(<"/run/containerd-test/io.containerd.runtime.v2.task/cove/u/options.json") == *"$runtime"* ]] ||
    [[ -d /run/containerd/runc/cove/u ]] || fail "no state in /run/containerd/runc"
  expect_status 0 "$runtime" --root /run/containerd/runc/cove list -q
  expect_eq "$out" u
  remove u
}
check_exit_status() {
  expect_status 7 run_ctr --rm "$image" r sh -c 'exit 7'
  expect_status 1 run_ctr --rm "$image" r /no/such/program
  expect_match "$out" 'no such file|not found'
  [[ -z $(ctr tasks ls -q) ]] || fail "a task is left"
}
check_tty() {
  PYTHONPATH=$d_support python3 - ctr --address "$socket" --namespace cove run --runc-binary "$runtime" --rm --tty "$image" t sh <<'END'
from terminal import Terminal, argv, expect_eq
terminal = Terminal(argv, rows=30, columns=100)
terminal.expect(r"[#$] ")
terminal.type("stty size; tty\n")
terminal.expect(r"30 100\r+\n.*/dev/pts/0")
terminal.resize(20, 90)
terminal.type("sleep 0.5; stty size\n")
terminal.expect(r"20 90\r+\n")
terminal.type("exit 4\n")
expect_eq(terminal.wait(20), 4, "exit status")
END
}
check_exec() {
  start e sleep 1000
  expect_status 0 ctr tasks exec --exec-id x1 e sh -c 'echo "$FROM_IMAGE"; cat /proc/1/comm'
  expect_eq "$out" $'yes\nsleep'
  expect_status 0 ctr tasks exec --exec-id x2 --cwd /usr e pwd
  # Not --user: ctr mounts the container's snapshot a second time to look it up, which breaks the overlay in use.
  expect_eq "$out" /usr
  expect_status 9 ctr tasks exec --exec-id x3 e sh -c 'exit 9'
  expect_status 1 ctr tasks exec --exec-id x4 e /no/such/program
  ctr tasks exec --exec-id x5 --detach e sh -c 'touch /tmp/made; sleep 1000'
  made() { ctr tasks exec --exec-id "try-$RANDOM" e test -e /tmp/made; }
  until_true 5 made
  expect_terminal ctr --address "$socket" --namespace cove tasks exec --exec-id x7 --tty e sh
  remove e
}
check_attach() {
  start a sh -c 'trap "exit 6" TERM; while :; do sleep 0.1; done'
  ctr tasks attach a >"$d_tmp/attached" 2>&1 &
  sleep 0.5
  ctr tasks kill --signal TERM a
  until_true 10 in_status a STOPPED
  remove a
  wait
}
check_logs() {
  start l sh -c 'echo out; echo err >&2'
  until_true 10 in_status l STOPPED
  expect_eq "$(sort "$d_tmp/l.log" | paste -sd ' ')" 'err out'
  remove l
}
check_kill() {
  start k sh -c 'trap "echo got-usr1" USR1; trap "exit 5" TERM; echo ready; while :; do sleep 0.1; done'
  until_true 10 says k ready
  ctr tasks kill --signal SIGUSR1 k
  until_true 5 says k got-usr1
  ctr tasks kill k
  until_true 10 in_status k STOPPED
  expect_status 0 ctr tasks rm k
  expect_match "$out" 'exit code 5'
  ctr containers rm k
  start k2 sh -c 'trap "" TERM; sleep 1000 & sleep 1000 & wait; wait'
  ctr tasks kill --all --signal SIGKILL k2
  until_true 10 in_status k2 STOPPED
  remove k2
}
check_pause() {
  start p sh -c 'while :; do echo x; sleep 0.05; done'
  ctr tasks pause p
  expect_eq "$(task_status p)" PAUSED
  before=$(wc -l <"$d_tmp/p.log")
  sleep 0.4
  expect_eq "$(wc -l <"$d_tmp/p.log")" "$before" "lines while paused"
  run_paused=0
  ctr tasks exec --exec-id while-paused p true >"$d_tmp/paused" 2>&1 || run_paused=$?
  [[ $run_paused != 0 ]] || fail "exec in a paused container"
  ctr tasks resume p
  more() { [[ $(wc -l <"$d_tmp/p.log") -gt $before ]]; }
  until_true 5 more
  remove p
}
check_ps_and_metrics() {
  start m sh -c 'sleep 1000 & wait'
  expect_status 0 ctr tasks ps m
  [[ $(grep -cE '^[0-9]+' <<<"$out") == 2 ]] || fail "not two processes: $out"
  expect_status 0 ctr tasks metrics --format json m
  expect_match "$out" '"(pids|Pids)":'
  expect_match "$out" '"(usage|memory)"'
  remove m
}
check_limits() {
  run_ctr --detach --memory-limit 67108864 --cpus 0.5 "$image" limited sleep 1000
  expect_eq "$(<"/sys/fs/cgroup/memory/cove/limited/memory.limit_in_bytes")" 67108864
  expect_eq "$(<"/sys/fs/cgroup/cpu/cove/limited/cpu.cfs_quota_us")" 50000
  remove limited
}
check_out_of_memory() {
  timeout 20 ctr --address "$socket" --namespace cove events >"$d_tmp/events" 2>/dev/null &
  events=$!
  sleep 0.3
  run_ctr --rm --memory-limit 16777216 "$image" oom sh -c 'dd if=/dev/zero of=/dev/null bs=64M count=1; sleep 0.5' || true
  until_true 5 grep -q '/tasks/oom' "$d_tmp/events"
  kill "$events"
}
check_security() {
  expect_status 0 run_ctr --rm --cap-drop CAP_CHOWN --cap-add CAP_NET_ADMIN --no-pivot=false "$image" r \
    grep -E 'CapEff' /proc/self/status || fail "$out"
  expect_match "$out" '00000000a80435fa'
  expect_status 0 run_ctr --rm --seccomp "$image" r grep Seccomp: /proc/self/status
  expect_match "$out" '2$'
  expect_status 0 run_ctr --rm --read-only "$image" r sh -c 'touch /x || echo refused'
  expect_match "$out" refused
  expect_status 0 run_ctr --rm --privileged "$image" r sh -c 'mount -t tmpfs x /mnt && echo mounted'
  expect_eq "$out" mounted
}
check_mounts_and_devices() {
  mkdir "$d_tmp/volume"
  expect_status 0 run_ctr --rm --mount "type=bind,src=$d_tmp/volume,dst=/v,options=rbind:rw" \
    --mount "type=bind,src=$d_tmp/volume,dst=/ro,options=rbind:ro" --device /dev/fuse "$image" r \
    sh -c 'echo text >/v/file; cat /ro/file; touch /ro/x || echo refused; stat -c %F /dev/fuse'
  expect_match "$out" text
  expect_match "$out" refused
  expect_match "$out" 'character special file'
}
check_namespaces() {
  expect_status 0 run_ctr --rm "$image" r ls /sys/class/net
  expect_eq "$out" lo
  expect_status 0 run_ctr --rm --net-host "$image" r readlink /proc/self/ns/net
  expect_eq "$out" "$(readlink /proc/self/ns/net)"
  start n sleep 1000
  pid=$(ctr tasks ls | awk '$1 == "n" { print $2 }')
  expect_status 0 run_ctr --rm --with-ns "network:/proc/$pid/ns/net" "$image" r readlink /proc/self/ns/net
  expect_eq "$out" "$(readlink "/proc/$pid/ns/net")"
  remove n
}
check_user_namespace() {
  expect_status 0 run_ctr --rm --uidmap 0:100000:65536 --gidmap 0:100000:65536 "$image" r \
    sh -c 'tr -s " " </proc/self/uid_map; touch /tmp/x; stat -c %u /tmp/x'
  expect_eq "$out" $' 0 100000 65536\n0'
}
check_checkpoint() {
  need_criu
  start c sh -c 'i=0; while :; do i=$((i + 1)); echo $i; sleep 0.1; done'
  ctr tasks checkpoint c --image-path "$d_tmp/checkpoint"
  remove c
}
check_shim_killed() {
  start s sleep 1000
  shim=$(pgrep -f "containerd-shim-runc-v2 .*-id s( |\$)")
  kill -KILL "$shim"
  # containerd notices, and has the runtime delete the container by force.
  cleaned() { [[ -z $("$runtime" --root /run/containerd/runc/cove list -q) ]]; }
  until_true 15 cleaned
  ctr tasks rm -f s || true
  ctr containers rm s
}
check_many() {
  jobs=()
  for n in 1 2 3 4 5 6; do start "m$n" sleep 1000 & jobs+=($!); done
  for job in "${jobs[@]}"; do wait "$job"; done
  expect_eq "$(ctr tasks ls -q | sort | paste -sd ' ')" 'm1 m2 m3 m4 m5 m6'
  for n in 1 2 3 4 5 6; do remove "m$n"; done
}
check_nothing_left() {
  expect_eq "$(ctr tasks ls -q)$(ctr containers ls -q)" ''
  expect_eq "$(ls -A /run/containerd/runc/cove 2>/dev/null)" ''
  expect_nothing_left "$d_tmp/before"
}
run_checks
