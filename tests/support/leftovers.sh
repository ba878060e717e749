# leftovers_snapshot, before, and leftovers_check, after: what did cove leave behind? Compares the processes of this PID
# namespace, the cgroups with a name as cove gives it, the mounts of this mount namespace, the network namespaces that processes
# or mounts hold, and the files in cove's run and data directories and in the directories for temporary files. Only what
# stays counts: the kernel takes some things down later, and other sandboxes of the machine come and go.
# Sourced by lib.sh.
# shellcheck shell=bash disable=SC2154

# Without a fork, so that the check does not see itself. An ordinary user has no PID namespace for the test, and sees the
# threads of the kernel (children of 2) come and go.
leftovers_processes() {
  local entry name stat
  for entry in /proc/[0-9]*; do
    if [[ -r $entry/comm ]] && read -r name <"$entry/comm" 2>/dev/null; then
      [[ $EUID == 0 ]] || { read -r stat <"$entry/stat"; } 2>/dev/null || continue
      [[ ! ${stat-} =~ ^[0-9]+' ('.*') '[A-Z]' 2 ' ]] || continue
      echo "process ${entry#/proc/} $name"
    fi
  done
}

leftovers_rest() {
  local entry
  # One with processes is somebody else's container: those of this test are counted above.
  find /sys/fs/cgroup -regextype posix-extended -type d -regex '.*/cove-[0-9a-f]{12}' 2>/dev/null |
    while read -r entry; do
      { read -r _ <"$entry/cgroup.procs"; } 2>/dev/null || echo "cgroup $entry"
    done
  awk '{ print "mount", $5, $9, $10 }' /proc/self/mountinfo
  for entry in /proc/[0-9]*/ns/net; do readlink "$entry"; done 2>/dev/null | sort -u | sed 's/^/network /'
  # But for what all sandboxes share: the first one since the boot makes it.
  find /run/cove* /var/lib/cove* "${XDG_RUNTIME_DIR:-/nonexistent}/" "${HOME:-/nonexistent}/.local/share/cove" \
    ! -path '*/cove' ! -path '*/cove/id-ranges' -printf 'file %p\n' 2>/dev/null
  # But for what mktemp(1) made, as tests and tools do; cove does not.
  find /tmp /var/tmp /dev/shm -maxdepth 1 -name '*cove*' ! -name 'cove-*.??????' -printf 'file %p\n' 2>/dev/null
}

leftovers_list() {  # NAME: into the files NAME.processes and NAME.rest
  leftovers_processes >"$1.unsorted"
  sort "$1.unsorted" >"$1.processes"
  { leftovers_rest || true; } | sort -u >"$1.rest"
}

leftovers_snapshot() { leftovers_list "$t_tmp/before"; }

# How often to look, a tenth of a second apart, until nothing is left.
leftovers_tries=100

# Processes are strictly compared, for in this PID namespace there are only the test's own. Of the rest, what was not
# there at the first look is somebody else's.
leftovers_check() {
  local try processes=$t_tmp/left.processes rest=$t_tmp/left.rest
  for ((try = 1; try <= leftovers_tries; try++)); do
    leftovers_list "$t_tmp/after"
    comm -13 "$t_tmp/before.processes" "$t_tmp/after.processes" >"$processes"
    comm -13 "$t_tmp/before.rest" "$t_tmp/after.rest" >"$t_tmp/left.now"
    [[ $try != 1 ]] || cp "$t_tmp/left.now" "$rest"
    comm -12 "$rest" "$t_tmp/left.now" >"$t_tmp/left.still"
    mv "$t_tmp/left.still" "$rest"
    [[ -s $processes || -s $rest ]] || return 0
    [[ $try == "$leftovers_tries" ]] || sleep 0.1
  done
  fail "left behind: $(cat "$processes" "$rest" | paste -sd ';')"
}
