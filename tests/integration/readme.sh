#!/bin/bash
# The commands of README.md print what it says they print, on the Debian root that it tells how to make.
T_ROOT=debian T_SUBIDS=1 T_DELEGATE=1
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"
mkdir -p "$t_tmp/scratch"
ln -s "$(t_root)" "$t_tmp/scratch/debian"
run_document README.md
