#!/bin/bash
# What explain says is what run does.
# Another user inside needs a range of ids.
export T_SUBIDS=1
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

options=("${root_args[@]}" --hostname box --cap-drop NET_RAW --workdir /etc --user 1000:1000 --ulimit nofile=123)
[[ $COVE_AS != root ]] || options+=(--userns host)
cove explain --json "${options[@]}" -- env >"$t_tmp/plan"
plan() { jq -r "$1" "$t_tmp/plan"; }
# shellcheck disable=SC2016
expect_status 0 cove run "${options[@]}" -- sh -c 'hostname; pwd; ulimit -n; id -u'
expect_eq "$out" "$(plan .hostname)"$'\n'"$(plan .process.cwd)"$'\n'"$(plan '.lockdown.rlimits[] | select(.name == "nofile").soft')"$'\n'"$(plan .process.user | cut -d: -f1)"
expect_status 0 cove run "${options[@]}" -- /probes/caps
bits=0
for name in $(plan '.lockdown.capabilities[]'); do
  number=$(awk -v name="$name" '$1 == "#define" && $2 == name { print $3 }' /usr/include/linux/capability.h)
  bits=$((bits | 1 << number))
done
expect_eq "$((16#$(value bounding)))" "$bits" "capabilities in the bounding set"
expect_status 0 cove run "${options[@]}" -- cat /proc/self/mounts
for target in $(plan '.mounts[] | select(.kind == "filesystem") | .target'); do
  expect_match "$out" " $target " "mounts inside"
done
