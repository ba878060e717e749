#!/bin/bash
# --cap-add and --cap-drop, with and without CAP_, in any case, and ALL of both.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

check() {  # WANT OPTION...
  local want=$1
  shift
  sandbox "$@" -- /probes/caps
  for set in permitted effective bounding; do expect_eq "$(value $set)" "$want" "$set with $*"; done
  for set in inheritable ambient; do expect_eq "$(value $set)" 0000000000000000 "$set with $*"; done
}
check 0000000000000000 --cap-drop ALL
check 0000000000000001 --cap-drop all --cap-add chown
check 00000000a80425fa --cap-drop CAP_CHOWN
check 00000000a82425fb --cap-add SYS_ADMIN
check 00000000800425fb --cap-drop mknod --cap-drop CAP_AUDIT_WRITE
# As root cove can hand on no more than it has; a new user namespace has all.
all=$(sed -n 's/^CapPrm:\s*//p' /proc/self/status)
[[ $EUID == 0 ]] || all=$(unshare --user --map-root-user sed -n 's/^CapPrm:\s*//p' /proc/self/status)
check "$(printf %016x $((16#$all & ~(1 << 13))))" --cap-add ALL --cap-drop NET_RAW
expect_status 125 cove run "${root_args[@]}" --cap-add SYS_MAGIC -- true
expect_match "$err" '--cap-add.*SYS_MAGIC'
