#!/bin/bash
# Seven kinds of namespace are new in a sandbox, the time namespace with --timens private.
# roots: default
# runtimes: crun runc
# shellcheck source=tests/support/lib.sh
. "$(dirname "$(realpath "$0")")/../support/lib.sh"

expect_status 0 "$COVE_PROBES/ns"
outside=$out
options=()
[[ -n ${COVE_RUNTIME-} ]] || options=(--timens private)
expect_status 0 cove run "${root_args[@]}" "${options[@]}" -- /probes/ns
for kind in mnt pid uts ipc net cgroup; do expect_ne "$(value $kind)" "$(sed -n "s/^$kind=//p" <<<"$outside")" "$kind"; done
[[ -z ${COVE_RUNTIME-} ]] || exit 0
expect_ne "$(value time)" "$(sed -n 's/^time=//p' <<<"$outside")" time
if [[ $EUID == 0 ]]; then
  expect_eq "$(value user)" "$(sed -n 's/^user=//p' <<<"$outside")" "user, as root by default"
  expect_status 0 cove run "${root_args[@]}" --userns auto -- /probes/ns
fi
expect_ne "$(value user)" "$(sed -n 's/^user=//p' <<<"$outside")" user
