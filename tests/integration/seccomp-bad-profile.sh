#!/bin/bash
# A profile that cannot be used is refused before anything runs, and the message names the field.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

check() {  # PROFILE PATTERN
  printf %s "$1" >"$t_tmp/profile.json"
  expect_status 125 cove run "${root_args[@]}" --security-opt "seccomp=$t_tmp/profile.json" -- echo ran
  expect_eq "$out" ''
  expect_match "$err" "$2" "error for $1"
}
rule() {  # NAMES ACTION [MORE]
  echo "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [{\"names\": [$1], \"action\": \"$2\"${3-}}]}"
}
check '{"defaultAction": "SCMP_ACT_NOTIFY"}' 'E-SECCOMP-(UNSUPPORTED|PROFILE).*defaultAction.*NOTIFY'
check "$(rule '"read"' SCMP_ACT_NOTIFY)" 'E-SECCOMP-(UNSUPPORTED|PROFILE).*syscalls\[0\].*NOTIFY'
check '{"defaultAction": "SCMP_ACT_SING"}' 'E-SECCOMP-PROFILE.*defaultAction.*SCMP_ACT_SING'
check '{"syscalls": []}' 'E-SECCOMP-PROFILE.*defaultAction'
check "$(rule '"read"' SCMP_ACT_ALLOW ', "args": [{"index": 6, "value": 0, "op": "SCMP_CMP_EQ"}]')" \
  'E-SECCOMP-PROFILE.*syscalls\[0\].args\[0\].index'
check "$(rule '' SCMP_ACT_ALLOW)" 'syscalls\[0\].names'
check '{"defaultAction": "SCMP_ACT_ALLOW"' 'E-SECCOMP-PROFILE'
check '{"defaultAction": "SCMP_ACT_ALLOW", "defaultAction": "SCMP_ACT_KILL"}' 'defaultAction'
expect_status 125 cove run "${root_args[@]}" --security-opt "seccomp=$t_tmp/none.json" -- true
expect_match "$err" "seccomp.*none.json"
