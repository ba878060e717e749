#!/usr/bin/env bash
# What cove pushes has the digest that it was pulled with, and others read it; what a registry has is not sent again.
# timeout: 600
T_SUBIDS=1
. "$(dirname "$0")/../support/registry.sh"

start_registry plain
start_registry other
make_layout "$t_tmp/layout" 12000000  # beyond what goes in one request
put_image "$t_tmp/layout" "$plain/app:v1"
put_image "$t_tmp/layout" "$plain/docker:v1" --format v2s2

# To another registry, both forms.
for name in docker app; do
  expect_status 0 cove pull -q "$plain/$name:v1"
  expect_status 0 cove tag "$plain/$name:v1" "$other/copy/$name:v2"
  expect_status 0 cove push "$other/copy/$name:v2"
  expect_match "$out" "The push refers to repository \[$other/copy/$name\]"
  expect_eq "$(raw_digest_at "$other/copy/$name:v2")" "$(raw_digest_at "$plain/$name:v1")"
  expect_match "$out" "v2: digest: $(raw_digest_at "$plain/$name:v1") size: [0-9]+"
done
# Both forms have one config, so they are one image here: each name keeps its manifest, for whoever asks.
expect_eq "$(cove image inspect --format '{{.Id}}' "$plain/app:v1")" "$(cove image inspect --format '{{.Id}}' "$plain/docker:v1")"
for name in app docker; do
  digest=$(raw_digest_at "$plain/$name:v1")
  expect_status 0 cove image inspect --format '{{.Descriptor.digest}}' "$plain/$name:v1"
  expect_eq "$out" "$digest"
  expect_status 0 cove tag "$plain/$name:v1" "$other/again/$name:v1"
  expect_status 0 cove push -q "$other/again/$name:v1"
  expect_eq "$(raw_digest_at "$other/again/$name:v1")" "$digest"
  expect_status 0 cove save --format oci -o "$t_tmp/saved-$name" "$plain/$name:v1"
  expect_eq "$(jq -r '.manifests[0].digest' "$t_tmp/saved-$name/index.json")" "$digest"
done
expect_status 0 cove image fsck
expect_status 0 cove rmi "$other/again/docker:v1" "$other/again/app:v1"
skopeo copy --quiet --insecure-policy --src-tls-verify=false "docker://$other/copy/app:v2" "dir:$t_tmp/dir"
expect_eq "sha256:$(sha256sum <"$t_tmp/dir/manifest.json" | cut -d' ' -f1)" "$(raw_digest_at "$plain/app:v1")"

# Again, and into another repository of the same registry.
expect_status 0 cove push "$other/copy/app:v2"
expect_match "$out" "Layer already exists"
expect_status 0 cove tag "$plain/app:v1" "$plain/third:v1"
expect_status 0 cove push "$plain/third:v1"
expect_match "$out" "Mounted from app"
expect_eq "$(raw_digest_at "$plain/third:v1")" "$(raw_digest_at "$plain/app:v1")"

# All of a name; quietly.
expect_status 0 cove tag "$plain/app:v1" "$other/many:a"
expect_status 0 cove tag "$plain/app:v1" "$other/many:b"
expect_status 0 cove push -q -a "$other/many"
expect_eq "$(sort <<<"$out" | xargs)" "$other/many:a $other/many:b"
expect_eq "$(skopeo list-tags --tls-verify=false "docker://$other/many" | jq -c '.Tags | sort')" '["a","b"]'

# What cannot be pushed.
expect_status 125 cove push app:v1
expect_match "$err" "does not say to which registry"
expect_status 1 cove push "$plain/none:v1"
expect_match "$err" "No such image"

# An upload that is cut off goes on where it broke: half of the layer is there, so the second part has a range.
start_faults faulty "$other"
expect_status 0 cove tag "$plain/app:v1" "$faulty/cut:v1"
faults '1 ^PATCH lose' '1 ^PUT.*manifests status 503'
expect_status 0 cove push "${quick[@]}" "$faulty/cut:v1"
expect_match "$out" "trying again"
expect_eq "$(raw_digest_at "$other/cut:v1")" "$(raw_digest_at "$plain/app:v1")"
expect_eq "$(requests '^PATCH .*part=[1-9][0-9]*-')" 1 "parts that were gone on with"

# What never gets better is an error.
expect_status 0 cove tag "$plain/app:v1" "$faulty/never:v1"
faults '99 ^P status 500'
expect_status 1 cove push --retry 2 "${quick[@]}" "$faulty/never:v1"
expect_match "$err" "status 500"
expect_between "$(requests "^POST")" 3 6 "attempts"
