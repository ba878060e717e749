#!/bin/bash
# Each kind of namespace can be left as it is.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

declare -A option=([pid]=pid [uts]=uts [ipc]=ipc [net]=network [cgroup]=cgroupns [time]=timens [mnt]=mountns)
expect_status 0 "$COVE_PROBES/ns"
outside=$out
for kind in "${!option[@]}"; do
  words=("${root_args[@]}") probe=/probes/ns
  [[ $kind != mnt ]] || { words=() probe=$COVE_PROBES/ns; }
  expect_status 0 cove run "${words[@]}" "--${option[$kind]}" host -- "$probe"
  for each in mnt pid uts ipc net cgroup; do
    if [[ $each == "$kind" ]]; then
      expect_eq "$(value $each)" "$(sed -n "s/^$each=//p" <<<"$outside")" "$each with --${option[$kind]} host"
    else
      expect_ne "$(value $each)" "$(sed -n "s/^$each=//p" <<<"$outside")" "$each with --${option[$kind]} host"
    fi
  done
done
if [[ $EUID == 0 ]]; then
  sandbox --userns host -- /probes/ns
  expect_eq "$(value user)" "$(sed -n 's/^user=//p' <<<"$outside")" user
else
  expect_status 125 cove run "${root_args[@]}" --userns host -- /probes/ns
  expect_match "$err" 'new namespaces need root or a user namespace'
fi
