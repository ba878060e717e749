#!/bin/bash
# --landlock leaves the paths named and nothing else; where the kernel has none, that is the error E-LANDLOCK.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

mkdir "$t_tmp/dir"
run cove run "${root_args[@]}" -v "$t_tmp/dir:/data" --landlock ro:/bin --landlock rw:/data -- \
  /bin/sh -c 'echo x >/data/file && cat /data/file; cat /etc/passwd; echo x >/bin/new; ls /'
if [[ $err == *E-LANDLOCK* ]]; then
  expect_eq "$status" 125
  expect_match "$err" 'hint: .*landlock'
  skip "this kernel has no Landlock; the error is right"
fi
expect_eq "$out" x
expect_eq "$(grep -c 'Permission denied' <<<"$err")" 3 "refusals ($err)"
expect_status 125 cove run "${root_args[@]}" --landlock rx:/data -- true
expect_match "$err" '--landlock'
