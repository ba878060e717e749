#!/bin/bash
# What a container has changed in its file system, and nothing that cove has made there itself.
T_SUBIDS=1
# shellcheck source=tests/support/engine.sh
. "${0%/*}/../support/engine.sh"

changes() { expect_status 0 cove diff "$1" && echo "$out"; }

expect_status 0 cove create --name web "${root_args[@]}" -- sh -c 'read -r line; true'
expect_eq "$(changes web)" ""
expect_status 0 cove run -d --name live "${root_args[@]}" -- sh -c '
  echo new >/file; mkdir -p /dir/sub; echo x >/dir/sub/x; rm /bin/false; echo >>/bin/true.new
  chown 7:7 /dir/sub/x 2>/dev/null; chmod 700 /dir/sub; trap "exit 0" TERM; touch /ready; while :; do sleep 0.1; done'
within 5 cove exec live test -e /ready
want=$'C /bin\nD /bin/false\nA /bin/true.new\nA /dir\nA /dir/sub\nA /dir/sub/x\nA /file\nA /ready'
if [[ $EUID != 0 ]]; then
  # /bin belongs to the host's root: it cannot be changed.
  want=$'A /dir\nA /dir/sub\nA /dir/sub/x\nA /file\nA /ready'
fi
expect_eq "$(changes live)" "$want"
expect_status 0 cove stop live
expect_eq "$(changes live)" "$want"
expect_status 0 cove start live
expect_eq "$(changes live)" "$want"

# A directory that is replaced hides what it had.
if [[ $EUID == 0 ]]; then
  expect_status 0 cove run --name opaque "${root_args[@]}" -- sh -c 'cp /bin/busybox /busybox; /busybox rm -rf /bin; /busybox mkdir /bin; /busybox touch /bin/only'
  expect_status 0 cove diff opaque
  expect_match "$out" $'C /bin\n'
  expect_match "$out" $'D /bin/sh\n'
  expect_match "$out" $'A /bin/only\n'
fi

# This machine's own directories: what cove puts beside them is no change until it is changed.
expect_status 0 cove create --name host -- true
expect_eq "$(changes host)" ""
expect_status 0 cove start -a host
expect_eq "$(changes host)" ""
expect_status 0 cove run --name hosted -- sh -c 'echo "x:x:7:7::/:/bin/sh" >>/etc/passwd; echo >/root/mine; touch /var/tmp/t'
expect_eq "$(changes hosted)" $'C /etc\nC /etc/passwd\nC /root\nA /root/mine\nC /var\nC /var/tmp\nA /var/tmp/t'

# It goes with all its files, whoever they belong to.
expect_status 0 cove rm -f live
expect_status 1 cove diff live
leave_nothing
