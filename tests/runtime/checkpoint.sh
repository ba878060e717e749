#!/bin/bash
# checkpoint asks the program criu (here a stand-in that tells what it was asked): its request, its end, its failure.
# runtimes: cove
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"
command -v python3 >/dev/null || skip "needs python3"

cp "$t_support/fake-criu" "$t_tmp/criu"
checkpoint() { rt --criu "$t_tmp/criu" checkpoint --image-path "$t_tmp/image" "$@" "${id}a"; }
asked() { grep -qx -- "$1" "$t_tmp/request" || fail "not asked for $1: $(<"$t_tmp/request")"; }
# shellcheck disable=SC2016
pausing a '.mounts += [{destination: "/data", type: "bind", source: $tmp, options: ["rbind"]}] | .linux.maskedPaths = ["/proc/version", "/proc/tty"]'
pid=$(init_pid a)
echo "(00.1) Error (criu/x.c:1): no way" >"$t_tmp/fail"
refuses --criu "$t_tmp/criu" checkpoint --image-path "$t_tmp/image" "${id}a"
expect_match "$err" 'criu dump failed: .*Error .criu/x.c:1.: no way'
expect_eq "$(state_of a)" running
rm "$t_tmp/fail"
touch "$t_tmp/die"
refuses --criu "$t_tmp/criu" checkpoint --work-path "$t_tmp/none" --image-path "$t_tmp/image" "${id}a"
expect_match "$err" 'criu dump failed .exit status 3.'
rm "$t_tmp/die"
expect_status 0 checkpoint --leave-running --work-path "$t_tmp/work"
for line in "type 1" "pid $pid" "leave_running 1" "log_file dump.log" "external mnt\[/data\]:/data" \
  "external mnt\[/proc/version\]:/dev/null" "images $t_tmp/image" "work $t_tmp/work" "orphan_pts_master 1"; do
  asked "$line"
done
! grep -q /proc/tty "$t_tmp/request" || fail "a directory that is masked is no file from outside"
expect_eq "$(state_of a)" running
expect_eq "$(stat -c %a "$t_tmp/image")" 700
expect_eq "$(jq -r length "$t_tmp/image/descriptors.json")" 3
expect_status 0 checkpoint --pre-dump --page-server 127.0.0.1:9
asked "type 4"
asked "ps 127.0.0.1 9"
expect_eq "$(state_of a)" running
# The earlier images are found from those that are to be made.
mkdir "$t_tmp/first"
expect_status 0 checkpoint --leave-running --parent-path ../first --image-path "$t_tmp/second"
asked "parent_img ../first"
refuses --criu "$t_tmp/criu" checkpoint --image-path "$t_tmp/third" --parent-path ../nowhere "${id}a"
expect_match "$err" '--parent-path .*nowhere.*there is no such directory'
exec 5>"$t_tmp/status"
expect_status 0 checkpoint --leave-running --status-fd 5
exec 5>&-
expect_eq "$(od -An -tx1 "$t_tmp/status")" " 00"
expect_status 0 checkpoint
gone a || fail "it is left after its checkpoint"
refuses --criu "$t_tmp/criu" checkpoint "${id}a"
