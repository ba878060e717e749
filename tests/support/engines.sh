# cove beside podman and docker, each with a store of its own in $d_tmp, what belongs to this boot below /run, and one image,
# busybox. Source it after drivers.sh, with COVE_RUNTIME=crun: that is podman's, and so the layout of cgroups is one that
# all three can use. COVE names the program.
# shellcheck shell=bash disable=SC2154,SC2034

engines=(cove podman docker)
# For no program between: it would be measured.
export COVE_DATA_ROOT=$d_tmp/cove-data COVE_RUN_ROOT=/run/cove-bench CONTAINERS_REGISTRIES_CONF=$d_tmp/cove-registries.conf
cove_cli=("$COVE")
podman_cli=(podman)
docker_cli=(docker --host "unix://$d_tmp/docker.sock" --config "$d_tmp/docker-config")
# ENGINE VERB ARG...; `run` and `create` get the image in the end: ENGINE run OPTION... -- COMMAND...
engine() {
  local name=$1 verb=$2 words=()
  shift 2
  local -n cli=${name}_cli
  if [[ $verb != run && $verb != create ]]; then "${cli[@]}" "$verb" "$@"; return; fi
  while [[ $1 != -- ]]; do words+=("$1"); shift; done
  "${cli[@]}" "$verb" "${words[@]}" --network none "$image" "${@:2}"
}

start_cove() {
  : >"$CONTAINERS_REGISTRIES_CONF"
  "${cove_cli[@]}" pull --quiet "$image" >/dev/null
}

start_podman() {
  configure_podman
  podman pull --quiet --tls-verify=false "$image" >/dev/null
}
# What it does about networks, and in which namespace it lives: `docker_enter` is a command that it is started by.
docker_network=(--iptables=false --bridge=none)
docker_enter=()
start_dockerd() {
  cat >"$d_tmp/containerd.toml" <<END
version = 2
root = "$d_tmp/containerd"
state = "/run/containerd-bench"
disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.internal.v1.opt"]
[grpc]
address = "$d_tmp/containerd.sock"
END
  echo '{}' >"$d_tmp/daemon.json"
  service containerd containerd --config "$d_tmp/containerd.toml"
  until_true 20 ctr --address "$d_tmp/containerd.sock" version
  service dockerd "${docker_enter[@]}" dockerd --host "unix://$d_tmp/docker.sock" --containerd "$d_tmp/containerd.sock" \
    --data-root "$d_tmp/data" --exec-root /run/docker-bench --pidfile "$d_tmp/dockerd.pid" \
    --config-file "$d_tmp/daemon.json" --default-ulimit nofile=1024:1024 --exec-opt native.cgroupdriver=cgroupfs \
    --insecure-registry 127.0.0.1:5000 "${docker_network[@]}"
  until_true 30 "${docker_cli[@]}" version
}
start_docker() {
  start_dockerd
  "${docker_cli[@]}" pull --quiet "$image" >/dev/null
}
