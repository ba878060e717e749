#!/bin/bash
# Writes to /usr and /etc of the default root do not reach this machine.
export T_ROOT=default
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

times() { stat -c '%Y %Z' /usr /usr/bin /etc /etc/passwd /usr/bin/env; }
before=$(times)
expect_status 0 cove run -- sh -c '
  echo x >/usr/cove-new; echo x >/usr/bin/cove-new; rm /usr/bin/env 2>/dev/null; echo x >>/etc/passwd'
expect_eq "$(times)" "$before" "times of this machine's files"
[[ ! -e /usr/cove-new && ! -e /usr/bin/cove-new ]] || fail "a file inside was made in this machine's /usr"
expect_status 0 cove run -- test -e /usr/bin/env
