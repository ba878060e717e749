#!/bin/bash
# Mistakes on the command line: 125, a line of error and mostly one of help, nothing on standard output, nothing runs.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

check() {  # PATTERN ARG...
  local pattern=$1
  shift
  expect_status 125 cove "$@"
  expect_match "$err" "$pattern"
  expect_match "$err" $'^cove: [^\n]+(\ncove: hint: [^\n]+)?$' "form of the error"
  expect_eq "$out" ""
}
check "unknown option '--memroy'; did you mean --memory\?" run --memroy 1g -- echo ran
check "unknown option '--no-such-thing'" run --no-such-thing -- echo ran
check "unknown option '-X'" run -X -- echo ran
check "did you mean --rootfs" run -rootfs=/x -- echo ran
check "unknown command 'rnu'; did you mean run\?" rnu -- echo ran
check 'needs a command' run
check 'needs a command' run --
check '--memory needs a value' run --memory
check '--memory needs a value' run --memory --cpus 1 -- echo ran
check '--memory: the value is empty' run --memory= -- echo ran
check '--memory is given twice' run --memory 1g --memory 2g -- echo ran
check 'neither true nor false' run --tty=maybe -- echo ran
check '--rw needs --rootfs' run --rw -- echo ran
check 'exclude each other' run --output-limit 1k -t -- echo ran
check '--name' run --name 'bad name' -- echo ran
