#!/bin/bash
# Where the machine forbids user namespaces to ordinary users, or to all, the message names the setting; root goes without,
# and once the setting is as it was all works.
# modes: root
set -eu
fail() { echo "FAIL: $*"; exit 1; }
as_user() { runuser -u plain -- cove "$@" 2>/tmp/err; }
root=$(echo "$COVE_CACHE"/busybox-*)
forbidden() {  # SETTING ID
  local before
  before=$(sysctl -n "$1")
  sysctl -qw "$1=0"
  if as_user run --rootfs "$root" -- true; then fail "$1=0: it ran"; fi
  grep -q "$2" /tmp/err || fail "$1=0: no $2: $(cat /tmp/err)"
  grep -q "hint: .*$1" /tmp/err || fail "$1=0: the way out is not named: $(cat /tmp/err)"
  if as_user doctor >/tmp/out; then fail "$1=0: doctor found all well"; fi
  grep -q "$1" /tmp/out || fail "$1=0: doctor does not name it: $(cat /tmp/out)"
  cove run --rootfs "$root" -- true || fail "$1=0: not as root"
  sysctl -qw "$1=$before"
  as_user run --rootfs "$root" -- true || fail "$1=$before: $(cat /tmp/err)"
}
as_user run --rootfs "$root" -- true || fail "before: $(cat /tmp/err)"
forbidden user.max_user_namespaces E-USERNS-LIMIT
[ ! -e /proc/sys/kernel/unprivileged_userns_clone ] || forbidden kernel.unprivileged_userns_clone E-USERNS
