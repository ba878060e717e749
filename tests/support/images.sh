# For tests of images. Source it instead of engine.sh.
# shellcheck shell=bash
# shellcheck source=tests/support/engine.sh
. "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/engine.sh"

images_root=$COVE_DATA_ROOT/images

# Layers have files of subordinate ids, which only cove can remove for an ordinary user.
remove_images() { cove image prune -af >/dev/null 2>&1 || true; }
at_exit remove_images

# Whether layers can be images of a file system here.
can_erofs() {
  mkdir -p "$t_tmp/nothing"
  COVE_DATA_ROOT=$t_tmp/erofs-data COVE_LAYER_FORM=erofs cove import "$t_tmp/nothing" nothing >/dev/null 2>"$t_tmp/erofs-why"
}
if [[ ${COVE_LAYER_FORM-} == erofs ]] && ! can_erofs; then
  echo "skipped: $(cat "$t_tmp/erofs-why")"
  exit 77
fi
# Where the files of the layer are to be seen, if there is one only: a start mounts those that are images.
layer_files() {
  [[ ${COVE_LAYER_FORM-} != erofs ]] || cove run "$(cove images -q | head -1)" /nothing >/dev/null 2>&1 || true
  echo "$images_root"/layers/*
}

# What the tests make images of: the root file system without what an ordinary user cannot read, and without the probes,
# which are larger than all the rest.
image_root=$t_tmp/image-root
mkdir "$image_root"
tar -C "$(t_root)" --exclude=./root --exclude=./probes -cf - . | tar -C "$image_root" -xf - --no-same-owner

# A layout with one image, tagged "latest", of a few files and busybox: make_layout DIR. It is made once per root file
# system, and kept beside it.
make_layout() {  # DIR
  local kept new
  kept=$(t_root).layout-$EUID-$(md5sum <"$t_support/make-image-layout" | cut -c1-8)
  if [[ ! -e $kept ]]; then
    new=$(mktemp -d "$kept.XXXXXX" 2>/dev/null) || { "$t_support/make-image-layout" "$1" "$image_root"; return; }
    "$t_support/make-image-layout" "$new" "$image_root"
    chmod -R a+rX "$new"
    # Another test may have been quicker.
    mv -T "$new" "$kept" 2>/dev/null || rm -rf "$new"
  fi
  cp -r "$kept" "$1"
}

# What the store keeps for images: nothing but what the index names, and nothing half done.
expect_clean_store() {
  expect_eq "$(find "$images_root/partial" -mindepth 1 2>/dev/null)" "" "what is half done"
  expect_status 0 cove image fsck
  expect_eq "$out" "all is as it is in the index"
}
# No image has a file, and none was left.
expect_no_files() {
  expect_eq "$(find "$images_root"/{blobs/sha256,layers,ids,names,uses,partial,unsynced} -mindepth 1 ! -type d 2>/dev/null)" "" "files that are left"
  expect_eq "$(ls "$images_root/layers")" "" "layers that are left"
  [[ ! -e $images_root/erofs ]] || expect_eq "$(ls "$images_root/erofs")" "" "images of layers that are left"
}
# All images and what they need are gone.
expect_empty_store() {
  expect_status 0 cove image prune -af
  expect_status 0 cove images -aq
  expect_eq "$out" "" "images that are left"
  expect_no_files
  expect_eq "$(grep -F " $images_root/" /proc/self/mountinfo || true)" "" "mounts that are left"
}
