#!/bin/bash
# --mount type=bind with readonly, and a mount over one of the default ones, which it replaces.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

mkdir "$t_tmp/dir"
touch "$t_tmp/dir/mine"
sandbox --mount "type=bind,src=$t_tmp/dir,dst=/data,readonly" -- sh -c 'ls /data; ! true >/data/x'
expect_eq "$out" mine
sandbox -v "$t_tmp/dir:/tmp" -- sh -c 'ls /tmp; touch /tmp/new'
expect_eq "$out" mine
[[ -e $t_tmp/dir/new ]] || fail "/tmp is not the mounted directory"
expect_status 125 cove run "${root_args[@]}" -v "$t_tmp/dir:/data" --tmpfs /data -- true
expect_match "$err" 'two mounts or devices have the target'
