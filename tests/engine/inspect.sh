#!/bin/bash
# `cove inspect` shows containers and volumes with Docker's fields.
# shellcheck source=tests/support/engine.sh
. "${0%/*}/../support/engine.sh"

shown() { expect_status 0 cove inspect --format "$2" "$1"; expect_eq "$out" "$3" "$1 $2"; }

expect_status 0 cove create --name made --cap-add NET_ADMIN --ulimit nofile=100:200 --restart on-failure:3 -w /tmp -e A=b \
  --hostname inside --stop-signal INT --stop-timeout 7 --log-opt max-size=1m -l k=v --read-only \
  --entrypoint sh "${root_args[@]}" -- -c 'echo x'
id=$out
expect_status 0 cove inspect made
expect_eq "$(jq -c 'length' <<<"$out")" 1
expect_eq "$(jq -c '.[0] | [.Id, .Name, .Path, .Args, .RestartCount, .Platform, .Mounts]' <<<"$out")" \
  "[\"$id\",\"/made\",\"sh\",[\"-c\",\"echo x\"],0,\"linux\",[]]"
expect_eq "$(jq -c '.[0].State | [.Status, .Running, .Paused, .Restarting, .OOMKilled, .Dead, .Pid, .ExitCode, .Error, .StartedAt, .FinishedAt]' <<<"$out")" \
  '["created",false,false,false,false,false,0,0,"","0001-01-01T00:00:00Z","0001-01-01T00:00:00Z"]'
expect_eq "$(jq -c '.[0].Config | [.Hostname, .Entrypoint, .Cmd, .WorkingDir, .Labels, .StopSignal, .StopTimeout, .Tty, .OpenStdin]' <<<"$out")" \
  '["inside",["sh"],["-c","echo x"],"/tmp",{"k":"v"},"SIGINT",7,false,false]'
expect_eq "$(jq -c '.[0].Config.Env | contains(["A=b"])' <<<"$out")" true
expect_eq "$(jq -c '.[0].HostConfig | [.CapAdd, .CapDrop, .RestartPolicy, .Ulimits, .LogConfig, .NetworkMode, .AutoRemove, .ReadonlyRootfs, .Memory, .NanoCpus]' <<<"$out")" \
  '[["CAP_NET_ADMIN"],null,{"Name":"on-failure","MaximumRetryCount":3},[{"Name":"nofile","Hard":200,"Soft":100}],{"Type":"local","Config":{"max-size":"1m"}},"'"$network"'",false,true,0,0]'
expect_eq "$(jq -r '.[0].LogPath' <<<"$out")" "$(record_file made logs/container.log)"

detached up -v data:/data -v "$t_tmp:/host:ro"
shown up '{{.State.Status}} {{.State.Running}} {{.State.Pid}} {{.Name}}' "running true $(init_pid up) /up"
shown up '{{range .Mounts}}{{if eq .Type "volume"}}{{.Name}} {{.Destination}} {{.RW}} {{.Source}}{{end}}{{end}}' \
  "data /data true $COVE_DATA_ROOT/volumes/data/_data"
shown up '{{range .Mounts}}{{if eq .Destination "/host"}}{{.Type}} {{.Source}} {{.RW}} {{.Mode}}{{end}}{{end}}' "bind $t_tmp false ro"
shown up '{{json .State.Paused}}' false
shown "${id:0:7}" '{{.Id}}' "$id"
shown /made '{{.Config.Image}}' "$(basename "$(t_root)")"
if [[ $EUID == 0 ]]; then
  expect_status 0 cove pause up
  shown up '{{.State.Status}} {{.State.Running}} {{.State.Paused}}' "paused true true"
  expect_status 0 cove unpause up
fi
expect_status 0 cove stop up
shown up '{{.State.Status}} {{.State.Running}} {{.State.Pid}} {{.State.ExitCode}}' "exited false 0 0"
expect_status 0 cove inspect -s up
expect_match "$(jq -r '.[0].SizeRw, .[0].SizeRootFs' <<<"$out" | paste -sd' ')" '^[0-9]+ [1-9][0-9]+$'

shown data '{{.Name}} {{.Driver}} {{.Mountpoint}}' "data local $COVE_DATA_ROOT/volumes/data/_data"
expect_status 0 cove inspect --type volume data
expect_eq "$(jq -r '.[0].Scope' <<<"$out")" local
expect_status 1 cove inspect --type container data
expect_match "$err" 'no such container: data'
expect_status 1 cove inspect --type volume up
expect_match "$err" 'no such volume: up'

# What is found is shown, whatever is not.
expect_status 1 cove inspect nope up
expect_eq "$(jq -r '.[].Name' <<<"$out")" /up
expect_match "$err" 'no such object: nope'
expect_status 1 cove inspect nope
expect_eq "$out" '[]'
expect_status 1 cove inspect -f '{{.Nope}}' up
expect_match "$err" Nope
expect_status 125 cove inspect
expect_status 1 cove inspect --type image up
expect_status 125 cove inspect --type secret up
expect_match "$err" 'give container, image, network or volume'
expect_status 0 cove inspect -f json up made
expect_eq "$(jq -r 'map(.Name) | join(" ")' <<<"$out")" '/up /made'
expect_eq "$(wc -l <<<"$out")" 1

expect_status 0 cove rm up made
expect_status 0 cove volume rm data
leave_nothing
