#!/bin/bash
# In a container whose /proc is masked the kernel refuses another one: the error says so, and an unmasked one helps.
# modes: user
export T_SUBIDS=1
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

outer=(--security-opt seccomp=unconfined --user 1000 -v "$COVE:/tmp/cove" -v "$(t_root):/mnt")
inner=(/tmp/cove run --rootfs /mnt -- echo nested)
expect_status 125 cove run "${root_args[@]}" "${outer[@]}" -- "${inner[@]}"
expect_match "$err" 'E-PROC-MOUNT: .*/proc'
expect_status 0 cove run "${root_args[@]}" "${outer[@]}" --security-opt systempaths=unconfined -- "${inner[@]}"
expect_eq "$out" nested
