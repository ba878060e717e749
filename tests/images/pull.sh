#!/usr/bin/env bash
# Images that skopeo put into a registry arrive with their digests, whatever their form.
# timeout: 600
T_SUBIDS=1
. "$(dirname "$0")/../support/registry.sh"

start_registry plain
make_layout "$t_tmp/layout"
put_image "$t_tmp/layout" "$plain/team/oci:v1"
put_image "$t_tmp/layout" "$plain/team/oci:latest"
put_image "$t_tmp/layout" "$plain/docker:v1" --format v2s2

# By tag; the second time there is nothing to do.
expect_status 0 cove pull "$plain/team/oci:v1"
expect_match "$out" "v1: Pulling from $plain/team/oci"
expect_match "$out" "Pull complete"
expect_match "$out" "Digest: $(digest_at "$plain/team/oci:v1")"
expect_match "$out" "Status: Downloaded newer image for $plain/team/oci:v1"
expect_eq "${out##*$'\n'}" "$plain/team/oci:v1"
expect_status 0 cove pull "$plain/team/oci:v1"
expect_match "$out" "Already exists"
expect_match "$out" "Status: Image is up to date for $plain/team/oci:v1"

# Docker's own form; quietly.
expect_status 0 cove pull -q "$plain/docker:v1"
expect_eq "$out" "$plain/docker:v1"
expect_status 0 cove image inspect --format '{{json .RepoDigests}}' "$plain/docker:v1"
expect_match "$out" "$plain/docker@$(digest_at "$plain/docker:v1")"

# Without a tag it is latest; by digest it has no tag.
expect_status 0 cove pull "$plain/team/oci"
expect_match "$out" "Using default tag: latest"
digest=$(digest_at "$plain/team/oci:v1")
expect_status 0 cove pull -q "$plain/team/oci@$digest"
expect_eq "$out" "$plain/team/oci@$digest"

# All tags, and JSON for programs.
expect_status 0 cove rmi -f "$plain/team/oci:v1" "$plain/team/oci:latest"
expect_status 0 cove pull -a --json "$plain/team/oci"
jq -es 'any(.[]; .status == "Pull complete" or .status == "Already exists") and
        any(.[]; (.status // "") | startswith("Digest: sha256:"))' <<<"$out" >/dev/null || fail "JSON: $out"
expect_eq "$(cove images --format '{{.Tag}}' "$plain/team/oci" | sort | xargs)" "latest v1"

# What is not there, and what cannot be.
expect_status 1 cove pull "$plain/team/none:v1"
expect_match "$err" "manifest v1 of team/none: status 404"
expect_status 125 cove pull "$plain/Team:v1"
expect_match "$err" "lower-case"
expect_status 125 cove pull -a "$plain/team/oci:v1"
expect_status 1 cove pull --platform linux/riscv64 "$plain/team/oci:v1"
expect_match "$err" "is for linux/amd64, not for linux/riscv64"
store_is_sound

# `cove run` gets what is not there.
expect_status 0 cove rmi -f "$plain/team/oci:v1"
expect_status 0 cove run --rm "$plain/team/oci:v1" sh -c 'echo "$FROM_IMAGE"'
expect_eq "$out" yes
