#!/bin/bash
# A target must be an absolute path inside, and not the root itself.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

mkdir "$t_tmp/dir"
for target in data ../data / /.. ''; do
  expect_status 125 cove run "${root_args[@]}" -v "$t_tmp/dir:$target" -- true
  expect_match "$err" '-v|--volume' "target '$target'"
done
