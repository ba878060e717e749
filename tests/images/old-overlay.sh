#!/bin/bash
# On a Linux before 6.5, whose overlayfs takes all layers as one option: 100 layers work, for sandboxes and containers,
# and for more the error says what there is to do.
# forms: erofs
T_SUBIDS=1 T_OLD_OVERLAY=1
# shellcheck source=tests/support/images.sh
. "${0%/*}/../support/images.sh"

tar -C "$image_root" --exclude=./proc --exclude=./dev -cf "$t_tmp/first" .
load_image_of() {  # COUNT
  "$t_support/make-image" --many "$t_tmp/$1.tar" "$1" "$t_tmp/first"
  expect_status 0 cove load -q -i "$t_tmp/$1.tar"
}

for count in 1 2 40 100; do
  load_image_of "$count"
  expect_status 0 cove run test.example/made:1 sh -c 'cat /top 2>/dev/null || echo 1; ls /own 2>/dev/null | wc -l; cd /; echo only-*'
  only=only-$count
  ((count > 1)) || only='only-*'
  expect_eq "$out" "$count"$'\n'"$((count - 1))"$'\n'"$only"
done
expect_status 0 cove run --name top test.example/made:1 sh -c 'rm /own/2; echo new >/own/3'
expect_status 0 cove start -a top
expect_status 0 cove diff top
expect_eq "$out" $'C /own\nD /own/2\nC /own/3'
cove rm top >/dev/null

# That it is not the new way is seen by this.
load_image_of 110
expect_status 125 cove run test.example/made:1 true
expect_match "$err" 'an overlay of 110 layers'
expect_match "$err" 'Linux before 6.5 takes about 100'
expect_status 125 cove run --name top test.example/made:1 true
expect_match "$err" 'an overlay of 110 layers'
cove rm -f top >/dev/null 2>&1 || true
expect_clean_store
expect_empty_store
