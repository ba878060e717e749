#!/bin/bash
# The commands of docs/tour.md print what the tour says they print.
# timeout: 600
T_ROOT=default T_NET=1 T_SUBIDS=1 T_DELEGATE=1
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"
run_document docs/tour.md
