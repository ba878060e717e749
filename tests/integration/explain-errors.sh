#!/bin/bash
# explain finds the mistakes that run finds before it starts anything.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

expect_status 125 cove explain --rootfs /no/such/directory -- true
expect_match "$err" 'E-ROOTFS: .*/no/such/directory'
expect_status 125 cove explain --memroy 1g -- true
expect_match "$err" 'did you mean --memory'
expect_status 125 cove explain "${root_args[@]}"
expect_match "$err" 'needs a command'
