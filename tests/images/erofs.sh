#!/bin/bash
# Layers that are images of a file system: when there are any, mounted once and for all containers, gone with the image,
# mended and replaced like the others.
# modes: root
# shellcheck source=tests/support/images.sh
. "${0%/*}/../support/images.sh"
if ! can_erofs; then
  echo "skipped: $(cat "$t_tmp/erofs-why")"
  exit 77
fi
layer_mounts() { grep -cF " $images_root/layers/" /proc/self/mountinfo || true; }

# Large ones are, small ones are not; and what is asked for counts.
head -c 9000000 /dev/urandom >"$image_root/large"
tar -C "$image_root" --exclude=./proc --exclude=./dev -cf "$t_tmp/large.tar" .
mkdir "$t_tmp/few"
echo few >"$t_tmp/few/few"
tar -C "$t_tmp/few" -cf "$t_tmp/few.tar" .
"$t_support/make-image" "$t_tmp/image.tar" "$t_tmp/large.tar" "$t_tmp/few.tar"
expect_status 0 cove load -q -i "$t_tmp/image.tar"
expect_eq "$(find "$images_root/erofs" -mindepth 1 -maxdepth 1 | wc -l) $(find "$images_root/layers" -mindepth 1 -maxdepth 1 | wc -l)" "1 2"
hex=$(ls "$images_root/erofs")
expect_eq "$(stat -c '%F %a' "$images_root/erofs/$hex")" "regular file 600"
expect_eq "$(layer_mounts)" 0 "a layer is mounted before anybody needs it"
expect_clean_store
COVE_LAYER_FORM=zip expect_status 1 cove load -q -i "$t_tmp/image.tar"
expect_match "$err" "COVE_LAYER_FORM: 'zip' is none of auto, directory and erofs"

# One mount, however many start at once, and in whatever mount namespace.
image=test.example/made:1
for i in 1 2 3 4; do cove run $image cat /few >"$t_tmp/out-$i" & pids[i]=$!; done
for i in 1 2 3 4; do
  wait "${pids[i]}" || fail "start $i: exit status $?"
  expect_eq "$(cat "$t_tmp/out-$i")" few
done
expect_eq "$(layer_mounts)" 1 "mounts of the layer"
expect_status 0 cove run $image sh -c 'cat /proc/self/mountinfo | grep -c erofs || true'
expect_eq "$out" 0 "what is seen of it inside"
unshare -m --propagation private sh -c "umount -l $images_root/layers/$hex; exec '$COVE' run $image cat /few" >"$t_tmp/other" ||
  fail "in another mount namespace: exit status $?"
expect_eq "$(cat "$t_tmp/other")" few
expect_eq "$(layer_mounts)" 1 "mounts of the layer"

# A container on top of it, and all that looks at its files.
sum=$(sha256sum <"$image_root/large")
expect_status 0 cove run --name work $image sh -c 'echo new >/new; rm /large; mkdir /own; echo 1 >/own/1'
umount -l "$images_root/layers/$hex"  # as after a reboot
expect_status 0 cove diff work
expect_eq "$out" $'D /large\nA /new\nA /own\nA /own/1'
umount -l "$images_root/layers/$hex"
cove cp work:/few - | tar -xO >"$t_tmp/copied"
expect_eq "$(cat "$t_tmp/copied")" few
umount -l "$images_root/layers/$hex"
expect_status 0 cove export -o "$t_tmp/export.tar" work
tar -tf "$t_tmp/export.tar" >"$t_tmp/names"
grep -q bin/ "$t_tmp/names" || fail "the image's files are not exported"
expect_status 0 cove ps -as --format '{{.Names}} {{.Size}}'
expect_match "$out" 'virtual (9|1[0-9])'
umount -l "$images_root/layers/$hex"
expect_status 0 cove commit work made:2
expect_status 0 cove run made:2 sh -c 'cat /new /few; ls /large 2>/dev/null || echo gone'
expect_eq "$out" $'new\nfew\ngone'
expect_status 0 cove run -v vol:/few-dir $image sh -c 'sha256sum </large'
expect_eq "$out" "$sum"
expect_status 0 cove run --userns auto $image sh -c 'sha256sum </large; stat -c %u /few'
expect_eq "$out" "$sum"$'\n0'
expect_status 0 cove save -o "$t_tmp/saved.tar" made:2
run cove system check
expect_eq "$(grep ^mount <<<"$out" || true)" "" "mounts that system check complains of"
expect_clean_store

# An image that is used stays, and its layer stays for who runs on it until the end.
cove run -d --name runs $image sh -c 'while ! [ -e /stop ]; do sleep 0.05; done; sha256sum </large' >/dev/null
expect_status 1 cove rmi $image
expect_eq "$(layer_mounts)" 1
cove exec runs touch /stop
expect_status 0 cove wait runs
expect_status 0 cove logs runs
expect_eq "$out" "$sum"
cove rm runs work >/dev/null
cove volume rm vol >/dev/null

# Damage is found and mended; what cannot be mounted becomes a directory.
umount -l "$images_root/layers/$hex"
python3 - "$images_root/erofs/$hex" "$image_root/large" <<'END'
import sys
piece = open(sys.argv[2], 'rb').read()[4096:8192]
with open(sys.argv[1], 'r+b') as image:
    at = image.read().find(piece)
    image.seek(at + 100)
    image.write(b'damage')
END
expect_status 1 cove image fsck
expect_match "$out" "layer $hex /large has another content"
expect_status 0 cove image fsck --repair
expect_clean_store
expect_status 0 cove run $image sh -c 'sha256sum </large'
expect_eq "$out" "$sum"
umount -l "$images_root/layers/$hex"
# Lost, as by somebody who cleaned up: what it was mounted on is no layer without files.
mv "$images_root/erofs/$hex" "$t_tmp/lost"
expect_status 1 cove image fsck --quick
expect_match "$out" "layer $hex is missing"
expect_status 0 cove image fsck --repair
cmp -s <(stat -c %s "$images_root/erofs/$hex") <(stat -c %s "$t_tmp/lost") || fail "the layer is not what it was"
expect_clean_store
dd if=/dev/zero of="$images_root/erofs/$hex" bs=4096 count=1 conv=notrunc 2>/dev/null
expect_status 125 cove run $image true
expect_match "$err" "layer $hex.*erofs"
expect_match "$err" 'cove image fsck --repair'
COVE_LAYER_FORM=directory expect_status 0 cove image fsck --repair
expect_eq "$(ls "$images_root/erofs")" ""
expect_status 0 cove run $image sh -c 'sha256sum </large'
expect_eq "$out" "$sum"
expect_clean_store

# What was killed leaves nothing that the next one does not remove.
cove rmi -f $image made:2 >/dev/null
expect_empty_store
for delay in 0.01 0.03 0.05 0.08 0.12; do
  "$COVE" load -q -i "$t_tmp/image.tar" >/dev/null 2>&1 &
  sleep $delay
  kill -9 $! 2>/dev/null || true
  wait $! 2>/dev/null || true
  expect_status 0 cove image fsck
done
expect_status 0 cove load -q -i "$t_tmp/image.tar"
expect_clean_store
cove run $image true
# An image without a layer, as of one who was killed between the two.
cp "$images_root/erofs/$hex" "$images_root/erofs/${hex//[0-9]/0}"
# And a mount without an image.
mkdir "$images_root/layers/stray"
mount --bind "$images_root/layers/$hex" "$images_root/layers/stray"
expect_status 1 cove system check
expect_match "$out" "a layer is mounted whose image is gone"
expect_status 0 cove system gc
expect_status 0 cove image prune -af
expect_empty_store
