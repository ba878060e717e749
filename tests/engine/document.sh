#!/bin/bash
# The commands of docs/engine.md print what it says they print.
# modes: root
# shellcheck source=tests/support/engine.sh
. "${0%/*}/../support/engine.sh"
# Else the first container on a network would say that it turns that on.
echo 1 >/proc/sys/net/ipv4/ip_forward
ROOT=$(t_root)
export ROOT
run_document docs/engine.md
leave_nothing
