#!/bin/bash
# A container in the namespaces of another, and what /etc/hosts and /etc/resolv.conf say inside.
# shellcheck source=tests/support/engine.sh
. "${0%/*}/../support/engine.sh"

detached web --hostname pod
ns() { readlink "/proc/$(init_pid "$1")/ns/$2"; }
if [[ $COVE_AS == root ]]; then
  detached side --network container:web --ipc container:web --uts container:web --pid container:web
  for kind in net ipc uts pid; do expect_eq "$(ns side $kind)" "$(ns web $kind)" "$kind namespace"; done
  expect_ne "$(ns side mnt)" "$(ns web mnt)" "mount namespace"
  expect_status 0 cove exec side hostname
  expect_eq "$out" pod
  # The other is found again by its id, whatever its name.
  expect_status 0 cove stop -t 0 side
  expect_status 0 cove rename web pod
  expect_status 0 cove start side
  expect_status 0 cove rename pod web
  expect_status 125 cove create --uts container:web --hostname other "${root_args[@]}" -- true
  expect_match "$err" 'UTS namespace'
  # Its end is not that of the other, though they share a PID namespace.
  expect_status 0 cove stop -t 0 side
  expect_status 0 cove exec web true
  expect_status 0 cove stop web
  expect_status 1 cove start side
  expect_match "$err" 'container web is not running'
fi
expect_status 125 cove create --pid container:nobody "${root_args[@]}" -- true
expect_match "$err" '--pid: no such container: nobody'

detached names --hostname inside --add-host db:10.0.0.2 --add-host 'six=[fd00::2]' --dns 9.9.9.9 --dns-search example.org --dns-option ndots:2
expect_status 0 cove exec names cat /etc/hosts
expect_match "$out" $'10.0.0.2\tdb'
expect_match "$out" $'fd00::2\tsix'
expect_match "$out" $'\tinside'
expect_status 0 cove exec names cat /etc/resolv.conf
expect_match "$out" 'nameserver 9.9.9.9.search example.org.options ndots:2'
if [[ $COVE_AS == root ]]; then
  expect_status 0 cove exec names cat /etc/hostname
  expect_eq "$out" inside
fi
expect_status 125 cove create --dns localhost "${root_args[@]}" -- true
expect_match "$err" 'not an IP address'
expect_status 125 cove create --add-host db "${root_args[@]}" -- true
expect_match "$err" 'not of the form NAME:ADDRESS'
leave_nothing
