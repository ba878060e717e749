#!/bin/bash
# `cove top` shows a container's processes as ps(1) has them, without running it; `cove port` what is published.
# shellcheck source=tests/support/engine.sh
. "${0%/*}/../support/engine.sh"

expect_status 0 cove run -d --name up "${root_args[@]}" -- sh -c 'sleep 1000 & wait'
pid=$(init_pid up)
within 5 bash -c "'$COVE' top up | grep -q 'sleep 1000$'"
expect_status 0 cove top up
expect_match "$out" $'^UID                 PID                 PPID                C                   STIME               TTY                 TIME                CMD\n'
expect_match "$out" $'\n'"[a-z0-9_-]+ +$pid +[0-9]+ +[0-9]+ +[0-9A-Za-z:]+ +\\? +00:00:0[0-9] +sh -c sleep 1000 & wait"
expect_eq "$(wc -l <<<"$out")" 3
expect_status 0 cove top up -o pid,ppid,comm
expect_match "$out" $'^PID                 PPID                COMMAND\n'
expect_match "$out" $'\n'"[0-9]+ +$pid +sleep"
expect_status 0 cove top up aux
expect_match "$out" $'^USER .* COMMAND\n'
expect_status 1 cove top up -o nope
expect_match "$err" 'the keywords are'
expect_status 1 cove top up --forest
expect_status 1 cove top nope
expect_match "$err" 'no such container: nope'

expect_status 0 cove port up
expect_eq "$out" ""
expect_status 1 cove port up 80
expect_match "$err" "no public port '80' published for up"
expect_status 1 cove port up 80/x
expect_match "$err" "'x' is no protocol"
expect_status 1 cove port nope
expect_match "$err" 'no such container: nope'
expect_status 125 cove port

expect_status 0 cove kill up
expect_status 0 cove wait up
expect_status 1 cove top up
expect_match "$err" 'container up is not running'
expect_status 0 cove rm up
leave_nothing
