#!/bin/bash
# Images by way of a registry: pushed by podman, buildah, docker and skopeo and pulled by cove, and the other way round; the
# digests are equal.
# shellcheck source=tests/support/drivers.sh
. "${0%/*}/../support/drivers.sh"

[[ $COVE_RUNTIME == cove ]] || skip "this is about cove's own images"
need_programs podman buildah umoci dockerd docker containerd
cove() { "$COVE" "$@"; }
export COVE_DATA_ROOT=$d_tmp/cove COVE_RUN_ROOT=/run/cove-test HOME=$d_tmp/home
export CONTAINERS_REGISTRIES_CONF=$d_tmp/registries.conf
mkdir -p "$HOME"
: >"$CONTAINERS_REGISTRIES_CONF"
configure_podman
# Its own choice, crun, does not start on every machine.
podman() { command podman --runtime "$runtime" "$@"; }
socket=unix://$d_tmp/docker.sock
docker() { command docker --host "$socket" --config "$d_tmp/docker-config" "$@"; }
start_registry
registry=127.0.0.1:5000

digest_of() { printf 'sha256:%s' "$(skopeo inspect --tls-verify=false --raw "docker://$1" | sha256sum | cut -d' ' -f1)"; }
# cove pulls what another has pushed: its digest is the registry's.
cove_pulls() {  # NAME
  expect_status 0 cove pull "$1"
  expect_match "$out" "Digest: $(digest_of "$1")"
  expect_status 0 cove image fsck
}
# cove pushes what it has pulled, under another name: the digest stays.
cove_pushes() {  # FROM TO
  expect_status 0 cove tag "$1" "$2"
  expect_status 0 cove push "$2"
  expect_eq "$(digest_of "$2")" "$(digest_of "$1")"
}

check_skopeo() {
  cove_pulls "$image"
  cove_pushes "$image" "$registry/by-cove/skopeo:1"
  skopeo copy --quiet --insecure-policy --src-tls-verify=false "docker://$registry/by-cove/skopeo:1" "oci:$d_tmp/read:1"
  umoci unpack --image "$d_tmp/read:1" "$d_tmp/unpacked" >"$d_tmp/umoci.log" 2>&1
  [[ -x $d_tmp/unpacked/rootfs/bin/busybox ]] || fail "umoci has unpacked no busybox"
}
check_podman() {
  expect_status 0 podman pull -q --tls-verify=false "$image"
  expect_status 0 podman tag "$image" "$registry/by-podman/app:1"
  local form
  for form in oci v2s2; do
    expect_status 0 podman push -q --tls-verify=false --format "$form" "$registry/by-podman/app:1" "$registry/by-podman/$form:1"
    cove_pulls "$registry/by-podman/$form:1"
    cove_pushes "$registry/by-podman/$form:1" "$registry/by-cove/podman-$form:1"
    expect_status 0 podman pull -q --tls-verify=false "$registry/by-cove/podman-$form:1"
    # podman keeps one image for both forms.
    expect_match "$(podman image inspect --format '{{.RepoDigests}}' "$registry/by-cove/podman-$form:1")" \
      "$registry/by-cove/podman-$form@$(digest_of "$registry/by-cove/podman-$form:1")"
  done
}
# What cove has written, others take in: the same image, under its name.
check_archives_for_podman() {
  local format
  expect_status 0 cove pull -q "$image"
  expect_status 0 cove tag "$image" archive.example/app:1
  for format in docker-archive oci-archive; do
    expect_status 0 cove save --format $format -o "$d_tmp/$format.tar" archive.example/app:1
    expect_status 0 podman load -q -i "$d_tmp/$format.tar"
    expect_match "$out" 'archive\.example/app:1'
    expect_eq "sha256:$(podman image inspect --format '{{.Id}}' archive.example/app:1)" \
      "$(cove image inspect --format '{{.Id}}' archive.example/app:1)" "the id by podman of $format"
    expect_status 0 podman run --rm --network none archive.example/app:1 sh -c 'echo "$FROM_IMAGE"'
    expect_eq "$out" yes
    expect_status 0 podman rmi -f archive.example/app:1
  done
}
check_zstd() {
  # Of a layer that the registry has never seen: skopeo would take what is there.
  mkdir "$d_tmp/zstd-root"
  head -c 100000 /dev/urandom >"$d_tmp/zstd-root/noise"
  "$d_support/make-image-layout" "$d_tmp/zstd-layout" "$d_tmp/zstd-root"
  expect_status 0 skopeo copy --insecure-policy --dest-decompress "oci:$d_tmp/zstd-layout:latest" "dir:$d_tmp/plain"
  expect_status 0 skopeo copy --insecure-policy --dest-compress --dest-compress-format zstd "dir:$d_tmp/plain" "dir:$d_tmp/zstd"
  expect_status 0 skopeo copy --insecure-policy --dest-tls-verify=false "dir:$d_tmp/zstd" "docker://$registry/by-skopeo/zstd:1"
  cove_pulls "$registry/by-skopeo/zstd:1"
  expect_match "$(skopeo inspect --raw --tls-verify=false "docker://$registry/by-skopeo/zstd:1")" 'tar\+zstd'
  cove_pushes "$registry/by-skopeo/zstd:1" "$registry/by-cove/zstd:1"
}
check_buildah() {
  local container
  container=$(buildah from scratch)
  printf 'made\n' >"$d_tmp/made"
  expect_status 0 buildah copy "$container" "$d_tmp/made" /made
  expect_status 0 buildah config --cmd /made "$container"
  expect_status 0 buildah commit -q "$container" "$registry/by-buildah/app:1"
  expect_status 0 buildah push -q --tls-verify=false "$registry/by-buildah/app:1"
  cove_pulls "$registry/by-buildah/app:1"
  cove_pushes "$registry/by-buildah/app:1" "$registry/by-cove/buildah:1"
  expect_status 0 buildah pull -q --tls-verify=false "$registry/by-cove/buildah:1"
}
check_docker() {
  service dockerd dockerd --host "$socket" --data-root "$d_tmp/data" --exec-root /run/docker-test --bridge=none --iptables=false \
    --pidfile "$d_tmp/dockerd.pid" --insecure-registry "$registry" --default-ulimit nofile=1024:1024 \
    --exec-opt native.cgroupdriver=cgroupfs
  trap 'stop_service "$service_pid"' EXIT
  until_true 60 docker version || fail "dockerd: $(tail -n 5 "$d_tmp/dockerd.log")"
  expect_status 0 docker pull -q "$image"
  expect_status 0 docker tag "$image" "$registry/by-docker/app:1"
  expect_status 0 docker push -q "$registry/by-docker/app:1"
  cove_pulls "$registry/by-docker/app:1"
  cove_pushes "$registry/by-docker/app:1" "$registry/by-cove/docker:1"
  expect_status 0 docker pull "$registry/by-cove/docker:1"
  expect_match "$out" "Digest: $(digest_of "$registry/by-cove/docker:1")"
  # An archive, too, and back.
  expect_status 0 cove tag "$registry/by-docker/app:1" archive.example/docker:1
  expect_status 0 cove save -o "$d_tmp/for-docker.tar" archive.example/docker:1
  expect_status 0 docker load -i "$d_tmp/for-docker.tar"
  expect_match "$out" 'Loaded image: archive\.example/docker:1'
  expect_status 0 docker run --rm archive.example/docker:1 sh -c 'echo "$FROM_IMAGE"'
  expect_eq "$out" yes
  expect_status 0 docker save -o "$d_tmp/by-docker.tar" archive.example/docker:1
  expect_status 0 cove rmi archive.example/docker:1
  expect_status 0 cove load -q -i "$d_tmp/by-docker.tar"
  expect_status 0 cove run archive.example/docker:1 sh -c 'echo "$FROM_IMAGE"'
  expect_eq "$out" yes
}

run_checks
