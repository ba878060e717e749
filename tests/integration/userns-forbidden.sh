#!/bin/bash
# Where no user namespace can be made, that is said with its way out.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

# A namespace of the test'"'"'s own in which the limit is 0, and where cove has no privilege to go without.
run unshare --user --map-root-user sh -c '
  echo 0 >/proc/sys/user/max_user_namespaces && exec setpriv --bounding-set=-all --inh-caps=-all -- "$@"' \
  - "$(t_cove)" run "${root_args[@]}" -- true
expect_eq "$status" 125
expect_match "$err" 'E-USERNS-LIMIT.*'
expect_match "$err" 'hint: .*user.max_user_namespaces'
