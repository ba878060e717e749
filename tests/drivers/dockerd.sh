#!/bin/bash
# dockerd --add-runtime: what a user of docker does, with the runtime underneath; first without any network of docker's,
# then with a bridge in this test's own network namespace, for published ports. At the end nothing is left.
# shellcheck source=tests/support/drivers.sh
. "${0%/*}/../support/drivers.sh"

need_programs dockerd docker containerd iptables
socket=unix://$d_tmp/docker.sock
docker() { command docker --host "$socket" --config "$d_tmp/docker-config" "$@"; }
# An engine's own containerd: dockerd would start one itself, but not end it when it is killed.
containerd_socket=$d_tmp/containerd.sock
cat >"$d_tmp/containerd.toml" <<END
version = 2
root = "$d_tmp/containerd"
state = "/run/containerd-test"
disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.internal.v1.opt"]
[grpc]
address = "$containerd_socket"
END
start_dockerd() {  # OPTION...
  service dockerd dockerd --host "$socket" --containerd "$containerd_socket" --data-root "$d_tmp/data" \
    --exec-root /run/docker-test --pidfile "$d_tmp/dockerd.pid" --config-file "$d_tmp/daemon.json" \
    --add-runtime "tested=$runtime" --default-runtime tested --default-ulimit nofile=1024:1024 \
    --exec-opt native.cgroupdriver=cgroupfs --insecure-registry 127.0.0.1:5000 "$@"
  dockerd_pid=$service_pid
  until_true 30 docker version || fail "dockerd: $(tail -n 5 "$d_tmp/dockerd.log")"
}
echo '{"experimental": true}' >"$d_tmp/daemon.json"  # for checkpoints
start_registry
service containerd containerd --config "$d_tmp/containerd.toml"
until_true 20 ctr --address "$containerd_socket" version
start_dockerd --iptables=false --bridge=none
docker pull --quiet "$image" >"$d_tmp/pull.log" 2>&1 || fail "pull: $(<"$d_tmp/pull.log"); $(tail -n 5 "$d_tmp/dockerd.log")"
docker run --rm "$image" true || fail "nothing runs: $(tail -n 5 "$d_tmp/dockerd.log")"
# dockerd keeps the namespace of `--network host` for itself; the parent of the containers' cgroups is left by runc, and
# removed by others when it is empty.
d_ignore='/run/docker-test/netns/default$|^cgroup /sys/fs/cgroup/[a-z]+/docker$'
snapshot "$d_tmp/before"

after_failure() { docker ps -aq | xargs -r docker --host "$socket" rm -f; }
output() { docker logs "$1" 2>&1; }
says() { output "$1" | grep -q "$2"; }
state() { docker inspect --format "{{.State.$2}}" "$1"; }
has_state() { [[ $(state "$1" "$2") == "$3" ]]; }

check_run() {
  expect_status 0 docker run --rm "$image" sh -c 'echo "$FROM_IMAGE"; pwd; id -u; cat /proc/1/comm; true'
  expect_eq "$out" $'yes\n/tmp\n0\nsh'
  expect_status 0 docker run --rm --user 1000:1000 --env A=b --workdir /usr --hostname other "$image" \
    sh -c 'echo "$A"; pwd; id -u; hostname'
  expect_eq "$out" $'b\n/usr\n1000\nother'
  expect_eq "$(docker info --format '{{.DefaultRuntime}} {{(index .Runtimes "tested").Path}}')" "tested $runtime"
}
check_exit_status() {
  expect_status 7 docker run --rm "$image" sh -c 'exit 7'
  # dockerd finds the reason in the message, in these letters: "no such file or directory", "permission denied".
  # Those of crun 1.8 are capital ones.
  if [[ $runtime_name != crun ]]; then
    expect_status 127 docker run --rm "$image" /no/such/program
    expect_status 126 docker run --rm "$image" /etc/passwd
  fi
  after_failure  # what could not start is not removed by --rm
}
check_stdin() {
  expect_eq "$(echo typed | docker run --rm -i "$image" cat)" typed
}
check_tty() {
  PYTHONPATH=$d_support python3 - docker --host "$socket" run --rm -it "$image" sh <<'END'
from terminal import Terminal, argv, expect_eq
terminal = Terminal(argv, rows=30, columns=100)
terminal.expect(r"[#$] ")
terminal.type("sleep 0.3; stty size; tty\n")
terminal.expect(r"30 100\r\n.*/dev/pts/0")
terminal.resize(20, 90)
terminal.type("sleep 0.5; stty size\n")
terminal.expect(r"20 90\r\n")
terminal.type("exit 4\n")
expect_eq(terminal.wait(20), 4, "exit status")
END
}
check_exec() {
  docker run -d --name ee "$image" sleep 1000
  expect_status 0 docker exec ee sh -c 'echo "$FROM_IMAGE"; cat /proc/1/comm; true'
  expect_eq "$out" $'yes\nsleep'
  expect_status 0 docker exec --user 5:6 --env X=y --workdir /usr ee sh -c 'id -u; id -g; echo $X; pwd'
  expect_eq "$out" $'5\n6\ny\n/usr'
  expect_status 9 docker exec ee sh -c 'exit 9'
  expect_eq "$(echo typed | docker exec -i ee cat)" typed
  expect_status 126 docker exec ee /no/such/program
  docker exec -d ee sh -c 'echo detached >/tmp/made; sleep 1000'
  until_true 5 docker exec ee grep detached /tmp/made
  expect_terminal docker --host "$socket" exec -it ee sh
  docker rm -f ee
}
check_attach() {
  docker run -dit --name aa "$image" sh
  PYTHONPATH=$d_support python3 - docker --host "$socket" attach aa <<'END'
from terminal import Terminal, argv, expect_eq
terminal = Terminal(argv)
terminal.type("echo at'tached'; exit 6\n")
terminal.expect(r"attached\r\n")
expect_eq(terminal.wait(20), 6, "exit status")
END
  expect_eq "$(state aa Status)" exited
  docker rm aa
}
check_logs() {
  docker run -d --name ll "$image" sh -c 'echo out; echo err >&2'
  docker wait ll
  expect_eq "$(docker logs ll 2>/dev/null)/$(docker logs ll 2>&1 >/dev/null)" out/err
  docker rm ll
}
check_stop() {
  docker run -d --name ss "$image" sh -c 'trap "echo stopping; exit 5" TERM; echo ready; while :; do sleep 0.1; done'
  until_true 10 says ss ready
  docker stop ss
  expect_eq "$(state ss ExitCode)" 5
  expect_match "$(output ss)" stopping
  docker start ss
  until_true 10 has_state ss Running true
  docker stop -t 1 ss
  docker rm ss
  docker run -d --name stubborn "$image" sh -c 'trap "" TERM; echo ready; while :; do sleep 0.1; done'
  until_true 10 says stubborn ready
  docker stop -t 1 stubborn
  expect_eq "$(state stubborn ExitCode)" 137
  docker rm stubborn
}
check_kill() {
  docker run -d --name kk "$image" sh -c 'trap "echo got-usr1" USR1; echo ready; while :; do sleep 0.1; done'
  until_true 10 says kk ready
  docker kill --signal USR1 kk
  until_true 5 says kk got-usr1
  docker kill kk
  until_true 5 has_state kk Status exited
  docker rm kk
}
check_pause() {
  docker run -d --name pp "$image" sh -c 'while :; do echo x; sleep 0.05; done'
  docker pause pp
  expect_eq "$(state pp Status)" paused
  before=$(output pp | wc -l)
  sleep 0.4
  expect_eq "$(output pp | wc -l)" "$before" "lines while paused"
  expect_status 1 docker exec pp true
  docker unpause pp
  more() { [[ $(output pp | wc -l) -gt $before ]]; }
  until_true 5 more
  docker rm -f pp
}
check_restart() {
  docker run -d --name rr "$image" sh -c 'echo started; trap "exit 0" TERM; while :; do sleep 0.1; done'
  until_true 10 says rr started
  docker restart -t 2 rr
  twice() { [[ $(output rr | grep -c started) == 2 ]]; }
  until_true 10 twice
  docker rm -f rr
  docker run -d --restart=on-failure:2 --name again "$image" sh -c 'echo once; exit 1'
  thrice() { [[ $(output again | grep -c once) == 3 ]]; }
  until_true 20 thrice
  until_true 10 has_state again Status exited
  docker rm again
}
check_top_and_stats() {
  docker run -d --name tt --memory 64m "$image" sleep 1000
  expect_match "$(docker top tt)" sleep
  expect_match "$(docker stats --no-stream --format '{{.Name}} {{.PIDs}} {{.MemUsage}}' tt)" '^tt 1 .* / 64MiB'
  docker rm -f tt
}
check_health() {
  docker run -d --name hh --health-cmd 'test -e /tmp/healthy' --health-interval 300ms --health-retries 2 "$image" sleep 1000
  until_true 10 has_state hh Health.Status unhealthy
  docker exec hh touch /tmp/healthy
  until_true 10 has_state hh Health.Status healthy
  docker rm -f hh
}
check_limits() {
  expect_status 0 docker run --rm --memory 64m --pids-limit 40 --cpus 0.5 --cpu-shares 512 "$image" \
    sh -c 'cd /sys/fs/cgroup; cat memory/memory.limit_in_bytes pids/pids.max cpu/cpu.cfs_quota_us cpu/cpu.shares'
  expect_eq "$out" $'67108864\n40\n50000\n512'
  expect_status 0 docker run --rm --ulimit nofile=100:200 "$image" sh -c 'ulimit -n; ulimit -Hn'
  expect_eq "$out" $'100\n200'
  docker run -d --name uu --memory 64m "$image" sleep 1000
  docker update --memory 100m --memory-swap 200m --pids-limit 50 uu
  expect_status 0 docker exec uu sh -c 'cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/pids/pids.max'
  expect_eq "$out" $'104857600\n50'
  docker rm -f uu
}
check_out_of_memory() {
  docker run --name oom --memory 16m --memory-swap 16m "$image" dd if=/dev/zero of=/dev/null bs=64M count=1 || true
  expect_eq "$(state oom ExitCode) $(state oom OOMKilled)" '137 true'
  docker rm oom
}
check_out_of_pids() {
  out=$(docker run --rm --pids-limit 12 "$image" sh -c 'for i in $(seq 20); do sleep 3 & done' 2>&1) || true
  expect_match "$out" "can't fork"
}
check_security() {
  expect_status 0 docker run --rm --cap-drop ALL --cap-add NET_ADMIN --security-opt no-new-privileges "$image" \
    grep -E 'CapEff|NoNewPrivs|Seccomp:' /proc/self/status
  expect_match "$out" $'CapEff:\t0000000000001000\nNoNewPrivs:\t1\nSeccomp:\t2'
  expect_status 0 docker run --rm --read-only --tmpfs /t "$image" sh -c 'touch /x || echo refused; touch /t/x && echo tmp'
  expect_match "$out" $'refused\n.*tmp'
  echo '{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO"}]}' >"$d_tmp/profile"
  expect_status 1 docker run --rm --security-opt "seccomp=$d_tmp/profile" "$image" mkdir /tmp/x
}
check_privileged() {
  # docker asks for every capability that the kernel knows, podman for those that it has itself.
  all=$((2 ** ($(</proc/sys/kernel/cap_last_cap) + 1) - 1))
  [[ $((16#$(sed -n 's/^CapBnd:\s*//p' /proc/self/status))) == "$all" ]] || skip "this machine's root lacks a capability"
  expect_status 0 docker run --rm --privileged "$image" sh -c 'mount -t tmpfs x /mnt && echo mounted'
  expect_eq "$out" mounted
}
check_volumes_and_devices() {
  mkdir "$d_tmp/volume"
  expect_status 0 docker run --rm -v "$d_tmp/volume:/v" -v "$d_tmp/volume:/ro:ro" --device /dev/fuse "$image" \
    sh -c 'echo text >/v/file; cat /ro/file; touch /ro/x || echo refused; stat -c %F /dev/fuse'
  expect_match "$out" $'(^|\n)text\n.*refused'
  expect_match "$out" 'character special file'
  docker volume create vol
  docker run --rm -v vol:/v "$image" touch /v/kept
  expect_status 0 docker run --rm -v vol:/v "$image" ls /v
  expect_eq "$out" kept
  docker volume rm vol
}
check_namespaces() {
  expect_status 0 docker run --rm --network none "$image" ls /sys/class/net
  expect_eq "$out" lo
  docker run -d --name nn --network none --ipc shareable "$image" sleep 1000
  expect_status 0 docker run --rm --network container:nn --pid container:nn --ipc container:nn "$image" sh -c 'cat /proc/1/comm; true'
  expect_eq "$out" sleep
  docker rm -f nn
  expect_status 0 docker run --rm --pid host --uts host --network host --ipc host "$image" hostname
  expect_eq "$out" cove-driver
}
check_init() {
  command -v docker-init >/dev/null || command -v tini-static >/dev/null || skip "docker-init (tini) is not installed"
  expect_status 0 docker run --rm --init "$image" sh -c 'cat /proc/1/comm; true'
  expect_match "$out" 'docker-init'
}
check_copy_and_commit() {
  docker run -d --name cp "$image" sleep 1000
  echo text >"$d_tmp/file"
  docker cp "$d_tmp/file" cp:/tmp/copied
  expect_eq "$(docker exec cp cat /tmp/copied)" text
  docker commit cp changed
  docker rm -f cp
  expect_status 0 docker run --rm changed cat /tmp/copied
  expect_eq "$out" text
  docker rmi changed
}
check_checkpoint() {
  need_criu
  docker run -d --name cc "$image" sh -c 'i=0; while :; do i=$((i + 1)); echo $i; sleep 0.1; done'
  docker checkpoint create cc one
  until_true 10 has_state cc Status exited
  docker start --checkpoint one cc
  docker rm -f cc
}
check_many() {
  for n in 1 2 3 4 5 6; do docker run -d --name "m$n" "$image" sleep 1000 & done
  wait
  expect_eq "$(docker ps --format '{{.Names}}' | sort | paste -sd ' ')" 'm1 m2 m3 m4 m5 m6'
  docker rm -f m1 m2 m3 m4 m5 m6
}
check_nothing_left() {
  expect_eq "$(docker ps -aq)" ''
  expect_nothing_left "$d_tmp/before"
}
# dockerd anew, with a bridge and its rules, in this test's network namespace.
check_published_port() {
  stop_service "$dockerd_pid"
  start_dockerd
  docker run -d --name web -p 127.0.0.1:8080:80 "$image" sh -c 'mkdir /w; echo page >/w/index.html; httpd -f -p 80 -h /w'
  until_true 10 sh -c 'busybox wget -qO - http://127.0.0.1:8080/ | grep -q page'
  address=$(docker inspect --format '{{.NetworkSettings.IPAddress}}' web)
  expect_status 0 docker run --rm "$image" wget -qO - "http://$address/"
  expect_eq "$out" page
  docker network create own
  docker run -d --name named --network own "$image" sh -c 'echo by-name >/tmp/index.html; httpd -f -p 80 -h /tmp'
  reached() { [[ $(docker run --rm --network own "$image" wget -qO - http://named/) == by-name ]]; }
  until_true 10 reached
  docker rm -f web named
  docker network rm own
  expect_eq "$(docker ps -aq)" ''
}
check_live_restore() {
  # A dockerd that is killed leaves the containers running; the next one takes them over, or ends them.
  docker run -d --name live --restart=no "$image" sleep 1000
  pid=$(state live Pid)
  kill -KILL "$(<"$d_tmp/dockerd.pid")"
  sleep 0.5
  rm -f "$d_tmp/dockerd.pid"
  start_dockerd
  gone() { ! kill -0 "$pid" 2>/dev/null; }
  until_true 20 gone
  until_true 10 has_state live Running false
  docker rm -f live
  expect_eq "$(ls -A /run/docker/runtime-tested/moby /run/docker-test/runtime-tested/moby 2>/dev/null | grep -v : || true)" ''
}
run_checks
