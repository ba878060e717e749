#!/bin/bash
# /dev holds exactly the default devices and links, and they work.
# roots: debian default
# runtimes: crun runc
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

sandbox -- \
  sh -c 'ls -1 /dev; for d in null zero full random urandom tty; do stat -c "%n %F %t:%T %a" /dev/$d; done'
want=(fd full mqueue null ptmx pts random shm stderr stdin stdout tty urandom zero)
# runc and crun add it although no terminal is asked for.
expect_eq "$(grep -v / <<<"$out" | grep -vx core | sort | paste -sd ' ')" "${want[*]}"
for device in null\ 1:3 zero\ 1:5 full\ 1:7 random\ 1:8 urandom\ 1:9 tty\ 5:0; do
  expect_match "$out" "/dev/${device% *} character special file ${device#* } 666"
done
sandbox -- sh -c '
  echo x >/dev/null; head -c 4 /dev/zero | wc -c; ! echo x 2>/dev/null >/dev/full
  head -c 8 /dev/urandom | wc -c
  readlink /dev/fd; echo to-stdout >>/dev/stdout'
expect_eq "$(paste -sd ' ' <<<"$out" | tr -s ' ')" '4 8 /proc/self/fd to-stdout'
