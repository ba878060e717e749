#!/bin/bash
# Seven kinds of namespace are new in a sandbox, the time namespace with --timens private.
# roots: default
# runtimes: crun runc
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

outside() { "$COVE_PROBES/ns" | sed -n "s/^$1=//p"; }
options=()
[[ -n ${COVE_RUNTIME-} ]] || options=(--timens private)
sandbox "${options[@]}" -- /probes/ns
for kind in mnt pid uts ipc net cgroup; do expect_ne "$(value $kind)" "$(outside $kind)" "$kind"; done
[[ -z ${COVE_RUNTIME-} ]] || exit 0
expect_ne "$(value time)" "$(outside time)" time
if [[ $EUID == 0 ]]; then
  expect_eq "$(value user)" "$(outside user)" "user, as root by default"
  sandbox --userns auto -- /probes/ns
fi
expect_ne "$(value user)" "$(outside user)" user
