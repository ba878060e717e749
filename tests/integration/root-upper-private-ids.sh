#!/bin/bash
# --upper under --userns auto: the second start gets the same ids, and finds its files as its own.
# modes: root
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

chmod 755 "$t_tmp"
mkdir "$t_tmp/upper"
args=(--rootfs "$(t_root)" --upper "$t_tmp/upper" --userns auto)
expect_status 0 cove run "${args[@]}" -- \
  sh -c 'echo x >/etc/x; chown 1000:1000 /etc/x; cat /proc/self/uid_map'
map=$out
owner=$(stat -c %u "$t_tmp/upper/etc/x")
[[ $owner -gt 65536 ]] || fail "the file in the upper directory belongs to $owner"
expect_status 0 cove run "${args[@]}" -- \
  sh -c 'stat -c %u:%g /etc/x; echo y >/etc/y && cat /proc/self/uid_map'
expect_eq "$out" "1000:1000"$'\n'"$map"
expect_status 0 cove run --rootfs "$(t_root)" --upper "$t_tmp/upper" -- true
mkdir "$t_tmp/other"
touch "$t_tmp/other/file"
expect_status 125 cove run --rootfs "$(t_root)" --upper "$t_tmp/other" --userns auto -- true
expect_match "$err" '--upper: .* belongs to uid 0'
