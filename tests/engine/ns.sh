#!/bin/bash
# Namespaces of containers: who is in which, a host's command in some of them, and some that are kept without a process.
# shellcheck source=tests/support/engine.sh
. "${0%/*}/../support/engine.sh"

expect_status 0 cove ns ls -q
expect_eq "$out" ""
detached one --hostname first
# As root it is in the machine's user namespace anyway.
user=()
[[ $EUID == 0 ]] || user=(--userns "pid:$(init_pid one)")
detached two --network "pid:$(init_pid one)" "${user[@]}"

expect_status 0 cove ns ls
expect_match "$out" $'^NS +TYPE +HOST +HELD AS +CONTAINERS +NETWORKS *\n'
expect_status 0 cove ns ls --format '{{.Type}} {{.NS}} {{.Host}} {{.Containers}}'
net=$(readlink "/proc/$(init_pid one)/ns/net" | tr -dc 0-9)
expect_match "$out" "net $net  one,two"
expect_match "$out" 'mnt [0-9]+  one'$'\n'
expect_match "$out" "time [0-9]+ shared one,two"
expect_status 0 cove ns ls --format json two
expect_eq "$(jq -r 'select(.Type == "net") | .Containers' <<<"$out")" one,two
expect_eq "$(jq -r 'select(.Type == "pid") | .Containers' <<<"$out")" two

# The machine's files, the container's host name and network.
expect_status 0 cove ns enter --uts --net one sh -c 'hostname; readlink /proc/self/ns/net; pwd; test -e "$0" && echo ours' "$(realpath "$0")"
expect_eq "$out" $'first\n'"net:[$net]"$'\n'"$PWD"$'\nours'
expect_status 7 cove ns enter --pid --ipc one sh -c 'exit 7'
expect_status 0 cove ns enter --pid one sh -c 'readlink /proc/self/ns/pid'
expect_eq "$out" "$(readlink "/proc/$(init_pid one)/ns/pid")"
# The container's files.
expect_status 0 cove ns enter --all one /bin/busybox sh -c 'pwd; id -u; hostname; echo $$ >/entered'
expect_match "$out" $'^/\n0\nfirst$'
expect_status 0 cove exec one sh -c 'test -s /entered'
expect_status 0 cove ns enter --mount --user one /bin/busybox test -e /entered

expect_status 125 cove ns enter one true
expect_match "$err" 'no namespace is chosen'
expect_status 1 cove ns enter --net nobody true
expect_status 127 cove ns enter --net one /nonexistent/program
expect_status 0 cove stop -t 0 two
expect_status 1 cove ns enter --net two true
expect_match "$err" 'two is exited'

if [[ $EUID != 0 ]]; then
  expect_status 1 cove ns hold --net kept
  expect_match "$err" 'needs root'
  leave_nothing
  exit
fi
let_go() { cove ns rm kept theirs >/dev/null 2>&1 || :; }
at_exit let_go
expect_status 0 cove ns hold --net --uts kept
expect_eq "$out" "$COVE_RUN_ROOT/ns/kept/uts
$COVE_RUN_ROOT/ns/kept/net"
kept=$(stat -L -c %i "$COVE_RUN_ROOT/ns/kept/net")
expect_status 1 cove ns hold --net kept
expect_match "$err" 'the name kept is taken'
expect_status 1 cove ns hold --pid other
expect_match "$err" 'hold net, uts, ipc or cgroup'
expect_status 125 cove ns hold --net ../x
expect_status 0 cove run --rm --network "ns:$COVE_RUN_ROOT/ns/kept/net" --userns host "${root_args[@]}" -- readlink /proc/self/ns/net
expect_eq "$out" "net:[$kept]"

# What is held as a whole is as it should be; what a killed `ns hold` or `ns rm` has left of one is not.
findings() { run cove system check --json; out=$(jq -r '.findings[] | select(.kind == "namespace") | .subject' <<<"$out"); }
findings
expect_eq "$out" ""
mkdir -p "$COVE_RUN_ROOT/ns/half" "$COVE_RUN_ROOT/ns/empty"
touch "$COVE_RUN_ROOT/ns/half/net"
findings
expect_eq "$(sort <<<"$out")" "$COVE_RUN_ROOT/ns/empty
$COVE_RUN_ROOT/ns/half"
run cove system gc
findings
expect_eq "$out" ""
expect_eq "$(ls "$COVE_RUN_ROOT/ns")" kept

# A mount namespace's is no obstacle to who binds the directory with all that is below.
# Linux keeps it only where one with a lower number is mounted upon, and 6.18 numbers those of each processor by themselves:
# one made by the processor that made the test's own will do.
for ((cpu = 0; cpu < $(nproc --all); cpu++)); do
  expect_status 0 taskset -c "$cpu" "$(t_cove)" run -d --name "on$cpu" --network none "${root_args[@]}" -- sleep 1000
  run cove ns hold --mount mounts --from "on$cpu"
  [[ $status != 0 ]] || break
  expect_match "$err" 'mount namespace.*newer.*first mount namespace'
  cove rm -f "on$cpu" >/dev/null
done
expect_eq "$status" 0 "hold of a mount namespace"
expect_status 0 cove run --rm -v "$COVE_RUN_ROOT:/below" "${root_args[@]}" -- ls /below/ns/mounts
expect_status 0 cove ns rm mounts
expect_status 0 cove rm -f "on$cpu"

# One that outlives its container.
expect_status 0 cove ns hold --net theirs --from one
expect_status 0 cove ns ls --format '{{.Type}} {{.NS}} {{.Held}} {{.Containers}} {{.Path}}'
expect_match "$out" "net $net theirs one $COVE_RUN_ROOT/ns/theirs/net"
expect_match "$out" "net $kept kept  "
expect_status 0 cove stop -t 0 one
expect_status 0 cove ns ls --format '{{.Type}} {{.NS}} {{.Held}}'
expect_match "$out" "net $net theirs"
expect_status 0 cove ns rm theirs kept
expect_status 0 cove ns ls
expect_eq "$(wc -l <<<"$out")" 1
expect_status 1 cove ns rm kept
expect_match "$err" 'no namespace is held as kept'
expect_eq "$(find "$COVE_RUN_ROOT/ns" -mindepth 1)" ""
leave_nothing
