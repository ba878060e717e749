#!/bin/bash
# Images come from archives and directories and go there again, unchanged: their digests are what they were.
T_SUBIDS=1
# shellcheck source=tests/support/images.sh
. "${0%/*}/../support/images.sh"

layout=$t_tmp/layout
make_layout "$layout"
manifest=$(jq -r '.manifests[0].digest' "$layout/index.json")
config=$(jq -r .config.digest "$layout/blobs/sha256/${manifest#sha256:}")

# A layout has no whole name, so the image has none.
expect_status 0 cove load -i "oci:$layout"
expect_eq "$out" "Loaded image ID: $config"
expect_status 0 cove images --no-trunc --format '{{.Repository}} {{.Tag}} {{.ID}}'
expect_eq "$out" "<none> <none> $config"
expect_status 0 cove tag "${config:7:12}" registry.example/busy:1
expect_status 0 cove tag registry.example/busy:1 busy
expect_status 0 cove images --format '{{.Repository}}:{{.Tag}}'
expect_eq "$(sort <<<"$out")" $'localhost/busy:latest\nregistry.example/busy:1'
expect_status 0 cove images -q registry.example/busy
expect_eq "$out" "${config:7:12}"
expect_status 0 cove images -q 'busy*'
expect_eq "$out" ""
expect_status 0 cove image inspect --format '{{.Id}} {{.Config.WorkingDir}} {{json .RepoTags}} {{.Descriptor.digest}}' busy
expect_eq "$out" "$config /tmp [\"localhost/busy:latest\",\"registry.example/busy:1\"] $manifest"
expect_status 1 cove image inspect absent
expect_eq "$out" "[]"
expect_match "$err" "No such image: absent"

# The same archive each time, and what comes back is the same image.
for format in docker-archive oci-archive; do
  expect_status 0 cove save --format $format -o "$t_tmp/$format.tar" registry.example/busy:1
  cove save --format $format registry.example/busy:1 | cmp - "$t_tmp/$format.tar" || fail "$format is not the same each time"
done
for format in oci dir; do
  expect_status 0 cove save --format $format -o "$t_tmp/$format" registry.example/busy:1
done
expect_eq "$(jq -r '.[0].RepoTags[0]' < <(tar -xOf "$t_tmp/docker-archive.tar" manifest.json))" registry.example/busy:1
expect_status 0 cove rmi -f "$config"
expect_match "$out" "Untagged: localhost/busy:latest"
expect_match "$out" "Deleted: $config"
expect_empty_store
for source in docker-archive:$t_tmp/docker-archive.tar "$t_tmp/oci-archive.tar" "oci:$t_tmp/oci" "dir:$t_tmp/dir"; do
  expect_status 0 cove load -q -i "$source"
  expect_status 0 cove images -q --no-trunc
  expect_eq "$out" "$config" "the id by $source"
  expect_status 0 cove image inspect -f '{{.Descriptor.digest}}' "$config"
  expect_eq "$out" "$manifest" "the manifest by $source"
  expect_clean_store
  expect_status 0 cove rmi -f "$config"
done
for compress in cat gzip 'zstd -q'; do
  $compress <"$t_tmp/docker-archive.tar" >"$t_tmp/packed"
  expect_status 0 cove load <"$t_tmp/packed"
  expect_eq "$out" "Loaded image: registry.example/busy:1"
done
expect_clean_store

# What others make of what cove has written.
if [[ $COVE_AS == root ]]; then
  for tool in skopeo umoci; do command -v $tool >/dev/null || skip "$tool is not installed"; done
  for source in docker-archive:$t_tmp/docker-archive.tar oci-archive:$t_tmp/oci-archive.tar "oci:$t_tmp/oci:1" "dir:$t_tmp/dir"; do
    expect_eq "$(skopeo inspect --config --raw "$source" | sha256sum | cut -d' ' -f1)" "${config:7}" "the config that skopeo finds in $source"
  done
  expect_eq "$(skopeo inspect --raw "oci:$t_tmp/oci:1" | sha256sum | cut -d' ' -f1)" "${manifest:7}"
  umoci unpack --image "$t_tmp/oci:1" "$t_tmp/bundle" >/dev/null 2>&1 || fail "umoci cannot unpack the layout"
  [[ -x $t_tmp/bundle/rootfs/bin/sh ]] || fail "umoci finds no shell"
  # And the other way round: what skopeo has copied.
  skopeo copy -q "oci:$layout:latest" "docker-archive:$t_tmp/skopeo.tar:docker.io/library/skop:2"
  expect_status 0 cove load -i "$t_tmp/skopeo.tar"
  expect_eq "$out" "Loaded image: skop:2"
  expect_status 0 cove image inspect -f '{{.Id}}' skop:2
  expect_eq "$out" "$config"
fi

# What is no image.
printf x >"$t_tmp/other"
expect_status 1 cove load -i "$t_tmp/other"
tar -cf "$t_tmp/plain.tar" -C "$t_tmp" other
expect_status 1 cove load -i "$t_tmp/plain.tar"
expect_match "$err" 'neither an archive of images nor an image layout'
expect_match "$err" 'cove import'
cp -r "$layout" "$t_tmp/wrong"
layer=$(jq -r '.layers[0].digest' "$layout/blobs/sha256/${manifest#sha256:}")
printf x >>"$t_tmp/wrong/blobs/sha256/${layer#sha256:}"
expect_status 0 cove rmi -f "$config"
expect_status 1 cove load -i "oci:$t_tmp/wrong"
expect_match "$err" 'it was changed or damaged on its way'
expect_empty_store
