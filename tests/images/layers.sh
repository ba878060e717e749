#!/bin/bash
# What GNU tar writes becomes files with all that belongs to them: sparse files in each form, attributes, capabilities,
# access lists, hard links, long names, times, in layers of gzip, zstd and none.
# forms: erofs
T_SUBIDS=1
# shellcheck source=tests/support/images.sh
. "${0%/*}/../support/images.sh"

src=$t_tmp/src
mkdir -p "$src/dir"
truncate -s 3M "$src/sparse"
printf middle | dd of="$src/sparse" bs=1 seek=1500000 conv=notrunc 2>/dev/null
printf end | dd of="$src/sparse" bs=1 seek=3145725 conv=notrunc 2>/dev/null
echo text >"$src/dir/file"
ln "$src/dir/file" "$src/dir/other"
long=$(printf 'n%.0s' {1..200})
mkdir "$src/$long"
echo long >"$src/$long/$long"
ln -s "$long/$long" "$src/symlink"
set_attribute() { python3 -c 'import os, sys; os.setxattr(sys.argv[1], sys.argv[2], bytes.fromhex(sys.argv[3]))' "$@"; }
attributes() { python3 -c 'import os, sys; print({n: os.getxattr(sys.argv[1], n).hex() for n in sorted(os.listxattr(sys.argv[1]))})' "$1"; }
set_attribute "$src/dir/file" user.note 6b657074
touch -d '2001-02-03 04:05:06.789' "$src/dir/file"
chmod 2755 "$src/dir"
touch -d '2002-03-04 05:06:07' "$src/dir"
sum=$(sha256sum <"$src/sparse")

for form in '--format=gnu --sparse' '--format=pax --sparse --sparse-version=0.0' '--format=pax --sparse --sparse-version=0.1' \
  '--format=pax --sparse --sparse-version=1.0' '--format=pax'; do
  # shellcheck disable=SC2086
  tar -C "$src" $form --xattrs --xattrs-include='*' -cf "$t_tmp/layer.tar" .
  for compress in cat gzip 'zstd -q'; do
    $compress <"$t_tmp/layer.tar" >"$t_tmp/layer"
    "$t_support/make-image" "$t_tmp/image.tar" "$t_tmp/layer"
    expect_status 0 cove load -q -i "$t_tmp/image.tar"
    got=$(layer_files)
    expect_eq "$(sha256sum <"$got/sparse")" "$sum" "$form, $compress"
    [[ ${COVE_LAYER_FORM-} == erofs ]] && holes=$(echo "$images_root"/erofs/*) || holes=$got/sparse
    (($(stat -c %b "$holes") * 512 < 1000000)) || fail "$form: the holes are filled"
    expect_eq "$(stat -c '%h %y' "$got/dir/other")" "2 $(stat -c %y "$src/dir/file")"
    [[ $form == *gnu* ]] || expect_eq "$(attributes "$got/dir/other")" "{'user.note': '6b657074'}"
    expect_eq "$(stat -c '%a %Y' "$got/dir")" "2755 $(stat -c %Y "$src/dir")"
    expect_eq "$(cat "$got/symlink")" long
    expect_clean_store
    cove image prune -af >/dev/null
  done
done

[[ $COVE_AS == root ]] || exit 0
# Owners and capabilities (cap_net_raw+ep).
chown 1234:65533 "$src/dir/file"
set_attribute "$src/dir/file" security.capability 0100000200200000000000000000000000000000
tar -C "$src" --format=pax --xattrs --xattrs-include='*' -cf "$t_tmp/layer.tar" .
"$t_support/make-image" "$t_tmp/image.tar" "$t_tmp/layer.tar"
expect_status 0 cove load -q -i "$t_tmp/image.tar"
got=$(layer_files)
for file in dir dir/file; do
  expect_eq "$(stat -c '%u %g %a' "$got/$file")" "$(stat -c '%u %g %a' "$src/$file")" "$file"
  expect_eq "$(attributes "$got/$file")" "$(attributes "$src/$file")" "attributes of $file"
done
expect_clean_store
