#!/bin/bash
# The annotation run.oci.keep_original_groups: the process keeps the supplementary groups of the runtime's caller, also in
# a user namespace that has no number for them; without it they are gone.
# runtimes: cove crun
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

groups_of() {  # NAME: of its process, as the host has them
  # shellcheck disable=SC2016
  setpriv --groups 1,2,4711 "$t_runtime" --root "$state_root" run --bundle "$t_tmp/$1" "$id$1" </dev/null |
    awk '$1 == "Groups:" { $1 = ""; print }' | xargs
}
command=(cat /proc/self/status)
bundle a '.annotations["run.oci.keep_original_groups"] = "1"' "${command[@]}"
expect_eq "$(groups_of a)" '1 2 4711'
bundle b . "${command[@]}"
expect_eq "$(groups_of b)" ''
chmod 755 "$t_tmp"
bundle c '.annotations["run.oci.keep_original_groups"] = "1" | .linux.namespaces += [{type: "user"}]
  | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 1000}]
  | .linux.gidMappings = [{containerID: 0, hostID: 200000, size: 1000}]' "${command[@]}"
chown 100000:200000 "$bundle/rootfs"
expect_eq "$(groups_of c)" '65534 65534 65534'
