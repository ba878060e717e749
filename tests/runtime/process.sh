#!/bin/bash
# The process: arguments, environment, directory, user, groups and umask, as config.json has them.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

bundle a '.process.user = {uid: 11, gid: 12, additionalGids: [13, 14], umask: 63} | .process.cwd = "/work/dir"
    | .process.env += ["EMPTY=", "SPACES=a  b", "EQUALS=a=b"]' \
  sh -c 'printf "<%s>" "$0" "$@"; echo; id -u; id -g; id -G; umask; pwd; echo "[$EMPTY][$SPACES][$EQUALS]"' zero 'one two' '' '$HOME'
mkdir -p "$bundle/rootfs/work/dir"
expect_status 0 rt run --bundle "$bundle" "${id}a"
expect_eq "$out" '<zero><one two><><$HOME>
11
12
12 13 14
0077
/work/dir
[][a  b][a=b]'
# A directory that is missing is made, as engines rely on; and HOME comes from the image's passwd.
bundle b '.process.cwd = "/made/for/me" | .process.user = {uid: 1000, gid: 1000}' sh -c 'pwd; echo $HOME'
expect_status 0 rt run --bundle "$bundle" "${id}b"
expect_eq "$out" $'/made/for/me\n/home/tester'
