#!/bin/bash
# --network host leaves the network as it is, with its interfaces.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

sandbox --network host -- sh -c 'readlink /proc/self/ns/net; cat /proc/net/dev | cut -d: -f1'
expect_eq "$out" "$(readlink /proc/self/ns/net; cut -d: -f1 /proc/net/dev)"
