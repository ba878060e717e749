#!/bin/bash
# The mount table inside has only mounts of the sandbox; neither .. nor /proc leads out.
# roots: debian default
# runtimes: crun runc
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

echo secret >"$t_tmp/secret"
sandbox -- sh -c "cat /proc/self/mountinfo; for p in / /proc/1/root /proc/self/root /../../.. \
  /proc/1/cwd/../../.. /proc/self/fd/0/../../..; do
  ls \$p$t_tmp/secret 2>&1; cat \$p$t_tmp/secret; done 2>/dev/null; true"
expect_no_match "$out" $'\nsecret'
expect_no_match "$out" "$t_tmp/secret$"
awk '{ print $5 }' <(grep ' - ' <<<"$out") | sort >"$t_tmp/inside"
expect_match "$(head -n 1 "$t_tmp/inside")" '^/$'
foreign=$(grep -vE '^/($|proc|dev|sys|run$|tmp$|usr$|etc/|probes$|s?bin$|lib)' "$t_tmp/inside" || true)
expect_eq "$foreign" '' "foreign mounts"
