#!/bin/bash
# maskedPaths hide files and directories, readonlyPaths cannot be written; those that are not there do not matter.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

bundle a '.linux.maskedPaths = ["/secret/file", "/secret/dir", "/not/here", "/proc/interrupts"] | .linux.readonlyPaths = ["/proc/sys", "/fixed", "/nor/here"]' \
  sh -c 'cat /secret/file; ls /secret/dir; wc -c </proc/interrupts; touch /secret/dir/x || echo dir-refused; echo y >/secret/file
    touch /fixed/x || echo fixed-refused; cat /fixed/file; echo x 2>/dev/null >/proc/sys/kernel/hostname || echo sys-refused'
mkdir -p "$bundle/rootfs/secret/dir" "$bundle/rootfs/fixed"
echo hidden | tee "$bundle/rootfs/secret/file" "$bundle/rootfs/secret/dir/file" >/dev/null
echo seen >"$bundle/rootfs/fixed/file"
expect_status 0 rt run --bundle "$bundle" "${id}a"
expect_eq "$out" $'0\ndir-refused\nfixed-refused\nseen\nsys-refused'
expect_eq "$(<"$bundle/rootfs/secret/file")" hidden
