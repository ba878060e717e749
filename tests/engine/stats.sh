#!/bin/bash
# What containers use: Docker's columns and fields; the numbers are the kernel's.
# shellcheck source=tests/support/engine.sh
. "${0%/*}/../support/engine.sh"

expect_status 0 cove stats --no-stream
expect_match "$out" '^CONTAINER ID +NAME +CPU % +MEM USAGE / LIMIT +MEM % +NET I/O +BLOCK I/O +PIDS$'

# 20 MB that it touches, and no rest.
expect_status 0 cove run -d --name busy "${root_args[@]}" -- sh -c 'x=$(head -c 20000000 /dev/zero | tr "\0" x); while :; do :; done'
limit=()
[[ $EUID != 0 ]] || limit=(--memory 64m)
expect_status 0 cove run -d --name idle "${limit[@]}" "${root_args[@]}" -- sleep 1000
expect_status 0 cove create --name never "${root_args[@]}" -- true

field() { jq -r "select(.Name == \"$1\") | .$2" <<<"$out"; }
busy_is_busy() {
  out=$(cove stats --no-stream --format json) && (($(field busy CPUPerc | tr -dc 0-9) > 0)) &&
    [[ $(field busy MemUsage) =~ ^[0-9.]+MiB\ /\ [0-9.]+[GM]iB$ && $(field busy MemUsage | cut -d. -f1 | cut -dM -f1) -ge 19 ]]
}
within 10 busy_is_busy
expect_eq "$(field idle PIDs)" 1
expect_eq "$(field never Name)" ""
expect_eq "$(jq -r 'select(.Name == "idle") | keys | join(" ")' <<<"$out")" "BlockIO CPUPerc Container ID MemPerc MemUsage Name NetIO NetPackets PIDs"
[[ $EUID != 0 ]] || expect_match "$(field idle MemUsage)" ' / 64MiB$'
expect_eq "$(jq -s length <<<"$out")" 2

expect_status 0 cove stats --no-stream -a --no-trunc --format '{{.Name}} {{.ID}} {{.PIDs}} {{.CPUPerc}} {{.MemUsage}}' never idle
expect_match "$out" "^never $(record_of never .id) 0 0.00% 0B / 0B"
expect_match "$out" $'\n'"idle $(record_of idle .id) 1 "
expect_status 1 cove stats --no-stream nobody
expect_match "$err" 'nobody'
expect_status 1 cove stats --no-stream --format '{{.Nothing}}' idle
expect_match "$err" 'Nothing'

# Without --no-stream it goes on: two rows of one container.
expect_eq "$({ timeout 5 "$COVE" stats --format '{{.Name}}' idle || :; } | head -n 2)" $'idle\nidle'
leave_nothing
