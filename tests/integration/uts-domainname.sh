#!/bin/bash
# --domainname sets the NIS domain inside and nothing outside.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

before=$(</proc/sys/kernel/domainname)
sandbox --domainname inner.example -- cat /proc/sys/kernel/domainname
expect_eq "$out" inner.example
expect_eq "$(</proc/sys/kernel/domainname)" "$before" "domain outside"
sandbox --uts host -- sh -c 'hostname; cat /proc/sys/kernel/domainname'
expect_eq "$out" "$(hostname)"$'\n'"$before" "--uts host"
