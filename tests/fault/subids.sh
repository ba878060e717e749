#!/bin/bash
# Each step failed and killed, for a user with subordinate ids: newuidmap writes the maps.
# modes: user
export T_SUBIDS=1
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"
# shellcheck source=tests/support/fault.sh
. "$t_support/fault.sh"

export fault_userns=1
every_fault "$@"
