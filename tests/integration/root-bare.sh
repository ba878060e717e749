#!/bin/bash
# A root with one program and nothing else: what the mounts need is made, and not in the root itself.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

mkdir -p "$t_tmp/root/bin"
cp "$(command -v busybox)" "$t_tmp/root/bin/sh"
expect_status 0 cove run --rootfs "$t_tmp/root" -- /bin/sh -c 'echo $$; echo *; echo x >/dev/null'
expect_eq "$out" $'1\nbin dev proc run sys tmp'
expect_status 0 cove run --rootfs "$t_tmp/root" --read-only -- /bin/sh -c 'echo x >/tmp/x'
expect_eq "$(ls "$t_tmp/root")" bin "the root"
