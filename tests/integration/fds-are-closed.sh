#!/bin/bash
# No descriptor above 2 reaches the command, however many cove was started with.
# roots: default
# runtimes: crun runc
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

exec 3</etc/passwd 7<>"$t_tmp/file" 9</ 200</etc/group
sandbox -- /probes/fds
expect_eq "$(value count)" 3 "open descriptors ($out)"
[[ -z ${COVE_RUNTIME-} ]] || exit 0
for options in --init -i --output-limit=1m -t; do
  sandbox $options -- /probes/fds
  expect_match "$out" 'count=3' "with $options"
done
