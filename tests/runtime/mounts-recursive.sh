#!/bin/bash
# rro and the other recursive attributes reach the mounts below; ro does not.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

mkdir -p "$t_tmp/source/below"
mount -t tmpfs below "$t_tmp/source/below"
bundle a '.mounts += [
  {destination: "/rro", type: "bind", source: ($tmp + "/source"), options: ["rbind", "rro", "rnosuid", "rnodev", "rnoexec"]},
  {destination: "/ro", type: "bind", source: ($tmp + "/source"), options: ["rbind", "ro"]}]' \
  sh -c 'awk "{print \$5, \$6}" /proc/self/mountinfo; touch /ro/below/x && echo below-writable; touch /rro/below/x || true'
expect_status 0 rt run --bundle "$bundle" "${id}a"
options() { awk -v at="$1" '$1 == at { print $2 }' <<<"$out"; }
for at in /rro /rro/below; do expect_match "$(options $at)" '^ro,nosuid,nodev,noexec'; done
expect_match "$(options /ro)" '^ro,'
expect_match "$(options /ro/below)" '^rw,'
expect_match "$out" below-writable
umount "$t_tmp/source/below"
