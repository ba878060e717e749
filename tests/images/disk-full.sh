#!/bin/bash
# The disk of the images is full to the last byte, or out of files: what adds something says so and changes nothing; to
# look, and to remove images and containers, works, and is what makes room. So it is without the files that the index
# shares between processes, after a kill, and with many at once.
# modes: root
# shellcheck source=tests/support/images.sh
. "${0%/*}/../support/images.sh"

mkdir "$t_tmp/small" "$t_tmp/files"
export COVE_DATA_ROOT=$t_tmp/small/data
images_root=$COVE_DATA_ROOT/images
# Who calls cove: this test itself as root, or an ordinary user.
who=root
cove() {
  if [[ $who == root ]]; then "$COVE" "$@"; else as_user --subids "$COVE" "$@"; fi
}
make_small() {  # ext4|tmpfs
  if [[ $1 == tmpfs ]]; then
    mount -t tmpfs -o size=40m tmpfs "$t_tmp/small"
  else
    truncate -s 48M "$t_tmp/disk"
    mkfs.ext4 -q -F -m 0 -N 4000 "$t_tmp/disk"
    mount -o loop "$t_tmp/disk" "$t_tmp/small"
  fi
}
fill() {
  dd if=/dev/zero of="$t_tmp/small/filler" bs=64k 2>/dev/null || true
  sync -f "$t_tmp/small"
  dd if=/dev/zero of="$t_tmp/small/filler" bs=1k oflag=append conv=notrunc 2>/dev/null || true
  ! echo x >"$t_tmp/small/probe" 2>/dev/null || fail "the disk is not full: $(df "$t_tmp/small")"
  rm -f "$t_tmp/small/probe"
}
fill_files() {
  mkdir "$t_tmp/small/many"
  (cd "$t_tmp/small/many" && seq 4000 | xargs touch 2>/dev/null) || true
  ! touch "$t_tmp/small/probe" 2>/dev/null || fail "a file can be made: $(df -i "$t_tmp/small")"
}
make_room() { rm -rf "$t_tmp/small/filler" "$t_tmp/small/many"; }
images() { cove images --no-trunc --format '{{.ID}} {{.Repository}}:{{.Tag}} {{.Size}}'; }
full() {
  run "$@"
  [[ $status != 0 ]] || fail "$*: it worked on a full disk"
  expect_match "$err" 'No space left on device|E-DISK-FULL'
}

head -c 3000000 /dev/urandom >"$t_tmp/files/large"
cp -r "$image_root/bin" "$t_tmp/files/"
tar -C "$t_tmp/files" -cf "$t_tmp/one.tar" .
echo two >"$t_tmp/files/large"
tar -C "$t_tmp/files" -cf "$t_tmp/two.tar" .
# The first has more layers than fit into one page of the index.
"$t_support/make-image" --many "$t_tmp/one.image" 60 "$t_tmp/one.tar"

begin() {
  expect_status 0 cove load -q -i "$t_tmp/one.image"
  expect_status 0 cove tag test.example/made:1 first:1
  expect_status 0 cove rmi test.example/made:1
  expect_status 0 cove import "$t_tmp/two.tar" second
  expect_status 0 cove run --network none --name used second true
  before=$(images)
}
use_full_disk() {
  full cove load -q -i "$t_tmp/one.image"
  full cove import "$t_tmp/two.tar" third
  full cove tag second another:1
  full cove run -d --network none second sleep 1000
  expect_status 0 images
  expect_eq "$out" "$before"
  expect_status 0 cove image inspect -f '{{.Id}}' first:1
  expect_status 0 cove history second
  expect_status 0 cove ps -a --format '{{.Names}}'
  expect_eq "$out" used
  # Many at once: all find what there is.
  local pids=() i
  for i in 1 2 3 4 5 6; do cove images -q >"$t_tmp/seen-$i" & pids+=($!); done
  for i in "${pids[@]}"; do wait "$i" || fail "one of many: exit status $?"; done
  for i in 2 3 4 5 6; do expect_eq "$(cat "$t_tmp/seen-$i")" "$(cat "$t_tmp/seen-1")"; done
  expect_status 0 cove rmi first:1
  expect_match "$out" 'Untagged: localhost/first:1.*Deleted: sha256'
  expect_status 1 cove image inspect first:1
}
end() {
  expect_status 0 cove rm used
  expect_status 0 cove image prune -af
  expect_match "$out" 'untagged: localhost/second:latest'
  expect_match "$out" 'Total reclaimed space: [1-9]'
  expect_empty_store
  make_room
  expect_status 0 cove load -q -i "$t_tmp/one.image"
  expect_clean_store
  expect_empty_store
}

for kind in ext4 tmpfs; do
  make_small $kind
  begin
  fill
  use_full_disk
  # What came free is enough, without anybody's help.
  [[ $kind == tmpfs ]] || expect_status 0 cove import "$t_tmp/two.tar" third
  end

  # The files that the index has beside it are lost, as when another program has had it open: it is read all the same.
  begin
  rm "$images_root/index.db-shm"
  fill
  use_full_disk
  end

  # As a kill in the middle leaves it: all that was changed is in the log alone.
  begin
  for i in 1 2 3; do
    "$COVE" tag second killed:$i >/dev/null 2>&1 &
    sleep 0.01
    kill -9 $! 2>/dev/null || true
    wait $! 2>/dev/null || true
  done
  before=$(images)
  fill
  use_full_disk
  end
  umount "$t_tmp/small"
done

make_small ext4
begin
fill_files
use_full_disk
end
umount "$t_tmp/small"

who=user
export COVE_RUN_ROOT=$t_tmp/user-run
make_small ext4
chmod 755 "$t_tmp"
mkdir "$COVE_RUN_ROOT"
chown 12345:12345 "$t_tmp/small" "$COVE_RUN_ROOT"
begin
fill
use_full_disk
end
umount "$t_tmp/small"
