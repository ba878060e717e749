# For tests of the engine: containers on record. Source it instead of lib.sh. The records are the test's own; at the
# end all containers are removed by force, and nothing of them may be left: no process, cgroup, mount or file.
# shellcheck shell=bash
# As root they are on the network bridge, if nothing else is said: so not in this machine's own network.
export T_NET=1
# shellcheck disable=SC2034  # for the tests
network=none
[[ ${COVE_AS-} != root ]] || network=bridge
# shellcheck source=tests/support/lib.sh
. "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/lib.sh"

export COVE_DATA_ROOT=$t_tmp/data COVE_RUN_ROOT=$t_tmp/run

# within SECONDS COMMAND [ARG]...: until the command succeeds.
within() {
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    ((SECONDS <= end)) || fail "not in time: $*"
    sleep 0.05
  done
}

# The files of a container's record and state, for what the command line does not tell.
record_file() { echo "$COVE_DATA_ROOT/containers/$(readlink "$COVE_DATA_ROOT/names/$1")/$2"; }
state_of() { jq -r "$2" "$(record_file "$1" state.json)"; }   # NAME FILTER
record_of() { jq -r "$2" "$(record_file "$1" container.json)"; }
init_pid() { state_of "$1" .pid; }
monitor_pid() { state_of "$1" .monitor; }

# Starts a container that sleeps until it is told to end: detached NAME [OPTION]...
detached() { expect_status 0 cove run -d --name "$1" "${root_args[@]}" "${@:2}" -- sh -c 'trap "exit 0" TERM; while :; do sleep 0.1; done'; }

t_no_monitor() { ! pgrep -x cove-monitor; }

cgroups_left() {
  local id
  for id in "$@"; do find /sys/fs/cgroup -type d -name "cove-${id:0:12}" 2>/dev/null; done
}

# Removes everything, and looks whether something of the containers is still there.
leave_nothing() {
  local ids=() path
  for path in "$COVE_DATA_ROOT"/containers/*; do [[ ! -d $path ]] || ids+=("${path##*/}"); done
  ((${#ids[@]})) && expect_status 0 cove rm -f -v "${ids[@]}"
  expect_eq "$(find "$COVE_DATA_ROOT/containers" "$COVE_RUN_ROOT/containers" "$COVE_DATA_ROOT/names" -mindepth 1 2>/dev/null)" "" \
    "files that are left"
  expect_eq "$(cgroups_left "${ids[@]}")" "" "cgroups that are left"
  # One that has put the end on record is about to go.
  within 10 t_no_monitor
}
remove_all() {
  local path
  for path in "$COVE_DATA_ROOT"/containers/*; do [[ ! -d $path ]] || cove rm -f -v "${path##*/}"; done
}
at_exit remove_all
