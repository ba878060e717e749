#!/bin/bash
# --user takes a name or number of the root's own passwd, and a group; HOME and the other groups come with it.
export T_SUBIDS=1
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

show='/probes/ids; echo home=$HOME'
check() {  # USER WANT-UID WANT-GID WANT-GROUPS WANT-HOME
  sandbox --user "$1" -- sh -c "$show"
  expect_eq "$(value uid):$(value euid):$(value suid):$(value fsuid)" "$2:$2:$2:$2" "user ids of $1"
  expect_eq "$(value gid):$(value egid):$(value sgid):$(value fsgid)" "$3:$3:$3:$3" "group ids of $1"
  expect_eq "$(value groups) $(value home)" "$4 $5" "groups and home of $1"
}
check root 0 0 0 /root
check tester 1000 1000 29,1000 /home/tester
check 1000 1000 1000 29,1000 /home/tester
check 1000:7 1000 7 7 /home/tester
check tester:audio 1000 29 29 /home/tester
check nobody:0 65534 0 0 /nonexistent
check 4242 4242 0 0 /
check 4242:4343 4242 4343 4343 /
sandbox --user tester --env HOME=/else -- sh -c "$show"
expect_eq "$(value home)" /else
