# For tests of an ordinary user's networks: source it instead of network.sh. Root makes the worlds, and then `cove` is
# run by the user cove-test, who may open /dev/net/tun; `user COMMAND` runs others so.
# shellcheck shell=bash disable=SC2154
# shellcheck source=tests/support/network.sh
. "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/network.sh"
[[ -e /dev/net/tun ]] || skip "needs /dev/net/tun"

# The world with servers at ports 7000 and 7001 (UDP) outside, at 7002 on this machine, and a resolver on its loopback.
make_user_world() {
  make_world
  serve outside -- tcp 7000
  serve outside -- udp 7001
  serve -- tcp 7002
  serve_names -- 127.0.0.53
  machine_resolver "nameserver 127.0.0.53" "search lan.test"
}

# From here on: the user sees the mounts of this moment. end_user before another begin_user.
begin_user() {
  "$t_support/run-as-user" --tun sleep 10000 &
  user_pid=$!
  at_exit end_user
  within 10 user_is_there
  chown 12345:12345 "$t_tmp"
}
user_is_there() { [[ $(<"/proc/$user_pid/comm") == sleep ]]; }
end_user() {
  kill "$user_pid" 2>/dev/null || return 0
  wait "$user_pid" || true
}
# The last command is exec'd, so that in the background its number is that of COMMAND.
user() {
  local words=(nsenter -t "$user_pid" -m setpriv --reuid 12345 --regid 12345 --clear-groups --inh-caps=-all --
    env HOME=/media/home XDG_RUNTIME_DIR=/media/run USER=cove-test "$@")
  if ((BASH_SUBSHELL)); then exec "${words[@]}"; fi
  "${words[@]}"
}
cove() { user "$COVE" "$@"; }

programs() {
  ps -eo pid=,comm= |
    awk '$2 ~ /^(passt|pasta|slirp4netns|cove-network)/ { print $1; found = 1 } END { exit !found }'
}
no_programs() { ! programs; }
no_records() { [[ -z $(find "$COVE_RUN_ROOT/attached" -mindepth 1 2>/dev/null) ]]; }
# Nothing of an ordinary user's networks is left.
leave_no_program() {
  within 10 no_programs
  within 10 no_records
}
