#!/bin/bash
# As root without a capability cove cannot hand it on: asked for by name it is an error.
# modes: root
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

without=(setpriv --bounding-set=-sys_time --inh-caps=-all --)
expect_status 125 "${without[@]}" "$(t_cove)" run "${root_args[@]}" --cap-add SYS_TIME -- true
expect_match "$err" '--cap-add SYS_TIME: cove itself does not have it'
expect_status 0 "${without[@]}" "$(t_cove)" run "${root_args[@]}" -- true
