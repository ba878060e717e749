# For tests of pull and push: registries on loopback ports, with images in them. Source it instead of lib.sh. The store,
# the logins and the configuration of registries are the test's own.
# shellcheck shell=bash
# The ports are of a loopback of the test's own.
export T_NET=1
# shellcheck source=tests/support/lib.sh
. "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/lib.sh"

for program in docker-registry skopeo jq curl python3; do
  command -v "$program" >/dev/null || skip "$program is not installed"
done

export COVE_DATA_ROOT=$t_tmp/data COVE_RUN_ROOT=$t_tmp/run
export HOME=$t_tmp/home XDG_CONFIG_HOME=$t_tmp/home/.config XDG_RUNTIME_DIR=$t_tmp/xdg
export CONTAINERS_REGISTRIES_CONF=$t_tmp/registries.conf
unset REGISTRY_AUTH_FILE DOCKER_CONFIG http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY
mkdir -p "$XDG_CONFIG_HOME" "$XDG_RUNTIME_DIR"
: >"$CONTAINERS_REGISTRIES_CONF"
# The quick form, for what is to be tried again.
quick=(--retry-delay 10ms)

t_children=()
t_end_children() {
  local pid
  for pid in "${t_children[@]}"; do kill "$pid" 2>/dev/null || true; done
}
at_exit t_end_children
# A store has layers of other owners: the program itself knows how to remove them.
t_empty_store() { cove images -q --no-trunc 2>/dev/null | xargs -r "$(t_cove)" rmi -f >/dev/null 2>&1; }
at_exit t_empty_store

t_free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# start_registry NAME [LINE]...: a docker-registry; the lines go below "http:" (tls) or, with no indent, beside it. Sets
# the variable NAME to its HOST:PORT.
start_registry() {
  # shellcheck disable=SC2034  # the name is the caller's
  local t_name=$1 t_port t_below='' t_beside='' t_line t_config=$t_tmp/$1.yml t_scheme=http
  for t_line in "${@:2}"; do
    case $t_line in
      ' '*) t_below+=$t_line$'\n' ;;
      *) t_beside+=$t_line$'\n' ;;
    esac
    [[ $t_line != *tls:* ]] || t_scheme=https
  done
  for _ in 1 2 3 4 5; do
    t_port=$(t_free_port)
    printf '%s\n' 'version: 0.1' 'log: {level: error, accesslog: {disabled: true}}' \
      "storage: {filesystem: {rootdirectory: $t_tmp/$t_name.data}, delete: {enabled: true}}" \
      "${t_beside%$'\n'}" 'http:' "  addr: 127.0.0.1:$t_port" "${t_below%$'\n'}" >"$t_config"
    docker-registry serve "$t_config" >"$t_tmp/$t_name.log" 2>&1 &
    t_children+=($!)
    for _ in $(seq 200); do
      if curl -ks -o "$t_tmp/probe" "$t_scheme://127.0.0.1:$t_port/v2/"; then
        printf -v "$t_name" '%s' "127.0.0.1:$t_port"
        return
      fi
      kill -0 $! 2>/dev/null || break
      sleep 0.1
    done
  done
  fail "docker-registry does not start: $(<"$t_tmp/$t_name.log")"
}

# start_faults NAME BACKEND [KEYS]: see fault_registry.py. Rules go to the file $t_tmp/NAME.rules, requests come in NAME.requests.
start_faults() {
  : >"$t_tmp/$1.rules"
  : >"$t_tmp/$1.requests"
  "$t_support/fault_registry.py" "$2" "$t_tmp/$1.rules" "$t_tmp/$1.requests" "$t_tmp/$1.port" "${@:3}" &
  t_children+=($!)
  for _ in $(seq 100); do
    [[ ! -s $t_tmp/$1.port ]] || break
    sleep 0.1
  done
  printf -v "$1" '%s' "127.0.0.1:$(<"$t_tmp/$1.port")"
}
# Rules for the one called `faulty`, in place of those before.
t_serial=0
faults() {
  local rule
  : >"$t_tmp/faulty.rules"
  : >"$t_tmp/faulty.requests"
  for rule in "$@"; do printf '%s #%d\n' "$rule" $((++t_serial)) >>"$t_tmp/faulty.rules"; done
}
requests() { grep -Ec -- "$1" "$t_tmp/faulty.requests" || true; }

# A layout with one image, whose layer has busybox and SIZE bytes of noise; put_image puts it into a registry.
make_layout() {  # DIR [SIZE]
  local root=$t_tmp/layout-root
  mkdir -p "$root/bin"
  cp "$(command -v busybox)" "$root/bin/"
  ln -sf busybox "$root/bin/sh"
  head -c "${2:-100000}" /dev/urandom >"$root/noise"
  "$t_support/make-image-layout" "$1" "$root" >&2
}
layer_of() {  # LAYOUT: the digest of its layer
  jq -r '.layers[0].digest' "$1/blobs/sha256/$(jq -r '.manifests[0].digest' "$1/index.json" | cut -d: -f2)"
}
put_image() {  # LAYOUT NAME [SKOPEO OPTION]...
  skopeo copy --quiet --insecure-policy --dest-tls-verify=false "${@:3}" "oci:$1:latest" "docker://$2"
}
# What the registry has by this name.
digest_at() { skopeo inspect --tls-verify=false --format '{{.Digest}}' "docker://$1"; }
raw_digest_at() { printf 'sha256:%s\n' "$(skopeo inspect --tls-verify=false --raw "docker://$1" | sha256sum | cut -d' ' -f1)"; }

# The store is whole, and nothing of what failed is in it.
store_is_sound() { expect_status 0 cove image fsck; }
