#!/bin/bash
# --sysctl sets a parameter of the namespaces inside; one of the whole machine is refused.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

files=(/proc/sys/net/ipv4/ip_forward /proc/sys/kernel/msgmax)
before=$(cat "${files[@]}")
sandbox --sysctl net.ipv4.ip_forward=1 --sysctl kernel.msgmax=4242 -- cat "${files[@]}"
expect_eq "$out" $'1\n4242'
expect_eq "$(cat "${files[@]}")" "$before" outside
# The value that it has already, so that nothing happens if this is not refused.
for key in vm.swappiness kernel.panic fs.file-max kernel.core_pattern; do
  expect_status 125 cove run "${root_args[@]}" --sysctl "$key=$(<"/proc/sys/${key//./\/}")" -- true
  expect_match "$err" "$key"
done
same=net.ipv4.ip_forward=$(</proc/sys/net/ipv4/ip_forward)
expect_status 125 cove run "${root_args[@]}" --network host --sysctl "$same" -- true
expect_match "$err" 'net.ipv4.ip_forward'
expect_status 125 cove run "${root_args[@]}" --sysctl net/../kernel.panic=0 -- true
expect_status 125 cove run "${root_args[@]}" --sysctl net.ipv4.no_such_thing=1 -- true
expect_match "$err" 'net.ipv4.no_such_thing'
