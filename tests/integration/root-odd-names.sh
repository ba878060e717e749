#!/bin/bash
# Paths with colons, commas, blanks, equals signs and backslashes work wherever a path is given.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

odd='a:b,c=d\ e "f'
copy_root "$t_tmp/$odd"
mkdir "$t_tmp/upper$odd" "$t_tmp/dir$odd"
echo x >"$t_tmp/dir$odd/file"
quoted=${odd//\"/\"\"}
expect_status 0 cove run --rootfs "$t_tmp/$odd" --upper "$t_tmp/upper$odd" \
  --mount "type=bind,\"src=$t_tmp/dir$quoted\",\"dst=/d$quoted\"" \
  --mount "type=overlay,\"src=$t_tmp/dir$quoted\",dst=/o" -- \
  sh -c 'cat "$1/file" /o/file; echo y >/new' - "/d$odd"
expect_eq "$out" $'x\nx'
expect_eq "$(<"$t_tmp/upper$odd/new")" y
