#!/bin/bash
# A hook whose program is missing fails the creation, with a message that names it.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

bundle a '.hooks = {createRuntime: [{path: "/no/such/hook"}]}' true
refuses create --bundle "$bundle" "${id}a"
is crun || expect_match "$err" /no/such/hook
gone a || fail "a container is left"
rejects_config b '.hooks = {createRuntime: [{path: "relative/hook"}]}'
