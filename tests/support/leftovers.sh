# leftovers_snapshot, before, and leftovers_check, after: what did cove leave behind? Compares the processes of this PID
# namespace, the cgroups with cove in their name, the mounts of this mount namespace, the network namespaces that processes
# or mounts hold, and the files in cove's run and data directories and in the directories for temporary files. Waits up to
# two seconds for what the kernel takes down later. Sourced by lib.sh.
# shellcheck shell=bash disable=SC2154

# Without a fork, so that the check does not see itself.
leftovers_processes() {
  local entry name
  for entry in /proc/[0-9]*; do
    if [[ -r $entry/comm ]] && read -r name <"$entry/comm" 2>/dev/null; then echo "process ${entry#/proc/} $name"; fi
  done
}

leftovers_rest() {
  local entry
  find /sys/fs/cgroup -type d -name '*cove*' -printf 'cgroup %p\n' 2>/dev/null
  awk '{ print "mount", $5, $9, $10 }' /proc/self/mountinfo
  for entry in /proc/[0-9]*/ns/net; do readlink "$entry"; done 2>/dev/null | sort -u | sed 's/^/network /'
  find /run/cove* /var/lib/cove* "${XDG_RUNTIME_DIR:-/nonexistent}/" "${HOME:-/nonexistent}/.local/share/cove" \
    -printf 'file %p\n' 2>/dev/null
  find /tmp /var/tmp /dev/shm -maxdepth 1 -name '*cove*' ! -path "$t_tmp" -printf 'file %p\n' 2>/dev/null
}

leftovers_list() {  # FILE
  leftovers_processes >"$1.processes"
  leftovers_rest >"$1.rest" || true
  sort -u "$1.processes" "$1.rest" >"$1"
}

leftovers_snapshot() { leftovers_list "$t_tmp/before"; }

leftovers_check() {
  local try
  for try in {1..20}; do
    leftovers_list "$t_tmp/after"
    comm -13 "$t_tmp/before" "$t_tmp/after" >"$t_tmp/leftovers"
    [[ -s $t_tmp/leftovers ]] || return 0
    [[ $try == 20 ]] || sleep 0.1
  done
  fail "left behind: $(paste -sd ';' "$t_tmp/leftovers")"
}
