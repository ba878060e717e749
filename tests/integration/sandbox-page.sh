#!/bin/bash
# The commands of docs/sandbox.md print what the page says they print.
T_ROOT=default T_NET=1 T_SUBIDS=1 T_DELEGATE=1
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"
run_document docs/sandbox.md
