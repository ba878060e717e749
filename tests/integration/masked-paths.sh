#!/bin/bash
# What tells of the whole machine is hidden, what acts on it cannot be written; unless systempaths=unconfined.
# roots: default
# runtimes: crun runc
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

masked=(/proc/acpi /proc/asound /proc/interrupts /proc/kcore /proc/keys /proc/latency_stats /proc/sched_debug
  /proc/scsi /proc/timer_list /proc/timer_stats /sys/devices/virtual/powercap /sys/firmware)
sandbox -- sh -c "for p in ${masked[*]}; do
  if [ -d \$p ]; then ls -A \$p; elif [ -e \$p ]; then head -c 1 \$p | wc -c | grep -v '^ *0'; fi
  done; echo end"
expect_eq "$out" end "content of masked paths"
sandbox -- sh -c 'for p in /proc/sysrq-trigger /proc/sys/kernel/domainname /proc/irq/default_smp_affinity; do
  if [ -e $p ] && { true >>$p; } 2>/dev/null; then echo $p; fi; done; echo end'
expect_eq "$out" end "paths that could be opened for writing"
[[ -z ${COVE_RUNTIME-} ]] || exit 0
sandbox --security-opt systempaths=unconfined -- \
  sh -c 'head -c 1 /proc/interrupts | wc -c; grep -c /proc/sys /proc/mounts || :'
expect_eq "$(tr -d ' ' <<<"$out" | paste -sd ' ')" '1 0' "unconfined"
