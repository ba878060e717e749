#!/bin/bash
# cove does not change the flags of its caller's descriptors: O_NONBLOCK would break whoever shares them.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

mkfifo "$t_tmp/fifo"
exec 7<>"$t_tmp/fifo"
before=$(sed -n 's/^flags:[[:space:]]*//p' "/proc/$$/fdinfo/7")
echo input >&7
cove run -i "${root_args[@]}" --output-limit 1k -- head -n 1 <&7 >&7 2>&7
after=$(sed -n 's/^flags:[[:space:]]*//p' "/proc/$$/fdinfo/7")
expect_eq "$after" "$before" "flags of the caller's pipe"
read -r -t 5 line <&7
expect_eq "$line" input
