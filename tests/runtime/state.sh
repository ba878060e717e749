#!/bin/bash
# state prints the specification's fields in each status, with the bundle's path, the annotations and the process.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

bundle a '.annotations = {"org.example.key": "a value"}' "${pause_command[@]}"
fields() {  # STATUS
  local state
  state=$(rt state "${id}a")
  expect_eq "$(jq -r .id <<<"$state")" "${id}a" id
  expect_eq "$(jq -r .status <<<"$state")" "$1" status
  expect_eq "$(jq -r .bundle <<<"$state")" "$bundle" bundle
  expect_eq "$(jq -r '.annotations["org.example.key"]' <<<"$state")" 'a value' annotation
  expect_match "$(jq -r .ociVersion <<<"$state")" '^1\.' ociVersion
  if [[ $1 != stopped ]]; then
    [[ -d /proc/$(jq .pid <<<"$state") ]] || fail "$1: no process"
  else
    # containerd and podman take no pid, and 0, for a process that is gone.
    expect_eq "$(jq '.pid // 0' <<<"$state")" 0 "pid when stopped"
  fi
}
(cd "$bundle" && create a)
fields created
rt start "${id}a"
fields running
rt pause "${id}a"
fields paused
rt resume "${id}a"
fields running
rt kill "${id}a" KILL
wait_for stopped a
fields stopped
remove a
