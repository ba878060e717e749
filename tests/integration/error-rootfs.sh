#!/bin/bash
# --rootfs that is missing or no directory.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"
# shellcheck source=tests/support/report.sh
. "$t_support/report.sh"

expect_status 125 cove run --rootfs /no/such/directory -- true
expect_match "$err" 'E-ROOTFS: .*/no/such/directory'
expect_status 125 cove run --rootfs /etc/passwd -- true
expect_match "$err" 'E-ROOTFS: .*/etc/passwd is not a directory'
run_reported --rootfs /no/such/directory -- true
expect_match "$err" '--rootfs is given twice'
run cove run --rootfs /no/such/directory --report "$t_tmp/report.json" -- true
expect_schema
expect_field .failure.error_id E-ROOTFS
expect_field .reason setup-failed
