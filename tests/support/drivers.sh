# The library of the tests that drive a runtime through podman, containerd and dockerd (tests/drivers). A script sources
# it first, defines functions check_NAME, and ends with `run_checks`, which calls them in the order of the file, each in a
# subshell, and prints "ok NAME", "skip NAME: why" or "FAIL NAME" with what it printed; after that it calls after_failure, if
# there is one, to clean up. The exit status is 1 if a check failed. D_ONLY=REGEX chooses checks.
#
# COVE_RUNTIME names the runtime: cove (the program of COVE, called cove-runtime), or crun, runc or a path; as $runtime in
# the scripts. Everything runs in mount, UTS, IPC, PID, cgroup and network namespaces of its own (see enter), with /run and
# the engines' directories as empty file systems: the machine's own engines, if there are any, are neither used nor seen.
# shellcheck shell=bash disable=SC2154
set -Eeuo pipefail
d_support=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
d_top=$(realpath "$d_support/../..")

fail() { echo "FAIL: $*" >&2; exit 1; }
# Ends the script, or a check within run_checks, as skipped.
skip() {
  if [[ -n ${D_CHECK-} ]]; then echo "$*" >"$d_tmp/skipped"; else echo "SKIP: $*"; fi
  exit 77
}
need_programs() {
  local program
  for program in "$@"; do command -v "$program" >/dev/null || skip "$program is not installed"; done
}

: "${COVE_RUNTIME:=cove}"
[[ $EUID == 0 || ${D_INSIDE-} == user ]] || skip "needs root"
if [[ ! ${D_INSIDE-} =~ ^(1|user)$ ]]; then
  need_programs jq skopeo docker-registry busybox
  layout=v1
  # crun 1.8 does not start on a hybrid machine.
  ! mountpoint -q /sys/fs/cgroup/unified || [[ $(basename "$COVE_RUNTIME") == crun ]] || layout=hybrid
  [[ ! -e /sys/fs/cgroup/cgroup.controllers ]] || layout=v2
  export D_INSIDE=1 COVE_RUNTIME
  exec "$d_support/enter" --cgroups "$layout" --net "$(realpath "$0")" "$@"
fi
d_inside=$D_INSIDE
unset D_INSIDE

d_script=$(realpath "$0")
d_tmp=$(mktemp -d "${TMPDIR:-/tmp}/cove-driver.XXXXXX")
trap 'd_end' EXIT
d_commands=()
at_exit() { d_commands+=("${*@Q}"); }
d_end() {
  local status=$? command i
  for ((i = ${#d_commands[@]} - 1; i >= 0; i--)); do eval "${d_commands[i]}" >/dev/null 2>&1 || true; done
  awk -v below="$d_tmp/" 'index($5, below) == 1 { print $5 }' /proc/self/mountinfo | tac | xargs -r umount -l 2>/dev/null || true
  rm -rf --one-file-system "$d_tmp" 2>/dev/null || true
  exit "$status"
}

own_machine() {
  local dir
  hostname cove-driver
  for dir in /run /var/lib/containers /var/lib/docker /var/lib/containerd /var/lib/cni /etc/cni /etc/docker /var/tmp /root; do
    [[ ! -d $dir ]] || mount -t tmpfs -o mode=755 cove-driver "$dir"
  done
  mkdir -p /run/lock
}
[[ $d_inside == user ]] || own_machine

# A script that is to go on as an ordinary user, who has subordinate ids and /dev/net/tun, calls this when what needs root
# is done. Then it is run again from its beginning: `is_user` tells.
is_user() { [[ $d_inside == user ]]; }
continue_as_user() {
  local status=0
  D_INSIDE=user "$d_support/run-as-user" --subids --tun "$d_script" || status=$?
  exit "$status"
}

case $COVE_RUNTIME in
  cove)
    ln -s "$(realpath "${COVE:?names the cove program}")" "$d_tmp/cove-runtime"
    runtime=$d_tmp/cove-runtime
    ;;
  *) runtime=$(command -v "$COVE_RUNTIME") || skip "$COVE_RUNTIME is not installed" ;;
esac
runtime_name=$(basename "$COVE_RUNTIME")
# Engines and runtimes leave notes in the directory that they are started in.
cd "$d_tmp"

expect_eq() { [[ $1 == "$2" ]] || fail "${3:-value}: got '$1', want '$2'"; }
expect_match() { [[ $1 =~ $2 ]] || fail "${3:-text}: '$1' does not match /$2/"; }
# The command ends with that status; leaves $out, standard output and error.
expect_status() {
  local want=$1 status=0
  shift
  out=$("$@" 2>&1 </dev/null) || status=$?
  [[ $status == "$want" ]] || fail "exit status of $*: got $status, want $want; output: $out"
}
until_true() {  # SECONDS COMMAND... ; seconds of a quick machine, and against a hang only
  local end=$((SECONDS + 6 * $1))
  shift
  while ((SECONDS <= end)); do
    if "$@" >/dev/null 2>&1; then return 0; fi
    sleep 0.1
  done
  fail "not in time: $*"
}

# Skips a check where criu does not work, with its own word on the reason.
need_criu() {
  local status=0
  command -v criu >/dev/null || skip "criu is not installed"
  criu check >"$d_tmp/criu.log" 2>&1 || status=$?
  [[ $status == 0 ]] || skip "criu check ends with status $status: $(grep -v '^$' "$d_tmp/criu.log" | tail -n 1)"
}

# service NAME COMMAND...: starts a program in the background; its output goes to $d_tmp/NAME.log, its pid to $service_pid.
service() {
  local name=$1
  shift
  "$@" >"$d_tmp/$name.log" 2>&1 </dev/null &
  service_pid=$!
  at_exit stop_service "$service_pid"
}
stop_service() {  # PID
  local _
  kill "$1" 2>/dev/null || return 0
  for _ in {1..600}; do [[ -d /proc/$1 ]] || return 0; sleep 0.1; done
  kill -KILL "$1"
}

# podman, and buildah, with a store of this test's own, and limits that a container without CAP_SYS_RESOURCE may set.
configure_podman() {  # [STORE [RUN_DIRECTORY]]
  cat >"$d_tmp/containers.conf" <<END
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
image_default_transport = "docker://"
[network]
network_backend = "netavark"
END
  cat >"$d_tmp/storage.conf" <<END
[storage]
driver = "overlay"
graphroot = "${1:-$d_tmp/graph}"
runroot = "${2:-/run/containers}"
END
  export CONTAINERS_CONF=$d_tmp/containers.conf CONTAINERS_STORAGE_CONF=$d_tmp/storage.conf
}

# A registry on loopback with one image, pushed from a layout that is made here: $image.
image=127.0.0.1:5000/test/busybox:latest
start_registry() {
  local rootfs=$d_tmp/image-root
  env -u COVE_PROBES "$d_support/make-busybox-root" "$rootfs"
  "$d_support/make-image-layout" "$d_tmp/layout" "$rootfs"
  mkdir "$d_tmp/registry"
  cat >"$d_tmp/registry.yml" <<END
version: 0.1
log: {level: warn}
storage: {filesystem: {rootdirectory: $d_tmp/registry}}
http: {addr: "127.0.0.1:5000"}
END
  service registry docker-registry serve "$d_tmp/registry.yml"
  until_true 10 bash -c ': </dev/tcp/127.0.0.1/5000'
  skopeo copy --quiet --insecure-policy --dest-tls-verify=false "oci:$d_tmp/layout:latest" "docker://$image"
}

# The command is an engine's that gives a shell on a terminal, and its exit status: expect_terminal COMMAND...
expect_terminal() {
  PYTHONPATH=$d_support python3 - "$@" <<'END'
from terminal import Terminal, argv, expect_eq
terminal = Terminal(argv)
terminal.expect(r"[#$] ")
terminal.type("tty\n")
terminal.expect(r"/dev/pts/\d")
terminal.type("exit 3\n")
expect_eq(terminal.wait(20), 3, "exit status")
END
}

# What there is of containers: processes but this test's and the engine's own, cgroups, mounts, network namespaces.
# Compared before and after; the engines' own are started before.
d_self=$(basename "$0" | cut -c1-15)
snapshot() {  # FILE
  local entry name
  {
    for entry in /proc/[0-9]*; do
      { read -r name <"$entry/comm"; } 2>/dev/null || continue
      # Of dying threads, of the checks' own helpers, and of what engines start again when they want.
      case $name in bash | sleep | sort | find | awk | comm | enter | "$d_self") continue ;; esac
      grep -q '^State:.Z' "$entry/status" 2>/dev/null || echo "process ${entry#/proc/} $name"
    done
    find /sys/fs/cgroup '(' -fstype cgroup -o -fstype cgroup2 ')' -type d -printf 'cgroup %p\n' 2>/dev/null
    awk '{ print "mount", $5 }' /proc/self/mountinfo
    find /run/netns /run/docker/netns /run/crun /run/runc /run/cove* -mindepth 1 -printf 'file %p\n' 2>/dev/null || true
  } | sort -u >"$1"
}
# Waits up to a minute for what is taken down later.
expect_nothing_left() {  # BEFORE
  local left _
  for _ in {1..300}; do
    snapshot "$d_tmp/after"
    left=$(comm -13 "$1" "$d_tmp/after" | grep -Ev "${d_ignore:-^$}" || true)
    [[ -n $left ]] || return 0
    sleep 0.2
  done
  fail "left behind: $(paste -sd ';' <<<"$left" | cut -c1-1500)"
}

run_checks() {
  local check failed=0 passed=0 skipped=0 status begin
  for check in $(sed -n 's/^check_\([a-z0-9_]*\)().*/\1/p' "$d_script"); do
    if [[ -n ${D_ONLY-} && ! $check =~ $D_ONLY ]]; then continue; fi
    status=0
    begin=${EPOCHREALTIME/./}
    # In a shell of its own: within a condition errors would not end it.
    set +e
    (set -e; trap - EXIT; D_CHECK=$check; "check_$check") >"$d_tmp/check.log" 2>&1
    status=$?
    set -e
    case $status in
      0) echo "ok $check ($(((${EPOCHREALTIME/./} - begin) / 1000)) ms)"; passed=$((passed + 1)) ;;
      77) echo "skip $check: $(<"$d_tmp/skipped")"; skipped=$((skipped + 1)) ;;
      *)
        echo "FAIL $check"
        sed 's/^/    /' "$d_tmp/check.log"
        failed=$((failed + 1))
        ! declare -F after_failure >/dev/null || after_failure >/dev/null 2>&1 || true
        ;;
    esac
  done
  echo "$(basename "$0") with $runtime_name: $passed passed, $failed failed, $skipped skipped"
  [[ $failed == 0 && $passed != 0 ]]
}
