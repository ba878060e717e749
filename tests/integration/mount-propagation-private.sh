#!/bin/bash
# Without rslave a mount made later on the host does not appear inside.
# modes: root
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

mkdir "$t_tmp/dir"
mount -t tmpfs none "$t_tmp/dir"
mount --make-shared "$t_tmp/dir"
mkdir "$t_tmp/dir/late"
background run "${root_args[@]}" -v "$t_tmp/dir:/data" -- \
  sh -c 'echo ready; sleep 0.3; ls /data/late; echo end'
mount -t tmpfs none "$t_tmp/dir/late"
touch "$t_tmp/dir/late/file"
wait "$cove_pid"
expect_eq "$(<"$background_out")" $'ready\nend' "seen inside"
