# The library of the integration tests. A test is a short script that sources this file first, and then runs cove and
# compares; exit status 77 means skipped. Settings, before the source line:
#   T_ROOT=busybox|debian|default  the root file system (else COVE_TEST_ROOT, else busybox); default: cove's own view
#   T_CGROUP1=1                    without the cgroup v2 hierarchy of a hybrid machine (see private)
#   T_NET=1                        in a network namespace of its own, with nothing but a loopback interface
#   T_OLD_OVERLAY=1                as on a Linux before 6.5, whose overlayfs has no "lowerdir+"; root starts it
#   T_SUBIDS=1, T_DELEGATE=1       as a user: with subordinate ids; in cgroups of the user's own (see run-as-user)
# Environment: COVE (the program), COVE_PROBES (the directory of the probes; else build/dev/probes), COVE_CACHE,
# COVE_AS=root|user (who runs the test), COVE_RUNTIME=crun|runc (the same test through another runtime: see oci-run).
#
# Sourcing it starts the test again in mount, UTS and PID namespaces of its own, so that whatever it does to mounts and
# names stays there, and whatever it leaves running is seen and then ended.
# shellcheck shell=bash
set -Eeuo pipefail
trap 'echo "FAIL: $BASH_SOURCE line $LINENO: $BASH_COMMAND" >&2' ERR
# Programs are not started for what the shell can do: there are a thousand tests.
t_support=$(cd "${BASH_SOURCE[0]%/*}" && pwd -P)

fail() { echo "FAIL: $*" >&2; exit 1; }
skip() { echo "SKIP: $*"; exit 77; }

[[ -n ${COVE_PROBES-} || ! -d $t_support/../../build/dev/probes ]] ||
  COVE_PROBES=$(realpath "$t_support/../../build/dev/probes")
export COVE_PROBES

t_build_root() {  # KIND
  local cache=${COVE_CACHE:-${t_support%/*/*}/build/cache} stamp=none
  [[ $cache == /* ]] || cache=$PWD/$cache
  case $1 in
    busybox)
      # New probes make a new root.
      [[ -z ${COVE_PROBES-} ]] || stamp=$(cd "$COVE_PROBES" && stat -c '%n %s %Y' -- * | md5sum | cut -c1-8)
      t_root_dir=$cache/busybox-$stamp
      [[ -e $t_root_dir/etc/complete ]] || "$t_support/make-busybox-root" "$t_root_dir"
      ;;
    debian)
      [[ $EUID == 0 || -e $cache/debian/etc/complete ]] || skip "the Debian root file system is built by root"
      t_root_dir=$cache/debian
      "$t_support/make-debian-root" "$t_root_dir"
      ;;
    default) t_root_dir='' ;;
    *) fail "unknown root file system $1" ;;
  esac
}

t_start() {
  local as=${COVE_AS-} words=()
  [[ -n $as ]] || { [[ $EUID == 0 ]] && as=root || as=user; }
  t_build_root "${T_ROOT:-${COVE_TEST_ROOT:-busybox}}"
  export T_ROOT_DIR=$t_root_dir COVE_AS=$as
  [[ $EUID == 0 || $as == user ]] || skip "needs root"
  [[ -z ${COVE_RUNTIME-} || $as == root ]] || skip "$COVE_RUNTIME is driven as root only"
  if [[ $EUID == 0 ]]; then
    export T_INSIDE=1
    words=("$t_support/private" --pid)
    [[ ${T_CGROUP1-} != 1 ]] || words+=(--cgroup1)
    [[ ${T_NET-} != 1 ]] || words+=(--net)
    [[ ${T_OLD_OVERLAY-} != 1 ]] || words+=("$COVE_PROBES/old-overlay")
    if [[ $as == user ]]; then
      words+=("$t_support/run-as-user")
      [[ ${T_SUBIDS-} != 1 ]] || words+=(--subids)
      [[ ${T_DELEGATE-} != 1 ]] || words+=(--delegate)
    fi
    exec "${words[@]}" "$(realpath "$0")" "$@"
  fi
  [[ ${T_OLD_OVERLAY-} != 1 ]] || skip "only root can hide what this kernel's overlayfs can"
}

if [[ ${T_INSIDE-} != 1 ]]; then t_start "$@"; fi
unset T_INSIDE

# The program under test, as a path and as a function.
if [[ -n ${COVE_RUNTIME-} ]]; then t_program=$t_support/oci-run; else t_program=${COVE-}; fi
t_cove() { echo "${t_program:?COVE names the cove program}"; }
cove() { "${t_program:?COVE names the cove program}" "$@"; }
# The root file system: a directory (empty for cove's own view), and as options for `cove run`.
t_root() { echo "$T_ROOT_DIR"; }
# The probes are at /probes in each.
# shellcheck disable=SC2034  # for the tests
if [[ -n $T_ROOT_DIR ]]; then root_args=(--rootfs "$T_ROOT_DIR"); else root_args=(); fi
[[ -z ${COVE_PROBES-} || -d ${T_ROOT_DIR:-/nonexistent}/probes ]] || root_args+=(-v "$COVE_PROBES:/probes:ro")

# Runs a command as the ordinary user, for tests that run as root.
as_user() { "$t_support/run-as-user" "$@"; }

# A directory of the test's own, removed at the end. at_exit COMMAND [ARG]... adds to what is done there.
t_tmp=$(mktemp -d "${TMPDIR:-/tmp}/cove-itest.XXXXXX")
t_exit_commands=()
at_exit() { t_exit_commands+=("${*@Q}"); }
t_at_exit() {
  local command
  for command in "${t_exit_commands[@]}"; do eval "$command" >&2 || true; done
  local at mounts=()
  while read -r _ _ _ _ at _; do [[ $at != "$t_tmp"/* ]] || mounts=("$at" "${mounts[@]}"); done </proc/self/mountinfo
  ((${#mounts[@]} == 0)) || umount -l "${mounts[@]}"
  rm -rf --one-file-system "$t_tmp"
}
trap t_at_exit EXIT

# A copy of the root file system, without the probes, for tests that write to it.
copy_root() {  # DIR
  mkdir "$1"
  tar -C "$(t_root)" --exclude=./root --exclude=./probes -cf - . | tar -C "$1" -xf -
  mkdir "$1/root"
}

# text NAME FILE: sets NAME to the file's text without the newlines at its end, as NAME=$(<FILE) does.
text() {
  local -n t_text=$1
  # At a NUL the first command ends well, and the second one leaves all of them out.
  if IFS= read -r -d '' t_text <"$2"; then t_text=$(<"$2"); fi
  while [[ $t_text == *$'\n' ]]; do t_text=${t_text%$'\n'}; done
}

# Runs a command; leaves $status, $out and $err, and never fails itself.
run() {
  status=0
  "$@" >"$t_tmp/out" 2>"$t_tmp/err" || status=$?
  text out "$t_tmp/out"
  text err "$t_tmp/err"
}

# The value of KEY in the KEY=VALUE lines that a probe left in $out.
value() { sed -n "s/^$1=//p" <<<"$out" | head -n 1; }

expect_eq() { [[ $1 == "$2" ]] || fail "${3:-value}: got '$1', want '$2'"; }
expect_ne() { [[ $1 != "$2" ]] || fail "${3:-value}: got '$1', which must differ"; }
expect_match() { [[ $1 =~ $2 ]] || fail "${3:-text}: '$1' does not match /$2/"; }
expect_no_match() { [[ ! $1 =~ $2 ]] || fail "${3:-text}: '$1' matches /$2/"; }
# LOW <= NUMBER <= HIGH; all may have a fraction.
expect_between() {
  awk -v n="$1" -v low="$2" -v high="$3" 'BEGIN { exit !(n != "" && n >= low && n <= high) }' ||
    fail "${4:-number}: got '$1', want $2 to $3"
}
# Runs the command as `run` does and compares its exit status.
expect_status() {
  local want=$1
  shift
  run "$@"
  [[ $status == "$want" ]] || fail "exit status of $*: got $status, want $want; output: $out; errors: $err"
}

# `cove run ARG...` in the root file system, which must end well.
sandbox() { expect_status 0 cove run "${root_args[@]}" "$@"; }

# shellcheck source=tests/support/background.sh
. "$t_support/background.sh"
# Runs the console blocks of a document of the source tree in an empty directory, with cove in PATH; see run_console.
run_document() {
  local source_dir
  [[ -z ${COVE_RUNTIME-} ]] || skip "documents are about cove"
  source_dir=$(realpath "$t_support/../..")
  mkdir -p "$t_tmp/bin" "$t_tmp/scratch"
  ln -s "$(realpath "$(t_cove)")" "$t_tmp/bin/cove"
  ln -s cove "$t_tmp/bin/cove-runtime"
  (cd "$t_tmp/scratch" && PATH=$t_tmp/bin:$PATH "$source_dir/tests/tools/run_console" "$source_dir/$1" --as "$COVE_AS")
}

# shellcheck source=tests/support/leftovers.sh
. "$t_support/leftovers.sh"
