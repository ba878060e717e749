#!/bin/bash
# /tmp, /run and /dev/shm are empty tmpfs of their own, and what is written there is thrown away.
# roots: debian default
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

script='for d in /tmp /run /dev/shm; do
  echo "$d $(stat -f -c %T $d) $(stat -c %a $d) $(ls -A $d | wc -l)"; touch $d/x || exit; done'
for time in 1 2; do
  sandbox -- sh -c "$script"
  expect_eq "$out" $'/tmp tmpfs 1777 0\n/run tmpfs 755 0\n/dev/shm tmpfs 1777 0' "start $time"
done
sandbox --shm-size 2m --tmpfs-size 3m -- \
  sh -c 'df -k /dev/shm /tmp /run | grep -v 1K- | while read -r a b c; do echo $b; done'
expect_eq "$(paste -sd ' ' <<<"$out")" "2048 3072 3072" "sizes"
