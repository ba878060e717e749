# What podman does in the same way for root and for an ordinary user, with $runtime underneath: for tests/drivers, which source
# it when they know that podman is there.
# shellcheck shell=bash disable=SC2154,SC2016
podman() { command podman --runtime "$runtime" "$@"; }
after_failure() { podman pod rm -f -t 0 -a; podman rm -f -t 0 -a; }

output() { podman logs "$1" 2>&1; }
says() { output "$1" | grep -q "$2"; }
status_of() { podman inspect --format '{{.State.Status}}' "$1"; }
in_status() { [[ $(status_of "$1") == "$2" ]]; }

podman_tty() {
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
podman_exec() {
  podman run -d --name e "$image" sleep 1000
  expect_status 0 podman exec e sh -c 'echo "$FROM_IMAGE"; cat /proc/1/comm'
  expect_eq "$out" $'yes\nsleep'
  expect_status 0 podman exec --user 5 --env X=y --workdir /usr e sh -c 'id -u; echo $X; pwd'
  expect_eq "$out" $'5\ny\n/usr'
  expect_status 9 podman exec e sh -c 'exit 9'
  expect_eq "$(echo typed | podman exec -i e cat)" typed
  expect_status 127 podman exec e /no/such/program
  podman exec -d e sh -c 'echo detached >/tmp/made; sleep 1000'
  until_true 5 podman exec e grep detached /tmp/made
  expect_terminal podman --runtime "$runtime" exec -it e sh
  podman rm -f -t 0 e
}
podman_attach() {
  podman run -dit --name a "$image" sh
  PYTHONPATH=$d_support python3 - podman --runtime "$runtime" attach a <<'END'
from terminal import Terminal, argv, expect_eq
terminal = Terminal(argv)
terminal.type("echo at'tached'; exit 6\n")
terminal.expect(r"attached\r\n")
terminal.wait(20)  # podman 4.3 gives 0
END
  until_true 10 in_status a exited  # "stopped" until podman's own clean-up has run
  expect_eq "$(podman inspect --format '{{.State.ExitCode}}' a)" 6
  podman rm a
}
podman_volumes() {
  mkdir "$d_tmp/volume"
  expect_status 0 podman run --rm -v "$d_tmp/volume:/v" -v "$d_tmp/volume:/ro:ro" --tmpfs /t:size=1m "$image" \
    sh -c 'echo text >/v/file; cat /ro/file; touch /ro/x || echo refused; df -k /t | grep -c 1024'
  expect_match "$out" $'(^|\n)text\n.*refused'
  expect_match "$out" $'\n1$'
  podman volume create vol
  podman run --rm -v vol:/v "$image" touch /v/kept
  expect_status 0 podman run --rm -v vol:/v "$image" ls /v
  expect_eq "$out" kept
  podman volume rm vol
}
