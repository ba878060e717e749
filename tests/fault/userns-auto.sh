#!/bin/bash
# Each step failed and killed, with a private range of ids for root, and id-mapped mounts.
# modes: root
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"
# shellcheck source=tests/support/fault.sh
. "$t_support/fault.sh"

export fault_userns=1
every_fault --userns auto
