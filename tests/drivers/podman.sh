#!/bin/bash
# podman --runtime: what a user of podman does, with the runtime underneath; at the end nothing is left.
# shellcheck source=tests/support/drivers.sh
. "${0%/*}/../support/drivers.sh"

need_programs podman conmon
[[ -x /usr/lib/podman/netavark ]] || skip "netavark is not installed"
configure_podman
# shellcheck source=tests/support/podman.sh
. "$d_support/podman.sh"
start_registry
podman pull --quiet --tls-verify=false "$image" >"$d_tmp/pull.log" 2>&1 || fail "pull: $(<"$d_tmp/pull.log")"
podman run --rm "$image" true || true  # makes the networks' state
# podman leaves the cgroups of pods, which it makes itself, in the hierarchies that it does not know.
d_ignore='^cgroup /sys/fs/cgroup/(systemd|unified)/libpod_parent(/[0-9a-f]{64})?$'
snapshot "$d_tmp/before"

check_run() {
  expect_status 0 podman run --rm "$image" sh -c 'echo "$FROM_IMAGE"; pwd; id -u'
  expect_eq "$out" $'yes\n/tmp\n0'
  expect_status 0 podman run --rm --user 1000:1000 --env A=b --workdir /usr --hostname other "$image" \
    sh -c 'echo "$A"; pwd; id -u; hostname'
  expect_eq "$out" $'b\n/usr\n1000\nother'
  expect_status 0 podman info --format "{{.Host.OCIRuntime.Path}}"
  expect_eq "$out" "$runtime"
}
check_exit_status() {
  expect_status 7 podman run --rm "$image" sh -c 'exit 7'
  expect_status 127 podman run --rm "$image" /no/such/program
  expect_status 126 podman run --rm "$image" /etc/passwd
}
check_stdin() {
  expect_eq "$(echo typed | podman run --rm -i "$image" cat)" typed
}
check_tty() { podman_tty; }
check_exec() { podman_exec; }
check_attach() { podman_attach; }
check_logs() {
  podman run -d --name l "$image" sh -c 'echo out; echo err >&2'
  expect_status 0 podman wait l
  expect_eq "$(podman logs l 2>/dev/null)/$(podman logs l 2>&1 >/dev/null)" out/err
  podman rm l
}
check_stop() {
  podman run -d --name s "$image" sh -c 'trap "echo stopping; exit 5" TERM; echo ready; while :; do sleep 0.1; done'
  until_true 10 says s ready
  podman stop s
  expect_eq "$(podman inspect --format '{{.State.ExitCode}}' s)" 5
  expect_match "$(output s)" stopping
  podman rm s
  podman run -d --name stubborn "$image" sh -c 'trap "" TERM; echo ready; while :; do sleep 0.1; done'
  until_true 10 says stubborn ready
  podman stop -t 1 stubborn
  expect_eq "$(podman inspect --format '{{.State.ExitCode}}' stubborn)" 137
  podman rm stubborn
}
check_kill() {
  podman run -d --name k "$image" sh -c 'trap "echo got-usr1" USR1; echo ready; while :; do sleep 0.1; done'
  until_true 10 says k ready
  podman kill --signal USR1 k
  until_true 5 says k got-usr1
  podman kill k
  until_true 5 in_status k exited
  podman rm k
}
check_pause() {
  podman run -d --name p "$image" sh -c 'while :; do echo x; sleep 0.05; done'
  podman pause p
  expect_eq "$(status_of p)" paused
  before=$(output p | wc -l)
  sleep 0.4
  expect_eq "$(output p | wc -l)" "$before" "lines while paused"
  podman unpause p
  more() { [[ $(output p | wc -l) -gt $before ]]; }
  until_true 5 more
  podman rm -f -t 0 p
}
check_restart() {
  podman run -d --name r "$image" sh -c 'echo started; trap "exit 0" TERM; while :; do sleep 0.1; done'
  until_true 10 says r started
  podman restart -t 2 r
  twice() { [[ $(output r | grep -c started) == 2 ]]; }
  until_true 10 twice
  podman rm -f -t 0 r
  podman run -d --restart=on-failure:2 --name again "$image" sh -c 'echo once; exit 1'
  thrice() { [[ $(output again | grep -c once) == 3 ]]; }
  until_true 20 thrice
  until_true 10 in_status again exited
  podman rm again
}
check_top_and_stats() {
  podman run -d --name t --memory 64m "$image" sleep 1000
  expect_match "$(podman top t)" sleep
  expect_match "$(podman stats --no-stream --format '{{.Name}} {{.PIDs}} {{.MemUsage}}' t)" '^t 1 .* / (64|67)'
  podman rm -f -t 0 t
}
check_health() {
  podman run -d --name h --health-cmd 'test -e /tmp/healthy' --health-interval disable "$image" sleep 1000
  expect_status 1 podman healthcheck run h
  podman exec h touch /tmp/healthy
  expect_status 0 podman healthcheck run h
  podman rm -f -t 0 h
}
check_limits() {
  expect_status 0 podman run --rm --memory 64m --pids-limit 40 --cpus 0.5 "$image" \
    sh -c 'cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/pids/pids.max /sys/fs/cgroup/cpu/cpu.cfs_quota_us'
  expect_eq "$out" $'67108864\n40\n50000'
  expect_status 0 podman run --rm --ulimit nofile=100:200 --ulimit nproc=1000:1000 "$image" sh -c 'ulimit -n; ulimit -Hn'
  expect_eq "$out" $'100\n200'
}
check_update() {
  podman update --help >/dev/null 2>&1 || skip "this podman has no update command"
  podman run -d --name u "$image" sleep 1000
  podman update --memory 100m u
  expect_status 0 podman exec u cat /sys/fs/cgroup/memory/memory.limit_in_bytes
  expect_eq "$out" 104857600
  podman rm -f -t 0 u
}
check_out_of_memory() {
  podman run --name oom --memory 16m --memory-swap 16m "$image" \
    sh -c 'dd if=/dev/zero of=/dev/null bs=64M count=1; echo "dd: $?"; sleep 0.5; exit 9' || true
  expect_match "$(output oom)" 'dd: 137'
  # On cgroup v1 conmon 2.1.6 leaves its note for podman in the working directory, where podman 4.3 does not look.
  [[ -e $d_tmp/oom ]] || expect_eq "$(podman inspect --format '{{.State.OOMKilled}}' oom)" true
  expect_eq "$(podman inspect --format '{{.State.ExitCode}}' oom)" 9
  podman rm oom
}
check_out_of_pids() {
  out=$(podman run --rm --pids-limit 12 "$image" sh -c 'for i in $(seq 20); do sleep 3 & done' 2>&1) || true
  expect_match "$out" "can't fork|[Rr]esource temporarily unavailable"
}
check_security() {
  expect_status 0 podman run --rm --cap-drop ALL --cap-add NET_ADMIN --security-opt no-new-privileges "$image" \
    grep -E 'CapEff|NoNewPrivs|Seccomp:' /proc/self/status
  expect_eq "$out" $'CapEff:\t0000000000001000\nNoNewPrivs:\t1\nSeccomp:\t2'
  expect_status 0 podman run --rm --read-only "$image" sh -c 'touch /x || echo refused; touch /tmp/x && echo tmp'
  expect_match "$out" $'refused\n.*tmp'
  expect_status 0 podman run --rm --privileged "$image" sh -c 'mount -t tmpfs x /mnt && echo mounted'
  expect_eq "$out" mounted
}
check_volumes() { podman_volumes; }
check_devices() {
  expect_status 0 podman run --rm --device /dev/fuse "$image" stat -c %F /dev/fuse
  expect_eq "$out" 'character special file'
}
check_network() {
  podman run -d --name web -p 127.0.0.1:8080:80 "$image" sh -c 'mkdir /w; echo page >/w/index.html; httpd -f -p 80 -h /w'
  until_true 10 sh -c 'busybox wget -qO - http://127.0.0.1:8080/ | grep -q page'
  address=$(podman inspect --format '{{.NetworkSettings.IPAddress}}' web)
  expect_status 0 podman run --rm "$image" wget -qO - "http://$address/"
  expect_eq "$out" page
  expect_status 0 podman run --rm --network container:web "$image" wget -qO - http://127.0.0.1/
  expect_eq "$out" page
  podman rm -f -t 0 web
  expect_status 0 podman run --rm --network none "$image" ls /sys/class/net
  expect_eq "$out" lo
  expect_status 0 podman run --rm --network host "$image" hostname
}
check_pods() {
  podman pod create --name pod --infra-image "$image" --infra-command 'sleep 1000' --share net,ipc,uts
  podman run -d --pod pod --name one "$image" sh -c 'while :; do echo from-one | nc -l -p 7777; done'
  until_true 10 sh -c "$(declare -f podman); command podman --runtime '$runtime' run --rm --pod pod '$image' sh -c 'nc 127.0.0.1 7777 </dev/null' | grep from-one"
  podman pod rm -f -t 0 pod
}
check_user_namespace() {
  expect_status 0 podman run --rm --uidmap 0:100000:65536 --gidmap 0:100000:65536 "$image" \
    sh -c 'tr -s " " </proc/self/uid_map; touch /tmp/x; stat -c %u /tmp/x'
  expect_eq "$out" $' 0 100000 65536\n0'
}
check_init() {
  command -v catatonit >/dev/null || [[ -x /usr/libexec/podman/catatonit ]] || skip "catatonit is not installed"
  expect_status 0 podman run --rm --init "$image" sh -c 'cat /proc/1/comm'
}
check_checkpoint() {
  need_criu
  podman run -d --name c "$image" sh -c 'i=0; while :; do i=$((i + 1)); echo $i; sleep 0.1; done'
  podman container checkpoint c
  podman container restore c
  podman rm -f -t 0 c
}
check_many() {
  for n in 1 2 3 4; do podman run -d --name "m$n" "$image" sleep 1000 & done
  wait
  expect_eq "$(podman ps --format '{{.Names}}' | sort | paste -sd ' ')" 'm1 m2 m3 m4'
  podman rm -f -t 0 m1 m2 m3 m4
}
check_nothing_left() {
  expect_eq "$(podman ps -aq)" ''
  expect_nothing_left "$d_tmp/before"
}
run_checks
