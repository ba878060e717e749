#!/bin/bash
# cove's own program, seen inside as /proc/1/exe, cannot be written, not even with CAP_SYS_PTRACE.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

before=$(sha256sum <"$(t_cove)")
everything=(--cap-add ALL --security-opt seccomp=unconfined --security-opt no-new-privileges=false)
for options in "--cap-add=SYS_PTRACE" "${everything[*]}"; do
  # shellcheck disable=SC2086  # words
  run cove run "${root_args[@]}" --init $options -- sh -c '
    ls /proc/1/exe; echo x >/proc/1/exe; chmod 777 /proc/1/exe; cp /bin/sh /proc/1/exe; echo x >>/proc/1/exe'
  [[ $(grep -cE 'Read-only|denied|busy' <<<"$err") -ge 4 ]] || fail "not all refused: $out $err"
done
expect_match "$err" 'Read-only file system'
expect_eq "$(sha256sum <"$(t_cove)")" "$before" "cove itself"
