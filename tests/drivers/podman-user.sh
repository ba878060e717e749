#!/bin/bash
# podman --runtime of an ordinary user, with subordinate ids: what he does, with the runtime underneath; at the end nothing
# is left.
# shellcheck source=tests/support/drivers.sh
. "${0%/*}/../support/drivers.sh"

if ! is_user; then
  need_programs podman conmon newuidmap slirp4netns
  [[ -e /dev/net/tun ]] || skip "needs /dev/net/tun"
  start_registry
  continue_as_user
fi

configure_podman "$HOME/graph" "$XDG_RUNTIME_DIR/containers"
export TMPDIR=$d_tmp
# shellcheck source=tests/support/podman.sh
. "$d_support/podman.sh"
podman pull --quiet --tls-verify=false "$image" >"$d_tmp/pull.log" 2>&1 || fail "pull: $(<"$d_tmp/pull.log")"
podman run --rm "$image" true >"$d_tmp/first.log" 2>&1 || fail "first: $(<"$d_tmp/first.log")"  # podman's own process stays
snapshot "$d_tmp/before"

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
check_tty() { podman_tty; }
check_exec() { podman_exec; }
check_attach() { podman_attach; }
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
check_volumes() { podman_volumes; }
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
