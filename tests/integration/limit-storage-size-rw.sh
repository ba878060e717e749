#!/bin/bash
# --storage-size cannot bound what --rw writes: an error that says so.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

mkdir "$t_tmp/root"
expect_status 125 cove run --rootfs "$t_tmp/root" --rw --storage-size 4m -- /bin/true
expect_match "$err" 'E-LIMIT: --storage-size'
