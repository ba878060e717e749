#!/bin/bash
# --mount type=overlay: writes go to its upper directory or are thrown away, never to the source.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

mkdir "$t_tmp/lower" "$t_tmp/upper"
echo old >"$t_tmp/lower/file"
for upper in '' ",upper=$t_tmp/upper"; do
  sandbox --mount "type=overlay,src=$t_tmp/lower,dst=/data$upper" -- \
    sh -c 'cat /data/file; echo new >/data/file; cat /data/file; touch /data/more'
  expect_eq "$out" $'old\nnew'
done
expect_eq "$(ls "$t_tmp/lower"; cat "$t_tmp/lower/file")" $'file\nold' "source"
expect_eq "$(ls "$t_tmp/upper"; cat "$t_tmp/upper/file")" $'file\nmore\nnew' "upper"
expect_eq "$(find "$t_tmp" -maxdepth 1 -name "*work*")" "" "work directories left"
