#!/bin/bash
# The default root shows no home, no /root, no /var, no secrets, and of /etc only what programs need.
export T_ROOT=default
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

expect_status 0 cove run -- sh -c 'ls -A /'
usual='(bin|sbin|lib.*|usr|dev|etc|home|proc|root|run|sys|tmp|var|nix)'
expect_eq "$(grep -vxE "$usual" <<<"$out" || true)" '' "top directories"
expect_status 0 cove run -- sh -c 'ls -A /home; ls -A /root; ls -A /var; ls -A /var/tmp'
expect_eq "$out" tmp "/home, /root and /var"
expect_status 0 cove run -- sh -c 'cd /etc; ls -A; ls -A ssl'
secret='(g?shadow|sudoers|ssh|machine-id|subuid|fstab|crontab|resolv.conf|cron.d|systemd|private|pam.d|apt)-?'
expect_eq "$(grep -xE "$secret" <<<"$out" || true)" '' "in /etc"
expect_eq "$(grep -cxE 'passwd|group|hosts|hostname' <<<"$out")" 4 "files of the sandbox's own ($out)"
expect_status 0 cove run -- cat /etc/passwd /etc/group
expect_no_match "$out" cove-test
