#!/bin/bash
# Ids that would lead out of the state directory, or are empty or odd, are refused for every command. (crun takes
# some.)
# runtimes: cove runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

bundle a . touch /ran
for name in '' . .. ../x a/b /abs 'a b' $'a\nb' 'ä' "$(printf 'x%.0s' {1..1100})"; do
  for command in "create --bundle $bundle" state 'delete --force' kill; do
    # shellcheck disable=SC2086  # words
    run rt $command -- "$name"
    [[ $status != 0 ]] || fail "$command accepted '$name'"
  done
done
[[ ! -e $bundle/rootfs/ran ]] || fail "one ran"
bundle "Ab_1.2+c-d" . true
expect_status 0 rt run --bundle "$bundle" "${id}Ab_1.2+c-d"
