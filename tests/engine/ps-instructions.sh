#!/bin/bash
# What a container more costs `ps`, in instructions: 75,000 where its record is as cove writes it.
# modes: root
# shellcheck source=tests/support/engine.sh
. "${0%/*}/../support/engine.sh"

command -v valgrind >/dev/null || skip "valgrind is not installed"
# instructions NUMBER: of `ps -a` with so many containers.
instructions() {
  "$t_support/fake-containers" "$t_tmp/data-$1" "$1"
  COVE_DATA_ROOT=$t_tmp/data-$1 valgrind --tool=callgrind --callgrind-out-file=/dev/null "$COVE" ps -a \
    >"$t_tmp/listed" 2>"$t_tmp/counted"
  expect_eq "$(wc -l <"$t_tmp/listed")" $(($1 + 1)) "lines of ps"
  awk '/Collected/ { print $NF }' "$t_tmp/counted"
}
each=$((($(instructions 300) - $(instructions 100)) / 200))
echo "$each instructions for each container"
expect_between "$each" 1000 95000 "instructions for each container"
