#!/bin/bash
# The same under --rw, where what cove makes in the root is really made.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

mkdir -p "$t_tmp/host/sub" "$t_tmp/root"/{bin,etc}
cp "$(command -v busybox)" "$t_tmp/root/bin/sh"
for name in dev proc sys tmp run data; do
  ln -s "../../../../../../../../../..$t_tmp/host/sub" "$t_tmp/root/$name"
done
find "$t_tmp/host" | sort >"$t_tmp/before"
run cove run --rootfs "$t_tmp/root" --rw -v "$t_tmp/before:/data/deep/file" -- \
  /bin/sh -c ': >/tmp/new; true >/data/new; exit 0'
expect_eq "$(find "$t_tmp/host" | sort)" "$(<"$t_tmp/before")" "host's directory (status $status, $err)"
