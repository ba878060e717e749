#!/bin/bash
# cove inside cove, as the root of a user namespace: --userns auto takes what there is.
# modes: user
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

expect_status 0 cove run "${root_args[@]}" --security-opt seccomp=unconfined --security-opt systempaths=unconfined \
  --cap-add ALL -v "$COVE:/tmp/cove" -v "$(t_root):/mnt" -- \
  /tmp/cove run --userns auto --rootfs /mnt --best-effort-limits -- sh -c 'echo nested; id -u'
expect_eq "$out" $'nested\n0'
