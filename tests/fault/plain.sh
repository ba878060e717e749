#!/bin/bash
# Each step of the start failed and killed, with the options that nobody gave: as root; as a user with the own id only.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"
# shellcheck source=tests/support/fault.sh
. "$t_support/fault.sh"

[[ $COVE_AS == root ]] || export fault_userns=1
every_fault "$@"
