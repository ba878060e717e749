#!/bin/bash
# A config.json that is wrong is refused, with what is wrong in the message, and nothing is left. (crun 1.8 takes
# several.)
# runtimes: cove runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

rejects_config a 'del(.root)'
rejects_config a '.process.cwd = "relative"' '[Cc]wd|relative'
rejects_config a '.process.args = []' 'args'
rejects_config a 'del(.linux.namespaces[] | select(.type == "mount"))'
rejects_config a '.linux.namespaces |= map(select(.type != "uts"))' 'hostname|UTS|uts'
if is cove; then
  rejects_config a '.process.user.uid = -1' uid
  rejects_config a '.process.user.uid = "root"' uid
  rejects_config a '.ociVersion = "2.0.0"' ociVersion
  rejects_config a '.ociVersion = "one"' ociVersion
  rejects_config a 'del(.ociVersion)' ociVersion
  rejects_config a 'del(.process.args)' args
  rejects_config a '.root.path = ""' root
  rejects_config a '.root.path = "/no/such/root"' /no/such/root
  rejects_config a '.mounts[0].destination = "relative/../x"' destination
fi
# Accepted: a later minor version, and fields that are not known.
bundle b '.ociVersion = "1.2.1" | .unknown = {field: 1}' echo fine
expect_eq "$(rt run --bundle "$bundle" "${id}b")" fine
