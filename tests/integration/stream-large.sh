#!/bin/bash
# A large output through a pipe arrives whole, with a slow reader too.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

sum=$(cove run "${root_args[@]}" -- sh -c 'head -c 20000000 /dev/zero | tr "\0" x' | { sleep 0.2; md5sum; })
expect_eq "$sum" "$(head -c 20000000 /dev/zero | tr '\0' x | md5sum)"
sum=$(cove run "${root_args[@]}" --output-limit 1g -- sh -c 'head -c 20000000 /dev/zero | tr "\0" x' | { sleep 0.2; md5sum; })
expect_eq "$sum" "$(head -c 20000000 /dev/zero | tr '\0' x | md5sum)" "through --output-limit"
