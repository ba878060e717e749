#!/bin/bash
# `cove explain --json` prints the plan of the same options, as JSON.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

expect_status 0 cove explain --json --memory 64m --hostname box --network host -e A=1 -v "$t_tmp:/data:ro" \
  --timeout 5s "${root_args[@]}" --best-effort-limits -- sh -c 'echo x'
plan() { jq -r "$1" "$t_tmp/out"; }
expect_eq "$(plan '.process.argv | tojson')" '["sh","-c","echo x"]'
expect_eq "$(plan .hostname)" box
expect_eq "$(plan .namespaces.net.mode)" host
expect_eq "$(plan .namespaces.pid.mode)" private
expect_eq "$(plan '.mounts[] | select(.target == "/data") | .source')" "$t_tmp"
expect_eq "$(plan '.mounts[] | select(.target == "/data") | .attributes | index("ro") != null')" true
expect_eq "$(plan '.process.env | index("A=1") != null')" true
expect_eq "$(plan .root.source)" "$(t_root)"
expect_eq "$(plan .lockdown.no_new_privs)" true
if [[ $COVE_AS == root ]]; then
  expect_match "$(plan '.cgroup.writes[] | .value')" 67108864
else
  expect_match "$(plan '.waived[]')" memory:
fi
