#!/bin/bash
# restore asks the program criu (here a stand-in) for a container's processes, and takes care of them then.
# runtimes: cove
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"
command -v python3 >/dev/null || skip "needs python3"

cp "$t_support/fake-criu" "$t_tmp/criu"
mkdir "$t_tmp/image" "$t_tmp/source"
touch "$t_tmp/image/inventory.img"
echo '["/dev/null","pipe:[4711]","pipe:[4712]"]' >"$t_tmp/image/descriptors.json"
restore() { rt --criu "$t_tmp/criu" restore --bundle "$bundle" --image-path "$t_tmp/image" --work-path "$t_tmp/work" "$@" "${id}a"; }
asked() { grep -qx -- "$1" "$t_tmp/request" || fail "not asked for $1: $(<"$t_tmp/request")"; }
cat >"$t_tmp/hook" <<'END'
#!/bin/bash
cat >"$(dirname "$0")/hook.$1"
END
chmod +x "$t_tmp/hook"
# shellcheck disable=SC2016
bundle a '.mounts += [{destination: "/new/place", type: "bind", source: ($tmp + "/source"), options: ["rbind"]}]
  | .linux.resources.pids.limit = 77
  | .hooks = {createRuntime: [{path: ($tmp + "/hook"), args: ["hook", "create"]}],
      poststart: [{path: ($tmp + "/hook"), args: ["hook", "started"]}]}' true

# In the foreground: its end is ours. It joins the cgroup, and has its root as a mount that nobody else sees.
touch "$t_tmp/end"
run restore --pid-file "$t_tmp/pid"
expect_eq "$status" 7 "exit status: $err"
expect_eq "$out" restored
for line in "type 2" "rst_sibling 1" "log_file restore.log" "external mnt\[/new/place\]:$t_tmp/source" \
  "external mnt\[/dev/null\]:/dev/null" "inherit_fd pipe:\[4711\] 1" "inherit_fd pipe:\[4712\] 2" "images $t_tmp/image" \
  "work $t_tmp/work" "root $state_root/${id}a/criu-root"; do
  asked "$line"
done
grep -q " $state_root/${id}a/criu-root " "$t_tmp/mounts" || fail "its root is no mount"
grep -q "/${id}a\$" "$t_tmp/cgroups" || fail "it is not in its cgroup: $(<"$t_tmp/cgroups")"
[[ -d $bundle/rootfs/new/place ]] || fail "the mount point was not made"
expect_eq "$(jq -r '.status + " " + (.pid | tostring)' "$t_tmp/hook.create")" "creating $(<"$t_tmp/pid")"
expect_eq "$(jq -r '.status' "$t_tmp/hook.started")" running
gone a || fail "it is left after its end"
t_runtime_check

# Detached: a container like any other.
rm "$t_tmp/end"
expect_status 0 restore --detach --pid-file "$t_tmp/pid" --lsm-profile apparmor:p
asked "lsm_profile apparmor:p"
expect_eq "$(init_pid a)" "$(<"$t_tmp/pid")"
expect_eq "$(state_of a)" running
refuses --criu "$t_tmp/criu" restore --bundle "$bundle" --image-path "$t_tmp/image" "${id}a"
expect_match "$err" 'exists'
expect_eq "$(state_of a)" running
remove a
t_runtime_check

# Whatever fails, nothing is left.
no_restore() {  # PATTERN [OPTION]...
  run restore --detach "${@:2}"
  [[ $status != 0 ]] || fail "restored in spite of $1"
  expect_match "$err" "$1"
  gone a || fail "it is left after: $err"
  t_runtime_check
}
echo "(00.1) Error (criu/y.c:2): no such luck" >"$t_tmp/fail"
no_restore 'criu restore failed: .*no such luck'
rm "$t_tmp/fail"
touch "$t_tmp/die"
rm "$t_tmp/work/restore.log"
no_restore 'criu restore failed .exit status 3.'
rm "$t_tmp/die"
touch "$t_tmp/deny"  # after the process is on record
no_restore 'criu restore failed'
rm "$t_tmp/deny"
no_restore 'pid file' --pid-file "$t_tmp/no/such/place"
no_restore '--image-path: there is no directory' --image-path "$t_tmp/nowhere"
no_restore '--image-path: .*inventory.img is missing' --image-path "$t_tmp/work"
no_restore '--manage-cgroups-mode' --manage-cgroups-mode hard
no_restore 'console socket' --console-socket "$t_tmp/socket"
echo '{}' >"$t_tmp/image/descriptors.json"
no_restore 'descriptors.json'
rm "$t_tmp/image/descriptors.json"
edited=$(jq --arg tmp "$t_tmp" '.hooks.createRuntime[0].path = "/bin/false"' "$bundle/config.json")
echo "$edited" >"$bundle/config.json"
no_restore 'createRuntime'
edited=$(jq '.hooks = {} | .linux.namespaces |= map(if .type == "network" then .path = "/no/such/net" else . end)' "$bundle/config.json")
echo "$edited" >"$bundle/config.json"
no_restore 'network'
