#!/bin/bash
# --storage-size with --upper on a file system with project quotas. (tests/vm/quota runs the same on a kernel that has them.)
# modes: root
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

truncate -s 64M "$t_tmp/image"
/usr/sbin/mkfs.ext4 -q -O quota,project -E quotatype=prjquota "$t_tmp/image"
run "$t_support/check-quota" "$(t_cove)" "$COVE_PROBES/writer" "$t_tmp/image"
[[ $status != 77 ]] || skip "${out#SKIP: }"
expect_eq "$status" 0 "$err"
