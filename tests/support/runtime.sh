# The library of the black-box tests of OCI runtimes (tests/runtime). A test sources this file first and then drives the
# runtime that COVE_RUNTIME names: "cove" (then the program of COVE, called cove-runtime), or another by name or path.
# What lib.sh gives is there too: the test runs as root in mount, UTS and PID namespaces of its own. When a test ends well
# it must have left nothing: no process, cgroup, mount or state; that is checked for each.
# shellcheck shell=bash disable=SC2154
[[ $(basename "${COVE_RUNTIME:=cove}") != crun ]] || export T_CGROUP1=1  # crun 1.8 does not start beside cgroup v2
export COVE_RUNTIME
# shellcheck source=tests/support/lib.sh
. "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/lib.sh"

command -v jq >/dev/null || skip "needs jq"
export t_runtime_name
t_runtime_name=$(basename "$COVE_RUNTIME")
t_runtime=$COVE_RUNTIME
if [[ $COVE_RUNTIME == cove ]]; then
  ln -s "$(realpath "${COVE:?names the cove program}")" "$t_tmp/cove-runtime"
  t_runtime=$t_tmp/cove-runtime
elif ! t_runtime=$(command -v "$COVE_RUNTIME"); then
  skip "$COVE_RUNTIME is not installed"
fi
[[ $t_runtime_name != cove-runtime ]] || t_runtime_name=cove

# Every id and cgroup of a test begins with this, the test's own. Ids of containers: "${id}a", "${id}b".
id=cove-rt-$BASHPID-$RANDOM-
state_root=$t_tmp/state
mkdir "$state_root"

rt() { "$t_runtime" --root "$state_root" "$@" </dev/null; }
# The same with the test's standard input.
rt_in() { "$t_runtime" --root "$state_root" "$@"; }
# is NAME: is that the runtime?
is() { [[ $t_runtime_name == "$1" ]]; }

# bundle NAME EDIT COMMAND [ARG]...: writes the bundle $t_tmp/NAME: busybox, writable, with the isolation of oci-config.jq,
# no seccomp filter, no network but its own; EDIT is a jq program over config.json (. for none). Leaves its path in $bundle.
bundle() {
  local name=$1 edit=$2
  shift 2
  bundle=$t_tmp/$name
  mkdir -p "$bundle"
  if [[ ! -d $bundle/rootfs ]]; then
    mkdir "$bundle/rootfs" "$bundle/layer"
    mount -t tmpfs -o mode=755 layer "$bundle/layer"
    mkdir "$bundle/layer/upper" "$bundle/layer/work"
    mount -t overlay -o "lowerdir=$(t_root),upperdir=$bundle/layer/upper,workdir=$bundle/layer/work" overlay \
      "$bundle/rootfs"
  fi
  jq -n --arg rootfs rootfs --arg hostname cove --arg cwd / --arg uid 0 --arg gid 0 --arg memory '' --arg pids '' \
    --arg cgroup "/$id$name" --argjson args "$(jq -nc '$ARGS.positional' --args -- "$@")" \
    --argjson env '["PATH=/usr/sbin:/usr/bin:/sbin:/bin"]' --argjson add '[]' --argjson drop '[]' \
    --argjson readonly false --argjson seccomp null -f "$t_support/oci-config.jq" |
    jq --arg tmp "$t_tmp" "$edit" >"$bundle/config.json"
}

# The command of a container that waits to be killed, and ends at once on SIGTERM.
pause_command=(sh -c 'trap "exit 0" TERM; while :; do sleep 0.05; done')

# create NAME [OPTION]...: `create` with the bundle NAME as the container $id$NAME; its output goes to the file $t_tmp/NAME.out.
create() {
  local name=$1
  shift
  rt create --bundle "$t_tmp/$name" "$@" "$id$name" >"$t_tmp/$name.out" 2>"$t_tmp/$name.err" ||
    fail "create $name: $(<"$t_tmp/$name.err")"
}
# launch NAME [OPTION]...: create and start.
launch() { create "$@"; rt start "$id$1" || fail "start $1"; }
# pausing NAME [EDIT]: writes a bundle that waits, and launches it.
pausing() { bundle "$1" "${2:-.}" "${pause_command[@]}"; launch "$1"; wait_for running "$1"; }

# A value of the state that the runtime prints: state_of NAME [JQ]
state_of() { rt state "$id$1" | jq -r "${2:-.status}"; }
init_pid() { state_of "$1" .pid; }

# until_true COMMAND...: within five seconds.
until_true() {
  local try
  for ((try = 0; try < 1500; try++)); do
    if "$@" 2>/dev/null; then return 0; fi
    sleep 0.02
  done
  fail "not within 30 s: $*"
}
in_state() { [[ $(state_of "$2" 2>/dev/null) == "$1" ]]; }
wait_for() { until_true in_state "$1" "$2"; }  # STATUS NAME

# refuses COMMAND [ARG]...: the runtime ends with a status other than 0 and says why.
refuses() {
  run rt "$@"
  [[ $status != 0 ]] || fail "$* was accepted"
  [[ -n $err ]] || fail "$* failed without a word"
}
# Is there a container? gone NAME
gone() { ! rt state "$id$1" >/dev/null 2>&1; }
remove() { expect_status 0 rt delete --force "$id$1"; }

# rejects_config NAME EDIT [PATTERN]: `create` with that config fails, says so (PATTERN), and leaves nothing.
rejects_config() {
  bundle "$1" "$2" true
  refuses create --bundle "$bundle" "$id$1"
  [[ -z ${3-} ]] || expect_match "$err" "$3" "message for $2"
  gone "$1" || fail "a container is left after: $2"
}

# What is there, without what belongs to the test itself.
t_runtime_list() {
  leftovers_processes
  find /sys/fs/cgroup '(' -fstype cgroup -o -fstype cgroup2 ')' -type d -name "*$id*" -printf 'cgroup %p\n' 2>/dev/null
  awk -v tmp="$t_tmp/" '!(index($5, tmp) == 1 && $5 ~ /\/(rootfs|layer)$/) { print "mount", $5, $9, $10 }' /proc/self/mountinfo
  find "$state_root" -mindepth 1 -printf 'state %P\n'
}
t_runtime_check() {
  local try left
  for try in {1..300}; do
    t_runtime_list | sort >"$t_tmp/after"
    left=$(comm -13 "$t_tmp/before" "$t_tmp/after" | grep -Ev '^process [0-9]+ (sort|bash|comm|grep|'"$t_self"')$' || true)
    [[ -n $left ]] || return 0
    sleep 0.1
  done
  echo "FAIL: left behind: $(paste -sd ';' <<<"$left")" >&2
  return 1
}
# Ends and removes by force what a test is known to have left, to go on with it.
t_clear() {
  local entry
  t_runtime_list | sort >"$t_tmp/after"
  for entry in $(comm -13 "$t_tmp/before" "$t_tmp/after" | awk '$1 == "process" && $2 != '$$' { print $2 }'); do
    [[ ! -d /proc/$entry ]] || kill -KILL "$entry" 2>/dev/null || true
  done
  find /sys/fs/cgroup -path "*$id*" -name freezer.state -exec sh -c 'echo THAWED >"$1"' _ {} ';' 2>/dev/null || true
  sleep 0.2
  comm -13 "$t_tmp/before" "$t_tmp/after" | awk '$1 == "mount" { print $2 }' | tac | xargs -r umount -l 2>/dev/null || true
  find /sys/fs/cgroup -depth -type d -path "*$id*" -exec rmdir {} + 2>/dev/null || true
  rm -rf "${state_root:?}"/*
}
t_self=$(</proc/$$/comm)
t_runtime_list | sort >"$t_tmp/before"
t_runtime_end() {
  local status=$? name
  trap - ERR
  if [[ $status == 0 ]]; then t_runtime_check || status=1; fi
  for name in $(rt list -q 2>/dev/null); do rt delete --force "$name" >/dev/null 2>&1 || true; done
  [[ $status == 0 ]] || t_clear
  t_at_exit
  exit "$status"
}
trap t_runtime_end EXIT
