#!/bin/bash
# podman --runtime of an ordinary user, with subordinate ids: what he does, with the runtime underneath; at the end nothing
# is left.
# shellcheck source=tests/support/drivers.sh
. "$(dirname "$(realpath "$0")")/../support/drivers.sh"

if ! is_user; then
  need_programs podman conmon newuidmap slirp4netns
  [[ -e /dev/net/tun ]] || skip "needs /dev/net/tun"
  start_registry
  continue_as_user
fi

configure_podman "$HOME/graph" "$XDG_RUNTIME_DIR/containers"
export TMPDIR=$d_tmp
podman() { command podman --runtime "$runtime" "$@"; }
podman pull --quiet --tls-verify=false "$image" >"$d_tmp/pull.log" 2>&1 || fail "pull: $(<"$d_tmp/pull.log")"
podman run --rm "$image" true >"$d_tmp/first.log" 2>&1 || fail "first: $(<"$d_tmp/first.log")"  # podman's own process stays
snapshot "$d_tmp/before"

after_failure() { podman pod rm -f -t 0 -a; podman rm -f -t 0 -a; }

says() { podman logs "$1" 2>&1 | grep -q "$2"; }
in_status() { [[ $(podman inspect --format '{{.State.Status}}' "$1") == "$2" ]]; }

check_run() {
  expect_status 0 podman run --rm "$image" sh -c 'echo "$FROM_IMAGE"; pwd; id -u'
  expect_eq "$out" $'yes\n/tmp\n0'
  expect_status 0 podman run --rm --user 1000:1000 --env A=b --workdir /usr --hostname other "$image" \
    sh -c 'echo "$A"; pwd; id -u; hostname'
  expect_eq "$out" $'b\n/usr\n1000\nother'
  expect_status 0 podman run --rm "$image" sh -c 'tr -s " " </proc/self/uid_map'
  expect_eq "$out" $' 0 12345 1\n 1 600000 65536'
  expect_status 7 podman run --rm "$image" sh -c 'exit 7'
  expect_status 127 podman run --rm "$image" /no/such/program
  expect_status 126 podman run --rm "$image" /etc/passwd
  expect_eq "$(echo typed | podman run --rm -i "$image" cat)" typed
}
check_keep_id() {
  expect_status 0 podman run --rm --userns keep-id "$image" sh -c 'id -u; touch /tmp/x; stat -c %u /tmp/x'
  expect_eq "$out" $'12345\n12345'
}
check_tty() {
  PYTHONPATH=$d_support python3 - podman --runtime "$runtime" run --rm -it "$image" sh <<'END'
from terminal import Terminal, argv, expect_eq
terminal = Terminal(argv, rows=30, columns=100)
terminal.expect(r"[#$] ")
terminal.type("stty size; tty\n")
terminal.expect(r"30 100\r\n.*/dev/pts/0")
terminal.type("exit 4\n")
expect_eq(terminal.wait(20), 4, "exit status")
END
}
check_exec() {
  podman run -d --name e "$image" sleep 1000
  expect_status 0 podman exec e sh -c 'echo "$FROM_IMAGE"; cat /proc/1/comm'
  expect_eq "$out" $'yes\nsleep'
  expect_status 0 podman exec --user 5 --env X=y --workdir /usr e sh -c 'id -u; echo $X; pwd'
  expect_eq "$out" $'5\ny\n/usr'
  expect_status 9 podman exec e sh -c 'exit 9'
  expect_eq "$(echo typed | podman exec -i e cat)" typed
  podman rm -f -t 0 e
}
check_attach() {
  podman run -dit --name a "$image" sh
  PYTHONPATH=$d_support python3 - podman --runtime "$runtime" attach a <<'END'
from terminal import Terminal, argv
terminal = Terminal(argv)
terminal.type("echo at'tached'; exit 6\n")
terminal.expect(r"attached\r\n")
terminal.wait(20)  # podman 4.3 gives 0
END
  until_true 10 in_status a exited
  expect_eq "$(podman inspect --format '{{.State.ExitCode}}' a)" 6
  podman rm a
}
check_stop_and_kill() {
  podman run -d --name s "$image" sh -c 'trap "exit 5" TERM; echo ready; while :; do sleep 0.1; done'
  until_true 10 says s ready
  podman stop s
  expect_eq "$(podman inspect --format '{{.State.ExitCode}}' s)" 5
  podman start s
  podman kill s
  until_true 10 in_status s exited
  expect_eq "$(podman inspect --format '{{.State.ExitCode}}' s)" 137
  podman rm s
}
check_security() {
  expect_status 0 podman run --rm --cap-drop ALL --security-opt no-new-privileges "$image" \
    grep -E 'CapEff|NoNewPrivs|Seccomp:' /proc/self/status
  expect_eq "$out" $'CapEff:\t0000000000000000\nNoNewPrivs:\t1\nSeccomp:\t2'
  expect_status 0 podman run --rm --read-only "$image" sh -c 'touch /x || echo refused; touch /tmp/x && echo tmp'
  expect_match "$out" $'refused\n.*tmp'
}
check_volumes() {
  mkdir "$d_tmp/volume"
  expect_status 0 podman run --rm -v "$d_tmp/volume:/v" -v "$d_tmp/volume:/ro:ro" --tmpfs /t:size=1m "$image" \
    sh -c 'echo text >/v/file; cat /ro/file; touch /ro/x || echo refused; df -k /t | grep -c 1024'
  expect_match "$out" $'(^|\n)text\n.*refused'
  expect_match "$out" $'\n1$'
  podman run --rm -v vol:/v "$image" touch /v/kept
  expect_status 0 podman run --rm -v vol:/v "$image" ls /v
  expect_eq "$out" kept
  podman volume rm vol
}
check_network() {
  podman run -d --name web -p 127.0.0.1:8080:80 "$image" sh -c 'mkdir /w; echo page >/w/index.html; httpd -f -p 80 -h /w'
  until_true 10 sh -c 'busybox wget -qO - http://127.0.0.1:8080/ | grep -q page'
  expect_status 0 podman run --rm --network container:web "$image" wget -qO - http://127.0.0.1/
  expect_eq "$out" page
  podman rm -f -t 0 web
  expect_status 0 podman run --rm --network none "$image" ls /sys/class/net
  expect_eq "$out" lo
}
check_pods() {
  podman pod create --name pod --infra-image "$image" --infra-command 'sleep 1000' --share net,ipc,uts
  podman run -d --pod pod --name one --hostname '' "$image" sleep 1000
  expect_status 0 podman exec one hostname
  expect_eq "$out" pod
  podman pod rm -f -t 0 pod
}
check_top() {
  podman run -d --name t "$image" sleep 1000
  expect_match "$(podman top t)" sleep
  podman rm -f -t 0 t
}
check_nothing_left() {
  expect_eq "$(podman ps -aq)" ''
  expect_nothing_left "$d_tmp/before"
}
run_checks
