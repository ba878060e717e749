#!/bin/bash
# cove top, on a terminal of 80 by 24: what it shows, its keys, and a terminal that is as it was afterwards.
# shellcheck source=tests/support/engine.sh
. "${0%/*}/../support/engine.sh"
command -v tmux >/dev/null || skip "tmux is not installed"

expect_status 1 cove top
expect_match "$err" 'cove top needs a terminal'
expect_match "$err" 'cove stats --no-stream'

expect_status 0 cove run -d --name idle "${root_args[@]}" -- sleep 1000
expect_status 0 cove run -d --name writer "${root_args[@]}" -- sh -c 'echo said this; while :; do :; done'

term() { tmux -S "$t_tmp/tmux" -f /dev/null "$@"; }
screen() { term capture-pane -p -t top; }
shows() { screen | grep -Eq -- "$1"; }
hides() { ! shows "$1"; }
press() { term send-keys -t top "$@"; }
end_terminal() { term kill-server; }
at_exit end_terminal
term new-session -d -s top -x 80 -y 24 "env -i PATH='$PATH' TERM=xterm COVE_DATA_ROOT='$COVE_DATA_ROOT' COVE_RUN_ROOT='$COVE_RUN_ROOT' sh"
term set-option -g status off
term resize-window -t top -x 80 -y 24
run_top() { press "stty -a >'$t_tmp/$1'; '$COVE' top; echo \$? >'$t_tmp/status'; stty -a >'$t_tmp/$2'" Enter; }

run_top before after
within 10 shows '^cove top +2 containers +CPU'
within 10 shows '^writer +running +[1-9][0-9.]*% \[#+ *\]'
shows '^idle +running +.* +1 *$' || fail "idle: $(screen)"
shows '^q quit.*h help' || fail "keys: $(screen)"
expect_eq "$(screen | awk 'length > 80' | wc -l)" 0

press n
within 10 shows 'NAME\*'
press h
within 10 shows 'sort by CPU, memory'
press x
within 10 shows '^writer'
# By name idle is first: down is the writer.
press Down l
within 10 shows '^log of (idle|writer)'
within 10 shows '^log of writer'
within 10 shows '^said this'
press p
if [[ $EUID == 0 ]]; then
  within 10 shows '^writer +paused'
  press p
  within 10 shows '^writer +running'
else
  # It has no cgroup, so nothing can pause it; the last line says so.
  within 10 hides '^q quit'
fi
term resize-window -t top -x 100 -y 30
within 10 shows 'sleep 1000'
press k
within 10 shows '^kill writer\? \(y/n\)'
press n
within 10 shows '^q quit'
press k y
within 10 shows '^cove top +1 container '

restored() {
  within 10 test -s "$t_tmp/after"
  expect_eq "$(<"$t_tmp/status")" "$1"
  diff <(sed 's/rows [0-9]*; columns [0-9]*//' "$t_tmp/before") <(sed 's/rows [0-9]*; columns [0-9]*//' "$t_tmp/after") >/dev/null ||
    fail "the terminal is not as it was"
  rm -f "$t_tmp/after"
  press clear Enter
}
press q
restored 0
run_top before after
within 10 shows '^cove top +1 container '
press C-c
restored 0
run_top before after
within 10 shows '^cove top +1 container '
kill "$(pgrep -f -- "^cove-images [^ ]* top\$")"
restored 0

leave_nothing
