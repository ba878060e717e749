#!/bin/bash
# Where user namespaces are forbidden, doctor says so to an ordinary user, names the mend and fails.
# modes: root
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

# Without any capability cove has no privilege to go without a user namespace.
run unshare --user --map-root-user sh -c '
  echo 0 >/proc/sys/user/max_user_namespaces && exec setpriv --bounding-set=-all --inh-caps=-all -- "$@"' \
  - "$(t_cove)" doctor
expect_eq "$status" 1
expect_match "$out" 'max_user_namespaces'
