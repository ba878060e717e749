#!/bin/bash
# oomScoreAdj, noNewPrivileges, hostname, and a read-only root.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

bundle a '.process.oomScoreAdj = 321 | .process.noNewPrivileges = true | .hostname = "named" | .root.readonly = true' \
  sh -c 'cat /proc/self/oom_score_adj; grep NoNewPrivs /proc/self/status; hostname; touch /x || echo read-only; touch /tmp/x && echo tmp'
expect_status 0 rt run --bundle "$bundle" "${id}a"
expect_eq "$out" $'321\nNoNewPrivs:\t1\nnamed\nread-only\ntmp'
bundle b '.process.noNewPrivileges = false' grep NoNewPrivs /proc/self/status
expect_eq "$(rt run --bundle "$bundle" "${id}b")" $'NoNewPrivs:\t0'
