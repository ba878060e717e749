#!/bin/bash
# podman with CNI for its networks: its containers on one of cove's, by the plugin cove-cni.
# shellcheck source=tests/support/drivers.sh
. "${0%/*}/../support/drivers.sh"

need_programs podman conmon
plugins=$(dirname "$(realpath "${COVE:?names the cove program}")")
[[ -x $plugins/cove-cni ]] || skip "needs the plugin beside cove"
configure_podman
mkdir -p /etc/cni/net.d
sed -i 's/^network_backend = .*/network_backend = "cni"/' "$d_tmp/containers.conf"
cat >>"$d_tmp/containers.conf" <<END
cni_plugin_dirs = ["$plugins"]
network_config_dir = "/etc/cni/net.d"
END
export COVE_DATA_ROOT=$d_tmp/cove-data COVE_RUN_ROOT=$d_tmp/cove-run
cove() { "$COVE" "$@"; }
cove network create --subnet 10.77.0.0/24 back >/dev/null
# What podman starts at a container's end does not have these variables.
cat >/etc/cni/net.d/back.conflist <<END
{"cniVersion": "0.4.0", "name": "backnet", "plugins": [{"type": "cove-cni", "network": "back",
 "dataRoot": "$COVE_DATA_ROOT", "runRoot": "$COVE_RUN_ROOT",
 "capabilities": {"portMappings": true, "ips": true, "mac": true}}]}
END
podman() { command podman --runtime "$runtime" "$@"; }
start_registry
podman pull --quiet --tls-verify=false "$image" >"$d_tmp/pull.log" 2>&1 || fail "pull: $(<"$d_tmp/pull.log")"
podman network inspect backnet >"$d_tmp/network.log" 2>&1 || skip "this podman has no CNI: $(<"$d_tmp/network.log")"

after_failure() { podman rm -f -t 0 -a; }
things() { find "$COVE_RUN_ROOT/attached" "$COVE_RUN_ROOT"/networks/*/ -type f,l ! -name device 2>/dev/null; ip -o link show type veth; }
nothing_left() { [[ -z $(things) ]]; }

check_container() {
  podman run -d --name web --network backnet --ip 10.77.0.9 -p 8080:80 "$image" httpd -f -p 80 -h /
  expect_eq "$(podman inspect --format '{{.NetworkSettings.Networks.backnet.IPAddress}}' web)" 10.77.0.9
  expect_match "$(cove network inspect back)" '10\.77\.0\.9'
  until_true 10 curl -sf -o "$d_tmp/page" http://127.0.0.1:8080/etc/passwd
  expect_status 0 podman run --rm --network backnet "$image" wget -q -O - http://10.77.0.9/etc/passwd
  expect_match "$out" '^root:'
  expect_status 0 cove system check
  podman rm -f -t 0 web
  nothing_left || fail "left: $(things)"
}
# And one of cove's reaches it.
check_beside_coves() {
  podman run -d --name web --network backnet --ip 10.77.0.9 "$image" httpd -f -p 80 -h /
  expect_status 0 cove run --rm --network back --rootfs "$d_tmp/image-root" -- wget -q -O - http://10.77.0.9/etc/passwd
  expect_match "$out" '^root:'
  podman rm -f -t 0 web
  nothing_left || fail "left: $(things)"
}
# What podman forgets after a kill goes with the namespace.
check_taken_port() {
  podman run -d --name web --network backnet -p 8080:80 "$image" sleep 1000
  expect_status 126 podman run --rm --network backnet -p 8080:80 "$image" true
  expect_match "$out" '8080'
  podman rm -f -t 0 web
  nothing_left || fail "left: $(things)"
}

run_checks
