#!/bin/bash
# Each step failed and killed, with a terminal.
# modes: root
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"
# shellcheck source=tests/support/fault.sh
. "$t_support/fault.sh"

every_fault -t -i
