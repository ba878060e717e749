#!/bin/bash
# Every system call by which an attachment is made, or taken down, is failed, and cove is killed in it: the error says so, and
# nothing is left, nor of the kill after the keeper, or gc. strace does both.
# modes: root
# timeout: 600
# shellcheck source=tests/support/network.sh
. "${0%/*}/../support/network.sh"
command -v strace >/dev/null || skip "needs strace"
make_world
expect_status 0 cove network create --subnet 10.77.0.0/24 --disable-dns back
options=(--network back -p 8080:80 -p 8081:81/udp -p 8090-8099:8090-8099)
strace -o "$t_tmp/trace" true 2>/dev/null || skip "strace may not trace here"
sandbox "${options[@]}" -- true  # the bridge and the table are there
leave_no_network

calls_of() {  # CALL: how often the whole start and end have it
  run strace -e trace="$1" -o "$t_tmp/trace" "$COVE" run "${root_args[@]}" "${options[@]}" -- true
  [[ $status == 0 ]] || fail "strace: $err"
  leave_no_network
  grep -c "^$1(" "$t_tmp/trace" || true
}
injected() {  # CALL NUMBER WHAT
  run timeout 60 strace -e trace="$1" -e "inject=$1:$3:when=$2" -o "$t_tmp/trace" "$COVE" run "${root_args[@]}" "${options[@]}" -- true
}

# Where even taking down was failed it is gc's.
nothing_after_gc() { no_network_things || { cove gc >/dev/null 2>&1; no_network_things; }; }

# What the keeper does it does at once.
soon() {
  local _
  for _ in {1..40}; do ! "$@" || return 0; sleep 0.05; done
  return 1
}

failed=0 killed=0 by_gc=()
for call in sendto symlinkat renameat setns; do
  count=$(calls_of "$call")
  ((count)) || fail "no $call in a start: this test looks at nothing"
  for ((i = 1; i <= count; i++)); do
    # What fails in the end, when all is taken down, may be left for gc.
    injected "$call" "$i" error=ENOMEM
    grep -q INJECTED "$t_tmp/trace" || fail "$call $i was not failed"
    [[ $status == 0 ]] || failed=$((failed + 1))
    [[ $status == 0 || -n $err ]] || fail "$call $i: it failed without a word"
    within 10 nothing_after_gc
    injected "$call" "$i" signal=KILL
    [[ $status == 137 ]] || fail "$call $i: exit status $status of a cove that was killed"
    killed=$((killed + 1))
    if ! soon no_network_things; then
      by_gc+=("$call $i")
      expect_status 0 cove gc
    fi
    leave_no_network
  done
done
echo "$failed failures, $killed kills, of which gc cleaned up after ${#by_gc[@]}: ${by_gc[*]}"
# The keeper is there from before the first address is leased until all is given back.
((${#by_gc[@]} * 4 <= killed)) || fail "too much is left to gc"
((failed >= 10 && killed >= 20)) || fail "too few of each"
# It works as before, with the same ports.
sandbox "${options[@]}" -- true
leave_no_network
collect_killed
