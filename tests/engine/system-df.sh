#!/bin/bash
# `system df` counts images, containers and volumes, what they take, and what removing the unused ones would free; `system info`
# and `info` say what machine this is, with Docker's fields.
# shellcheck source=tests/support/engine.sh
. "${0%/*}/../support/engine.sh"

expect_status 0 cove system df
expect_eq "$out" "TYPE            TOTAL     ACTIVE    SIZE      RECLAIMABLE
Images          0         0         0B        0B
Containers      0         0         0B        0B
Local Volumes   0         0         0B        0B"
expect_status 0 cove info --format '{{.Containers}} {{.ContainersRunning}} {{.ContainersStopped}}'
expect_eq "$out" "0 0 0"

expect_status 0 cove run --name over -v used:/data "${root_args[@]}" -- sh -c 'head -c 3000 /dev/zero >/three; head -c 1000 /dev/zero >/data/one'
detached up
expect_status 0 cove exec up sh -c 'head -c 1000 /dev/zero >/one'
expect_status 0 cove volume create idle
head -c 3000 /dev/zero >"$COVE_DATA_ROOT/volumes/idle/_data/three"
expect_status 0 cove system df --format '{{.Type}}|{{.TotalCount}}|{{.Active}}|{{.Size}}|{{.Reclaimable}}'
expect_eq "$out" 'Images|0|0|0B|0B
Containers|2|1|4kB|3kB (75%)
Local Volumes|2|1|4kB|3kB (75%)'
expect_status 0 cove system df --format json
expect_eq "$(jq -r '[.Type, .Active] | join(" ")' <<<"$out")" $'Images 0\nContainers 1\nLocal Volumes 1'
expect_status 0 cove system df -v
expect_match "$out" $'\nContainers space usage:\n\nCONTAINER ID +IMAGE +COMMAND +LOCAL VOLUMES +SIZE +CREATED +STATUS +NAMES\n'
expect_match "$out" $'^Images space usage:\n\nREPOSITORY +TAG +IMAGE ID +CREATED +SIZE +SHARED SIZE +UNIQUE SIZE +CONTAINERS\n'
expect_match "$out" $'Local Volumes space usage:\n\nVOLUME NAME +LINKS +SIZE\nidle +0 +3kB\nused +1 +1kB'
expect_status 0 cove system df -v --format '{{range .Containers}}{{.Names}} {{.LocalVolumes}} {{.Size}},{{end}}{{len .Volumes}} {{len .Images}}'
expect_eq "$out" 'up 0 1kB,over 1 3kB,2 0'
expect_status 1 cove system df --format '{{.Nope}}'
expect_status 125 cove system df operand

[[ $EUID != 0 ]] || expect_status 0 cove pause up
paused=0
[[ $EUID != 0 ]] || paused=1
for command in info 'system info'; do
  # shellcheck disable=SC2086
  expect_status 0 cove $command --format '{{.Containers}} {{.ContainersRunning}} {{.ContainersPaused}} {{.ContainersStopped}}'
  expect_eq "$out" "2 $((1 - paused)) $paused 1"
done
[[ $EUID != 0 ]] || expect_status 0 cove unpause up
expect_status 0 cove info --format json
expect_eq "$(jq -r '[.KernelVersion, .Architecture, .Name, .OSType, (.NCPU | tostring), .DockerRootDir, .RunRootDir] | join(" ")' <<<"$out")" \
  "$(uname -r) $(uname -m) $(uname -n) linux $(getconf _NPROCESSORS_ONLN) $COVE_DATA_ROOT $COVE_RUN_ROOT"
expect_eq "$(jq -r '.MemTotal / 1024' <<<"$out")" "$(awk '/^MemTotal:/ { print $2 }' /proc/meminfo)"
expect_eq "$(jq -r '.OperatingSystem' <<<"$out")" "$(. /etc/os-release && echo "$PRETTY_NAME")"
expect_eq "$(jq -r '.SecurityOptions | contains(["name=seccomp,profile=builtin"])' <<<"$out")" true
expect_eq "$(jq -r '.SecurityOptions | contains(["name=rootless"])' <<<"$out")" "$([[ $EUID == 0 ]] && echo false || echo true)"
expect_eq "$(jq -r '.ServerVersion' <<<"$out")" "$(cove version --format json | jq -r .version)"
if [[ $EUID == 0 ]]; then expect_eq "$(jq -r '.MemoryLimit, .PidsLimit, .CpuCfsQuota' <<<"$out")" $'true\ntrue\ntrue'; fi
expect_status 0 cove info
expect_match "$out" $'^Containers: 2\n Running: 1\n Paused: 0\n Stopped: 1\nVersion: '
expect_match "$out" $'\nSecurity Options:\n.*  seccomp\n   Profile: builtin\n'
expect_match "$out" $'\nStorage Driver: overlay\n Backing Filesystem: [a-z0-9]+\n'
expect_status 1 cove info --format '{{.Nope}}'

expect_status 0 cove rm -f up over
expect_status 0 cove volume rm idle used
leave_nothing
