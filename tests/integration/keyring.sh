#!/bin/bash
# The session keyring is a new one: keys of the caller are not found, and keys added inside not outside.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

expect_status 0 "$COVE_PROBES/keyring" cove-probe
[[ $(value add) == OK ]] || skip "no key can be added here: $(value add)"
outer=$(value session)
sandbox --security-opt seccomp=unconfined -- \
  sh -c '/probes/keyring cove-probe-none; /probes/keyring cove-probe-none'
expect_ne "$(value session)" "$outer" "number of the session keyring"
expect_eq "$(value search)" ENOKEY
expect_eq "$(value add)" OK "add inside"
expect_no_match "$(value description)" '_uid|_ses' "description"
