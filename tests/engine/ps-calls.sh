#!/bin/bash
# What a container more costs `ps`, in system calls, which repeat where times do not: six for its record and its state, and
# for one that runs three for its cgroup.
# modes: root
# shellcheck source=tests/support/engine.sh
. "${0%/*}/../support/engine.sh"

command -v strace >/dev/null || skip "strace is not installed"
# calls DATA-ROOT ARG...: of `ps`, without those of the start of any program.
calls() {
  local data=$1
  shift
  COVE_DATA_ROOT=$data strace -f -o "$t_tmp/trace" "$COVE" ps "$@" >"$t_tmp/listed"
  wc -l <"$t_tmp/trace"
}
# per_container WHAT MOST ARG...: of `ps ARG...` in $t_tmp/many with 300 and in $t_tmp/few with 100.
per_container() {
  local what=$1 most=$2 many few
  shift 2
  many=$(calls "$t_tmp/many" "$@")
  expect_eq "$(wc -l <"$t_tmp/listed")" 301 "lines of ps with $what"
  few=$(calls "$t_tmp/few" "$@")
  expect_eq "$(wc -l <"$t_tmp/listed")" 101 "lines of ps with $what"
  echo "$what: $many calls for 300, $few for 100"
  # Directories are read in pieces.
  expect_between "$(((many - few - 2) / 200))" 1 "$most" "system calls for each of $what"
}

"$t_support/fake-containers" "$t_tmp/many" 300
"$t_support/fake-containers" "$t_tmp/few" 100
per_container "those that do not run" 6 -a

# They run as far as their states tell: all have that of one that does.
detached real
state=$(record_file real state.json)
"$t_support/fake-containers" --state "$state" "$t_tmp/many" 300
"$t_support/fake-containers" --state "$state" "$t_tmp/few" 100
most=9
# Where no cgroup v2 tells that it lives, its process is looked at, and its freezer.
jq -e '.cgroup.directories | any(.version == 2)' "$state" >/dev/null || most=16
per_container "those that run" "$most"
leave_nothing
