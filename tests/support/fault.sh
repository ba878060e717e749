# For the tests of fault/: every step of a launch is failed, and the process that runs it is killed. Sourced after lib.sh.
# COVE is a build with fault injection. fault_userns=1: the options make a user namespace.
# shellcheck shell=bash disable=SC2154  # t_tmp, root_args: lib.sh

# Looking for leaks at each end would take half of the time; the unit tests look for them.
export ASAN_OPTIONS=detect_leaks=0

# What the processes in this PID namespace are, once those that cove left have ended.
fault_expect_processes() {  # WHAT
  for _ in {1..1500}; do
    leftovers_processes >"$t_tmp/processes"
    ! cmp -s "$t_tmp/processes" "$t_tmp/processes.before" || return 0
    sleep 0.02
  done
  fail "$1: left behind: $(grep -vxFf "$t_tmp/processes.before" "$t_tmp/processes" | paste -sd ';')"
}

# Once it is released the child goes on by itself: cove may fail or die while the command runs already. It waits to be
# released only where there are ids to be mapped.
fault_may_run() {  # PROCESS:STEP
  case $1 in
    'parent:run runtime hooks' | 'parent:await exec') return 0 ;;
    'parent:map ids' | 'parent:move network devices' | 'parent:open from outside' | 'parent:release child') [[ ${fault_userns-} != 1 ]] ;;
    *) return 1 ;;
  esac
}

# one_fault PROCESS STEP KIND [OPTION]...
one_fault() {
  local process=$1 step=$2 kind=$3 what="$1:$2:$3"
  shift 3
  COVE_FAULT="$step:$kind" run cove run "${root_args[@]}" -v "$t_tmp/marks:/marks" "$@" -- touch /marks/ran
  [[ ! -e $t_tmp/marks/ran ]] || fault_may_run "$process:$step" || fail "$what: the command ran"
  case $process:$kind in
    *:fail)
      expect_eq "$status" 125 "$what: exit status ($err)"
      expect_match "$err" "^cove: $step: injected fault" "$what: error"
      ;;
    parent:kill) expect_eq "$status" 137 "$what: exit status ($err)" ;;
    child:kill)
      expect_eq "$status" 125 "$what: exit status ($err)"
      expect_match "$err" "killed by SIG(KILL|ILL) during '$step'" "$what: error"
      ;;
  esac
  fault_expect_processes "$what"
  # Only now: where it may run, it may still do so when cove has died.
  rm -f "$t_tmp/marks/ran"
}

# every_fault [OPTION]...: the options of `cove run`.
every_fault() {
  local line kind
  COVE_FAULT=list run cove run -- true
  [[ $out == *parent:* ]] || skip "this build of cove has no fault injection"
  cp "$t_tmp/out" "$t_tmp/steps"
  mkdir -m 777 "$t_tmp/marks"
  # Without a fault the options work.
  expect_status 0 cove run "${root_args[@]}" -v "$t_tmp/marks:/marks" "$@" -- touch /marks/ran
  rm "$t_tmp/marks/ran"
  leftovers_snapshot
  leftovers_processes >"$t_tmp/processes.before"
  for kind in fail kill; do
    while read -r line; do
      one_fault "${line%%:*}" "${line#*:}" "$kind" "$@"
    done <"$t_tmp/steps"
    leftovers_check
    expect_eq "$(find "$t_tmp" -name '*cove-work*')" "" "work directories"
  done
}
