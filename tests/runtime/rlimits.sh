#!/bin/bash
# process.rlimits sets soft and hard limits; an unknown type, and one given twice, are refused.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

bundle a '.process.rlimits = [{type: "RLIMIT_NOFILE", soft: 111, hard: 222}, {type: "RLIMIT_CORE", soft: 0, hard: 0}, {type: "RLIMIT_NPROC", soft: 1000, hard: 1001}]' \
  sh -c 'grep -E "open files|core file|processes" /proc/self/limits | tr -s " "'
expect_status 0 rt run --bundle "$bundle" "${id}a"
# Go raises the soft limit of runc's child now and then.
is runc || expect_match "$out" 'Max open files 111 222'
expect_match "$out" 'Max core file size 0 0'
expect_match "$out" 'Max processes 1000 1001'
# A hard limit above the caller's, in a user namespace of the container's own: the kernel lets only the host's root
# raise it.
maps='.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 0, size: 65536}] | .linux.gidMappings = .linux.uidMappings'
bundle c "$maps | .process.rlimits = [{type: \"RLIMIT_NOFILE\", soft: 700, hard: 800}]" sh -c 'ulimit -n; ulimit -Hn'
low() (ulimit -n 500; run rt run --bundle "$bundle" "${id}c"; echo "$status $out $err" | paste -sd ' ')
case $(low) in
  '0 700 800 ') ;;
  *) if (ulimit -n 500; ulimit -Hn 600) 2>/dev/null; then fail "raise a hard limit: $(low)"; fi
     expect_match "$(low)" '^1 .*[Oo]peration not permitted'
     ! is cove || expect_match "$(low)" CAP_SYS_RESOURCE ;;
esac
rejects_config b '.process.rlimits = [{type: "RLIMIT_MAGIC", soft: 1, hard: 1}]' 'RLIMIT_MAGIC|rlimit'
is crun || rejects_config b '.process.rlimits = [{type: "RLIMIT_CORE", soft: 1, hard: 1}, {type: "RLIMIT_CORE", soft: 2, hard: 2}]'
