#!/bin/bash
# An ordinary user and the runtime: `spec --rootless`, the life of a container with one id, and one with subordinate ids;
# records below XDG_RUNTIME_DIR, nothing left. (crun 1.8's `spec --rootless` has no id maps.)
# runtimes: cove runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

command -v newuidmap >/dev/null || skip "needs newuidmap"
user_dir=$(mktemp -d /tmp/cove-rootless.XXXXXX)
at_exit rm -rf "$user_dir"
chmod 755 "$user_dir"
cp -a "$(t_root)" "$user_dir/rootfs"
chmod -R a+rX "$user_dir/rootfs"
install -m 755 "$(realpath "$t_runtime")" "$user_dir/$(basename "$t_runtime")"
cat >"$user_dir/life" <<'END'
set -euo pipefail
runtime=$1 dir=$2 name=$3
fail() { echo "FAIL: $*" >&2; exit 1; }
same() { [[ $1 == "$2" ]] || fail "$3: got '$1', want '$2'"; }
edit() { jq "$1" config.json >edited; mv edited config.json; }
wait_for() { for _ in {1..300}; do [[ $("$runtime" state "$2" | jq -r .status) != "$1" ]] || return 0; sleep 0.1; done; fail "$2 is not $1"; }
mkdir -p "$HOME/one"
cd "$HOME/one"
cp -r "$dir/rootfs" rootfs
"$runtime" spec --rootless
same "$(jq -c .linux.uidMappings config.json)" "[{\"containerID\":0,\"hostID\":$(id -u),\"size\":1}]" "uidMappings of spec --rootless"
edit '.process.terminal = false | .root.readonly = false | .process.args = ["sh", "-c", "id -u; tr -s \" \" </proc/self/uid_map; exit 5"]'
status=0
said=$("$runtime" run r </dev/null) || status=$?
same "$status" 5 "exit status"
same "$said" $'0\n 0 '"$(id -u) 1" "what it says"

edit '.process.args = ["sh", "-c", "trap \"exit 3\" TERM; touch /up; while :; do sleep 0.05; done"]'
"$runtime" create --pid-file pid c </dev/null >out 2>&1
same "$("$runtime" state c | jq -r .status)" created "state"
same "$("$runtime" state c | jq -r .pid)" "$(<pid)" "pid file"
"$runtime" start c
wait_for running c
for _ in {1..300}; do [[ ! -e rootfs/up ]] || break; sleep 0.1; done
same "$("$runtime" exec c sh -c 'id -u; hostname' </dev/null)" "0"$'\n'"$name" "exec"
status=0
"$runtime" exec c sh -c 'exit 9' </dev/null || status=$?
same "$status" 9 "exit status of exec"
same "$("$runtime" list -q)" c "list"
! "$runtime" create c </dev/null >/dev/null 2>&1 || fail "a second c was created"
"$runtime" kill c TERM
wait_for stopped c
"$runtime" delete c
! "$runtime" state c >/dev/null 2>&1 || fail "c is left"

# Ids of newuidmap's, and files that belong to them.
read -r _ first _ < <(tr : ' ' </etc/subuid | grep "^$(id -un) ")
edit '.linux.uidMappings += [{containerID: 1, hostID: '"$first"', size: 65536}] | .linux.gidMappings += [{containerID: 1, hostID: '"$first"', size: 65536}]'
edit '.process.args = ["sh", "-c", "touch /mine; chown 7:8 /mine; stat -c %u:%g /mine; rm /mine"] | .process.capabilities |= map_values(. + ["CAP_CHOWN"] | unique)'
same "$("$runtime" run s </dev/null)" 7:8 "owner inside"
records=$(find "$XDG_RUNTIME_DIR" -mindepth 2 | head -n 3)
[[ -z $records ]] || fail "left: $records"
END
hostname=$(is cove && echo cove || basename "$t_runtime")
run as_user --subids bash "$user_dir/life" "$user_dir/$(basename "$t_runtime")" "$user_dir" "$hostname"
expect_eq "$status" 0 "the user's script: $out$err"
