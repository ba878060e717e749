#!/bin/bash
# `cove ps` lists containers in Docker's words, filters them as Docker does, and is not stopped by a broken one.
# shellcheck source=tests/support/engine.sh
. "${0%/*}/../support/engine.sh"

names() { expect_status 0 cove ps --format '{{.Names}}' "$@"; names=$(paste -sd, <<<"$out"); }

expect_status 0 cove ps
expect_eq "$out" "CONTAINER ID   IMAGE     COMMAND   CREATED   STATUS    PORTS     NAMES"
expect_status 0 cove ps -q
expect_eq "$out" ""

expect_status 0 cove create --name made -l tier=back -l only "${root_args[@]}" -- echo 'a b'
detached up -l tier=front -v data:/data
expect_status 3 cove run --name over "${root_args[@]}" -- sh -c 'echo text >/written; exit 3'
id=$(record_of up .id)

names
expect_eq "$names" up
names -a
expect_eq "$names" over,up,made
expect_status 0 cove ps -a --format '{{.Names}}|{{.Image}}|{{.Command}}|{{.State}}|{{.Status}}|{{.Label "tier"}}|{{.Labels}}|{{.Networks}}|{{.RunningFor}}'
mapfile -t lines <<<"$out"
expect_match "${lines[0]}" '^over\|busybox-[^|]*\|"sh -c '"'"'echo text >/…"\|exited\|Exited \(3\) ([0-9]+ seconds?|Less than a second) ago\|\|'
expect_match "${lines[1]}" '^up\|.*\|running\|Up ([0-9]+ seconds?|Less than a second)\|front\|tier=front\|'"$network"'\|.* ago$'
expect_match "${lines[2]}" '^made\|.*\|"echo '"'"'a b'"'"'"\|created\|Created\|back\|only=,tier=back\|'

expect_status 0 cove ps
expect_match "$out" $'^CONTAINER ID +IMAGE +COMMAND +CREATED +STATUS +PORTS +NAMES\n'"${id:0:12}"' +busybox-.* +up$'
expect_status 0 cove ps -q --no-trunc
expect_eq "$out" "$id"
expect_status 0 cove ps -q --format '{{.Names}}'
expect_eq "$out" "${id:0:12}"
expect_match "$err" 'Ignoring custom format, because both --format and --quiet are set.'
expect_status 0 cove ps --format json
expect_eq "$(jq -r '.Names, .State, .LocalVolumes, .Mounts, (keys | join(","))' <<<"$out" | paste -sd' ')" \
  "up running 1 data Command,CreatedAt,ID,Image,Labels,LocalVolumes,Mounts,Names,Networks,Platform,Ports,RunningFor,Size,State,Status"
expect_status 0 cove ps --format 'table {{.Names}}\t{{.Ports}}'
expect_eq "$out" $'NAMES     PORTS\nup        '
expect_status 0 cove ps -a -s --format '{{.Names}} {{.Size}}' --filter name=over
expect_match "$out" '^over 5B \(virtual [0-9.]+[kMG]?B\)$'
expect_status 0 cove ps -s
expect_match "$out" 'NAMES +SIZE'

names -l
expect_eq "$names" over
names -n 2
expect_eq "$names" over,up
names -n 2 -f status=created
expect_eq "$names" made
while read -r want filters; do
  words=()
  for filter in $filters; do words+=(--filter "$filter"); done
  names -a "${words[@]}"
  expect_eq "$names" "${want#-}" "ps $filters"
done <<END
up id=${id:0:7}
up name=u
over,up name=^/?(up|over)$
made label=only
over,up,made name=.
up label=tier=front
- label=tier=front label=only
over status=exited
over,made status=exited status=created
over exited=3
- exited=0
up,made before=over
over since=up
up before=over since=made
up volume=data
up volume=/data
over,up,made health=none
- health=healthy
over,up,made network=$network
- network=host
over,up,made is-task=false
- is-task=true
- publish=80
- expose=8000-8010/udp
over,up,made ancestor=$(t_root)
over,up,made ancestor=$(basename "$(t_root)"):latest
over,up,made ancestor=$(basename "$(t_root)")
- ancestor=other
END
names --filter status=exited
expect_eq "$names" over

expect_status 1 cove ps --filter no=1
expect_match "$err" "invalid filter 'no'.*ancestor, before, exited, expose, health, id, is-task, label, name"
for wrong in publish=x publish=9-3 expose=80/icmp is-task=perhaps; do
  expect_status 1 cove ps --filter "$wrong"
  expect_match "$err" "invalid filter '$wrong'"
done
expect_status 1 cove ps --filter status=strange
expect_match "$err" "invalid filter 'status=strange'"
expect_status 1 cove ps --filter before=nobody
expect_match "$err" 'no such container: nobody'
expect_status 1 cove ps --format '{{.Nope}}'
expect_match "$err" 'Nope'
expect_status 125 cove ps --nope
expect_status 125 cove ps operand

# Without a cgroup of its own there is no freezer.
if [[ $EUID == 0 ]]; then
  expect_status 0 cove pause up
  expect_status 0 cove ps --format '{{.State}} {{.Status}}'
  expect_match "$out" '^paused Up .* \(Paused\)$'
  names -f status=paused
  expect_eq "$names" up
  expect_status 0 cove unpause up
fi

# One whose process was killed behind cove's back, with its monitor, is not called running.
kill -KILL "$(monitor_pid up)" "$(init_pid up)"
within 5 bash -c "[[ -z \$('$COVE' ps -q) ]]"
names -a --filter status=exited
expect_eq "$names" over,up

# A broken record hides nobody else's.
file=$(record_file made container.json)
cp "$file" "$t_tmp/kept"
echo '{"id":' >"$file"
names -a
expect_eq "$names" over,up
expect_match "$err" "container $(basename "$(dirname "$file")" | cut -c1-12) is left out: .*not JSON"
cp "$t_tmp/kept" "$file"
expect_status 0 cove rm -f made up
expect_status 0 cove volume rm data
leave_nothing
