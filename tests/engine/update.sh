#!/bin/bash
# `update` changes the limits of a container that runs at once, and keeps them for its next start; what the kernel
# refuses does not come into the record.
# modes: root
# shellcheck source=tests/support/engine.sh
. "${0%/*}/../support/engine.sh"

detached web --memory 64m --pids-limit 50 --cpus 1
pid=$(init_pid web)
limit() {  # CONTROLLER V1FILE V2FILE: of process 1
  local path
  path=$(awk -F: -v c="$1" '$2 ~ "(^|,)" c "(,|$)" { print $3 }' "/proc/$pid/cgroup")
  if [[ -n $path ]]; then
    cat "/sys/fs/cgroup/$1$path/$2"
  else
    cat "/sys/fs/cgroup$(sed -n 's/^0:://p' "/proc/$pid/cgroup")/$3"
  fi
}
expect_eq "$(limit memory memory.limit_in_bytes memory.max)" $((64 << 20))
expect_status 0 cove update --memory 96m --pids-limit 60 --cpus 0.5 --cpu-shares 512 web
expect_eq "$out" web
expect_eq "$(limit memory memory.limit_in_bytes memory.max)" $((96 << 20))
expect_eq "$(limit pids pids.max pids.max)" 60
expect_match "$(limit cpu cpu.cfs_quota_us cpu.max)" '^50000'
expect_eq "$(record_of web .options.limits.pidsMax)" 60

# Refused: nothing changes.
before=$(record_of web .)
expect_status 1 cove update --cpuset-cpus 4000 web
expect_match "$err" 'cpuset'
expect_status 1 cove update --memory-swap 1m web
expect_match "$err" 'memory-swap'
expect_eq "$(record_of web .)" "$before"
expect_status 1 cove update --memory 1g nobody
expect_status 125 cove update --pids-limit many web

expect_status 0 cove restart web
pid=$(init_pid web)
expect_eq "$(limit memory memory.limit_in_bytes memory.max)" $((96 << 20))
expect_eq "$(limit pids pids.max pids.max)" 60

# A restart policy that comes later counts at the next end.
expect_status 0 cove update --restart always web
kill -9 "$pid"
within 20 sh -c '"$COVE" exec web true'
expect_status 0 cove update --restart no web
expect_eq "$(record_of web '.restart // "no"')" no
expect_status 0 cove create --rm --name brief "${root_args[@]}" -- true
expect_status 1 cove update --restart always brief
expect_match "$err" 'removed at its end'
leave_nothing
