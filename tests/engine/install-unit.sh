#!/bin/bash
# The unit for the time after a reboot: where it is written, what it says, and that systemd understands it.
# shellcheck source=tests/support/engine.sh
. "${0%/*}/../support/engine.sh"

export XDG_CONFIG_HOME="$t_tmp/config"
expect_status 0 cove system install-unit --user
unit=$XDG_CONFIG_HOME/systemd/user/cove-containers.service
expect_eq "$(head -n 1 <<<"$out")" "$unit"
expect_match "$out" 'systemctl --user enable cove-containers.service'
expect_match "$(<"$unit")" "ExecStart=\"$(realpath "$COVE")\" system start"
expect_match "$(<"$unit")" "ExecStop=\"$(realpath "$COVE")\" system stop"
expect_match "$(<"$unit")" "Environment=\"COVE_DATA_ROOT=$COVE_DATA_ROOT\""
expect_match "$(<"$unit")" 'WantedBy=default.target'
if command -v systemd-analyze >/dev/null; then
  XDG_RUNTIME_DIR=$t_tmp expect_status 0 systemd-analyze verify --user "$unit"
  expect_no_match "$err" 'cove-containers'
fi
# What the unit runs.
expect_status 0 cove system start
expect_eq "$out" ""
expect_status 0 cove system stop
expect_eq "$out" ""
