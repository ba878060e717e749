#!/bin/bash
# The commands of docs/engine.md print what it says they print.
# modes: root
# shellcheck source=tests/support/engine.sh
. "$(dirname "$(realpath "$0")")/../support/engine.sh"
ROOT=$(t_root)
export ROOT
run_document docs/engine.md
leave_nothing
