#!/usr/bin/env bash
# Of an index the manifest for the platform is taken, and the name stands for the index.
# timeout: 600
T_SUBIDS=1
. "$(dirname "$0")/../support/registry.sh"

start_registry plain
make_layout "$t_tmp/layout"
manifest=$(jq -r '.manifests[0].digest' "$t_tmp/layout/index.json")
size=$(stat -c %s "$t_tmp/layout/blobs/sha256/${manifest#sha256:}")
put_image "$t_tmp/layout" "$plain/app:amd64"

# The same image for two more platforms: other configs, the same layers.
blobs=$t_tmp/layout/blobs/sha256
variant_of() {  # ARCHITECTURE VARIANT: puts config and manifest; prints "DIGEST SIZE"
  local config digest location
  config=$(jq -c --arg a "$1" --arg v "$2" '.architecture = $a | if $v == "" then . else .variant = $v end' \
    "$blobs/$(jq -r .config.digest "$blobs/${manifest#sha256:}" | cut -d: -f2)")
  digest=sha256:$(printf %s "$config" | sha256sum | cut -d' ' -f1)
  location=$(curl -fsS -X POST -D - -o "$t_tmp/body" "http://$plain/v2/app/blobs/uploads/" | sed -n 's/^Location: *//Ip' | tr -d '\r')
  curl -fsS -X PUT -H 'Content-Type: application/octet-stream' --data-binary "$config" "$location&digest=$digest"
  jq -c --arg d "$digest" --argjson s "${#config}" '.config.digest = $d | .config.size = $s' "$blobs/${manifest#sha256:}" \
    | tr -d '\n' >"$t_tmp/manifest"
  digest=sha256:$(sha256sum <"$t_tmp/manifest" | cut -d' ' -f1)
  curl -fsS -X PUT -H 'Content-Type: application/vnd.oci.image.manifest.v1+json' --data-binary "@$t_tmp/manifest" \
    "http://$plain/v2/app/manifests/$digest" >&2
  echo "$digest $(stat -c %s "$t_tmp/manifest")"
}
read -r arm64 arm64_size < <(variant_of arm64 v8)
read -r armv6 armv6_size < <(variant_of arm v6)
type=application/vnd.oci.image.manifest.v1+json
jq -nc --arg t "$type" --arg a "$manifest" --argjson a_size "$size" --arg b "$arm64" --argjson b_size "$arm64_size" --arg c "$armv6" \
  --argjson c_size "$armv6_size" '{schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json", manifests: [
    {mediaType: $t, digest: $b, size: $b_size, platform: {os: "linux", architecture: "arm64", variant: "v8"}},
    {mediaType: $t, digest: $c, size: $c_size, platform: {os: "linux", architecture: "arm", variant: "v6"}},
    {mediaType: $t, digest: $a, size: $a_size, platform: {os: "linux", architecture: "amd64"}}]}' >"$t_tmp/index"
curl -fsS -X PUT -H 'Content-Type: application/vnd.oci.image.index.v1+json' --data-binary "@$t_tmp/index" \
  "http://$plain/v2/app/manifests/multi"
index=sha256:$(sha256sum <"$t_tmp/index" | cut -d' ' -f1)

[[ $(uname -m) == x86_64 ]] || skip "the layout is for amd64"
expect_status 0 cove pull "$plain/app:multi"
expect_match "$out" "Digest: $index"
expect_eq "$(cove image inspect --format '{{.Architecture}}' "$plain/app:multi")" amd64
expect_status 0 cove pull -q --platform arm64 "$plain/app:multi"
expect_eq "$(cove image inspect --format '{{.Architecture}}' "$plain/app:multi")" arm64
# The nearest variant that is not above the one asked for.
expect_status 0 cove pull -q --platform linux/arm/v7 "$plain/app:multi"
expect_eq "$(cove image inspect --format '{{.Architecture}}' "$plain/app:multi")" arm
expect_status 1 cove pull --platform linux/s390x "$plain/app:multi"
expect_match "$err" "linux/arm64/v8"
# By the index's digest.
expect_status 0 cove pull -q "$plain/app@$index"
store_is_sound
