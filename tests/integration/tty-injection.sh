#!/bin/bash
# TIOCSTI on the terminal of the caller is refused, whatever the capabilities: nobody types for it.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

command -v script >/dev/null || skip "needs script(1)"
for options in '' '--cap-add SYS_ADMIN' --privileged; do
  command="$(t_cove) run $(printf '%q ' "${root_args[@]}" -i) $options -- /probes/tiocsti"
  script -qec "$command" "$t_tmp/typed" </dev/null >/dev/null
  out=$(tr -d '\r' <"$t_tmp/typed")
  expect_match "$out" $'tty=1\n'
  for key in tiocsti tiocsti_high_bits; do
    expect_match "$out" "[^x]$key=E(PERM|IO)" "$key with options '$options'"
  done
done
