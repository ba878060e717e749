#!/bin/bash
# An image may have 128 layers: what they add, replace and hide is seen through all of them. One more is refused, and
# nothing of it stays.
# forms: erofs
T_SUBIDS=1
# shellcheck source=tests/support/images.sh
. "${0%/*}/../support/images.sh"

tar -C "$image_root" --exclude=./proc --exclude=./dev -cf "$t_tmp/first" .
load_image_of() {  # COUNT
  "$t_support/make-image" --many "$t_tmp/$1.tar" "$1" "$t_tmp/first"
  run cove load -q -i "$t_tmp/$1.tar"
}

most=128
[[ $(printf '%s\n' 6.5 "$(uname -r)" | sort -V | head -1) == 6.5 ]] || most=100  # overlayfs then takes a page of names
for count in 40 $most; do
  load_image_of "$count"
  expect_eq "$status" 0 "$err"
  expect_status 0 cove image inspect -f '{{len .RootFS.Layers}}' test.example/made:1
  expect_eq "$out" "$count"
  expect_status 0 cove run test.example/made:1 sh -c 'cat /top; ls /own | wc -l; cd /; echo only-*'
  expect_eq "$out" "$count"$'\n'"$((count - 1))"$'\n'"only-$count"
done
# A container on top of them, and what it has changed.
expect_status 0 cove run --name top test.example/made:1 sh -c 'rm /own/2; echo new >/own/3'
expect_status 0 cove diff top
expect_eq "$out" $'C /own\nD /own/2\nC /own/3'
if ((most == 128)); then
  expect_status 1 cove commit top
  expect_match "$err" 'has 128 layers already'
fi
cove rm top >/dev/null

load_image_of 129
expect_eq "$status" 1
expect_match "$err" 'layers'
expect_clean_store
expect_empty_store
