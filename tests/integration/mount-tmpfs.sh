#!/bin/bash
# --tmpfs and --mount type=tmpfs: empty, of the size and mode asked for.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

sandbox --tmpfs /var:size=3m,mode=711,noexec \
  --mount type=tmpfs,dst=/scratch,tmpfs-size=2m,tmpfs-mode=1770 -- \
  sh -c 'ls /var /scratch; stat -c %a /var /scratch
         df -k /var /scratch | grep -v 1K | while read -r a b c; do echo $b; done
         grep -c "tmpfs /var tmpfs [^ ]*noexec" /proc/mounts'
expect_eq "$(grep '^[0-9]' <<<"$out" | paste -sd ' ')" "711 1770 3072 2048 1" "modes, sizes and noexec ($out)"
run cove run "${root_args[@]}" --tmpfs /var:size=1m -- /probes/writer /var/file 2
expect_eq "$(value error)" ENOSPC
