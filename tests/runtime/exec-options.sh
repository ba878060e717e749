#!/bin/bash
# exec's options: --cwd, --env, --user UID[:GID], --additional-gids, --cap, --no-new-privs. (crun 1.8 forgets
# the configured PATH beside --env.)
# runtimes: cove runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

pausing a '.process.noNewPrivileges = false'
expect_status 0 rt exec --cwd /usr --env A=1 --env B=2=3 "${id}a" sh -c 'pwd; echo "$A $B"'
expect_eq "$out" $'/usr\n1 2=3'
# What is set replaces the container's own; runc 1.1 has both then.
is runc || expect_eq "$(rt exec --env PATH=/bin "${id}a" env | grep ^PATH=)" PATH=/bin
expect_status 0 rt exec --user 11:12 "${id}a" sh -c 'id -u; id -g'
expect_eq "$out" $'11\n12'
# docker and podman give groups that way; runc repeats the option.
expect_status 0 rt exec --user 11:12 --additional-gids 13 --additional-gids 14 "${id}a" id -G
expect_eq "$out" '12 13 14'
capability() { rt exec "$@" "${id}a" sed -n 's/^CapEff:\s*//p' /proc/self/status; }
before=$(capability)
expect_eq "$((16#$before & 1 << 12))" 0 "NET_ADMIN of the container"
expect_ne "$((16#$(capability --cap CAP_NET_ADMIN) & 1 << 12))" 0 "NET_ADMIN with --cap"
expect_eq "$(rt exec "${id}a" sed -n 's/^NoNewPrivs:\s*//p' /proc/self/status)" 0
expect_eq "$(rt exec --no-new-privs "${id}a" sed -n 's/^NoNewPrivs:\s*//p' /proc/self/status)" 1
remove a
