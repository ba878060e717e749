#!/bin/bash
# cove runs inside a user namespace of somebody else's, as a root that is none.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

expect_status 0 unshare --user --map-root-user "$(t_cove)" run "${root_args[@]}" -- \
  sh -c 'echo $$; id -u; ls /dev/null; echo x >/new'
expect_eq "$out" $'1\n0\n/dev/null'
