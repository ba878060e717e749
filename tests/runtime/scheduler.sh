#!/bin/bash
# scheduler, ioPriority and execCPUAffinity, of versions 1.1.0 and 1.2.0 of the specification.
# runtimes: cove
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

bundle a '.process.scheduler = {policy: "SCHED_BATCH", nice: 7} | .process.ioPriority = {class: "IOPRIO_CLASS_BE", priority: 6}' \
  sh -c 'awk "{ print \$41, \$19 }" /proc/self/stat; ionice -p $$'
expect_status 0 rt run --bundle "$bundle" "${id}a"
expect_match "$out" '^3 7'
expect_match "$out" 'prio 6'
rejects_config b '.process.scheduler = {policy: "SCHED_MAGIC"}' 'scheduler|SCHED_MAGIC'
rejects_config b '.process.ioPriority = {class: "IOPRIO_CLASS_BE", priority: 9}' 'ioPriority|priority'
pausing c '.process.execCPUAffinity = {initial: "0", final: "0"}'
expect_status 0 rt exec "${id}c" grep Cpus_allowed_list /proc/self/status
expect_eq "$out" $'Cpus_allowed_list:\t0'
remove c
