#!/bin/bash
# A load may be killed, or the disk be full, at any moment: the store is valid, the next load succeeds, and nothing is
# left of the first.
# forms: erofs
T_SUBIDS=1
# shellcheck source=tests/support/images.sh
. "${0%/*}/../support/images.sh"

# Two layers that take a while.
mkdir "$t_tmp/files"
for i in {1..300}; do head -c 40000 /dev/urandom >"$t_tmp/files/$i"; done
tar -C "$t_tmp/files" -cf "$t_tmp/one.tar" .
tar -C "$image_root" --exclude=./proc --exclude=./dev -cf "$t_tmp/two.tar" .
"$t_support/make-image" "$t_tmp/image.tar" "$t_tmp/one.tar" "$t_tmp/two.tar"

for delay in 0.005 0.02 0.04 0.06 0.08 0.1 0.13 0.16 0.2 0.3; do
  "$COVE" load -q -i "$t_tmp/image.tar" >/dev/null 2>&1 &
  sleep $delay
  kill -9 $! 2>/dev/null || true
  wait $! 2>/dev/null || true
  # Whatever came first: the image is whole, or it is not there.
  expect_status 0 cove images -q
  expect_status 0 cove image fsck
done
expect_status 0 cove load -q -i "$t_tmp/image.tar"
expect_clean_store
expect_status 0 cove run test.example/made:1 sh -c 'cat /1 | wc -c'
expect_eq "$out" 40000
expect_empty_store

[[ $COVE_AS == root ]] || exit 0
# The same with too little room, from hardly any to nearly enough.
mkdir "$t_tmp/small"
if [[ ${COVE_LAYER_FORM-} == erofs ]]; then
  # No image can be mounted from a tmpfs.
  truncate -s 110M "$t_tmp/disk"
  mkfs.ext4 -q -m 0 "$t_tmp/disk"
  mount -o loop "$t_tmp/disk" "$t_tmp/small"
else
  mount -t tmpfs -o size=100m tmpfs "$t_tmp/small"
fi
export COVE_DATA_ROOT=$t_tmp/small
images_root=$COVE_DATA_ROOT/images
for filler in 99 90 80 70 60 50; do
  head -c ${filler}M /dev/zero >"$t_tmp/small/filler" 2>/dev/null || true
  run cove load -q -i "$t_tmp/image.tar"
  rm "$t_tmp/small/filler"
  if [[ $status != 0 ]]; then expect_match "$err" 'E-DISK-FULL|No space left|disk is full'; fi
  expect_status 0 cove images -q
  expect_clean_store
  cove image prune -af >/dev/null
done
expect_status 0 cove load -q -i "$t_tmp/image.tar"
expect_clean_store
expect_empty_store
