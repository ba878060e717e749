#!/bin/bash
# domainname, of version 1.1.0 of the specification. (The other two are older.)
# runtimes: cove
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

bundle a '.ociVersion = "1.1.0" | .domainname = "example.org"' cat /proc/sys/kernel/domainname
expect_status 0 rt run --bundle "$bundle" "${id}a"
expect_eq "$out" example.org
rejects_config b '.domainname = "example.org" | del(.hostname) | .linux.namespaces |= map(select(.type != "uts"))' 'domainname|uts'
