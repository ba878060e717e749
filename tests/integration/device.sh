#!/bin/bash
# --device lets the command use a device, with the access given; any other is refused.
# modes: root
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

number=$(stat -c '%t %T' /dev/kmsg)
node="mknod /dev/x c $((16#${number% *})) $((16#${number#* })) && exec 3"
run cove run "${root_args[@]}" --cap-add SYSLOG -- sh -c "$node</dev/x"
expect_ne "$status" 0 "open of a device that was not given"
expect_match "$err" 'Operation not permitted'
sandbox --cap-add SYSLOG --device /dev/kmsg -- sh -c "exec 3</dev/kmsg; exec 3>>/dev/kmsg; ls -l /dev/kmsg"
sandbox --cap-add SYSLOG --device /dev/kmsg:/dev/sub/other:r -- sh -c 'exec 3</dev/sub/other'
run cove run "${root_args[@]}" --cap-add SYSLOG --device /dev/kmsg:/dev/other:r -- sh -c 'exec 3>>/dev/other'
expect_match "$err" 'Operation not permitted' "write to a device given for reading"
run cove run "${root_args[@]}" --device /dev/kmsg -- sh -c 'mknod /dev/y b 7 0 && exec 3</dev/y'
expect_match "$err" 'Operation not permitted' "another device"
