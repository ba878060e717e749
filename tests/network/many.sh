#!/bin/bash
# Many at once get an address each, none of them twice; a subnet that is full says so.
# modes: root
# timeout: 300
# shellcheck source=tests/support/network.sh
. "${0%/*}/../support/network.sh"
# Else the first to come would say that it turns that on.
echo 1 >/proc/sys/net/ipv4/ip_forward

expect_status 0 cove network create --subnet 10.79.0.0/26 small
pids=()
for i in {1..40}; do
  "$COVE" run "${root_args[@]}" --network small -- sh -c 'ip -4 -o addr show dev eth0 | grep -o "10[.0-9]*/"; sleep 1' >"$t_tmp/address-$i" 2>"$t_tmp/error-$i" &
  pids+=($!)
done
# Each that got an address has its own for as long as it runs; of those that had none, the error says why.
for pid in "${pids[@]}"; do wait "$pid" || true; done
got=$(cat "$t_tmp"/address-* | grep -c . || true)
expect_eq "$(cat "$t_tmp"/error-*)" "" "errors"
expect_eq "$got" 40
leave_no_network

# At the same time, for longer than any of them takes to start.
for i in {1..40}; do
  expect_status 0 cove run -d --name "c$i" --network small "${root_args[@]}" -- sleep 1000
done
addresses=$(for i in {1..40}; do address_of "c$i" small; done)
expect_eq "$(sort -u <<<"$addresses" | wc -l)" 40 "different addresses"
expect_eq "$(cove network inspect -f '{{len .Containers}}' small)" 40
# The same one after a restart.
expect_status 0 cove restart -t 0 c7
expect_eq "$(address_of c7 small)" "$(sed -n 7p <<<"$addresses")"

expect_status 0 cove network create --subnet 10.80.0.0/29 tiny
for i in {1..5}; do expect_status 0 cove run -d --name "t$i" --network tiny "${root_args[@]}" -- sleep 1000; done
run cove run --network tiny "${root_args[@]}" -- true
expect_ne "$status" 0
expect_match "$err" 'no address is free in 10\.80\.0\.0/29 of network tiny'
expect_status 0 cove rm -f t3
sandbox --network tiny -- true
for i in {1..40}; do names+=("c$i"); done
expect_status 0 cove rm -f "${names[@]}" t1 t2 t4 t5
leave_no_network
leave_nothing
