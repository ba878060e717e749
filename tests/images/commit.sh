#!/bin/bash
# Images of root file systems and of what containers have changed.
# forms: erofs
T_SUBIDS=1
# shellcheck source=tests/support/images.sh
. "${0%/*}/../support/images.sh"

# A directory, an archive, an archive on standard input.
expect_status 0 cove import -c 'CMD ["sh"]' -c 'ENV A=b C="d e"' -c 'LABEL one=1' -c 'workdir /tmp' -m 'of a directory' "$image_root" base
first=$out
expect_status 0 cove run base sh -c 'echo $A $C; pwd'
expect_eq "$out" $'b d e\n/tmp'
expect_status 0 cove history --no-trunc --format '{{.Comment}} {{.ID}}' base
expect_eq "$out" "of a directory $first"
tar -C "$image_root" --exclude=./proc --exclude=./dev --exclude=./sys -czf "$t_tmp/root.tgz" .
expect_status 0 cove import "$t_tmp/root.tgz" packed:1
zcat "$t_tmp/root.tgz" | cove import - piped:1 >/dev/null
expect_status 125 cove run piped:1
expect_match "$err" 'no command specified'
for name in packed:1 piped:1; do
  expect_status 0 cove run $name /bin/sh -c 'ls -d /bin/sh'
  expect_eq "$out" /bin/sh
done
xz -c "$t_tmp/root.tgz" >"$t_tmp/root.xz" 2>/dev/null || printf '\xfd7zXZ\0' >"$t_tmp/root.xz"
expect_status 1 cove import "$t_tmp/root.xz"
expect_match "$err" 'compressed with xz'
expect_status 1 cove import -c 'RUN true' "$image_root"
expect_match "$err" "'RUN' cannot change an image"

# What a container has changed, on top.
expect_status 0 cove run --name work base sh -c 'mkdir -p /new/dir; echo 1 >/new/dir/file; ln /new/dir/file /new/link; rm -r /etc/passwd;
  rm -rf /sbin; mkdir /sbin; echo 2 >/sbin/only; chmod 4711 /new/dir/file'
expect_status 0 cove commit -a me -m changed -c 'CMD ["cat","/new/link"]' work made:2
second=$out
expect_status 0 cove run made:2
expect_eq "$out" 1
expect_status 0 cove run made:2 sh -c 'ls /sbin; ! ls /etc/passwd 2>/dev/null; stat -c "%a %h %u" /new/dir/file; ls -d /etc/hosts 2>/dev/null || echo none'
expect_eq "$(sed -n '1,2p' <<<"$out")" $'only\n4711 2 0'
expect_status 0 cove image inspect -f '{{.Author}} {{.Comment}} {{len .RootFS.Layers}}' made:2
expect_eq "$out" "me changed 2"
expect_clean_store
# And again: layers pile up.
expect_status 0 cove run --name again made:2 sh -c 'rm /new/link; echo 3 >/new/three'
expect_status 0 cove commit again made:3
expect_status 0 cove run made:3 sh -c 'ls /new'
expect_eq "$out" $'dir\nthree'

# What the images take: a layer that several have counts once, and is free when no container needs any of them.
expect_status 0 cove system df -v --format json
expect_eq "$(jq -r '.Images[] | select(.Repository != "localhost/packed" and .Repository != "localhost/piped") |
  [.Repository, .Tag, .Containers] | join(" ")' <<<"$out" | sort)" $'localhost/base latest 1\nlocalhost/made 2 1\nlocalhost/made 3 0'
expect_eq "$(jq -r '.Images[] | select(.Tag == "latest") | .SharedSize == .Size and .UniqueSize == "0B"' <<<"$out")" true
expect_eq "$(jq -r '.Images[] | select(.Tag == "3") | .UniqueSize' <<<"$out")" 2B
expect_status 0 cove system df --format '{{.Type}} {{.TotalCount}} {{.Active}} {{.Reclaimable}}'
expect_match "$out" $'^Images 5 2 [0-9.]+[kM]?B \\([0-9]+%\\)\nContainers 2 0 '
# One that runs is paused meanwhile, and goes on.
expect_status 0 cove run -d --name alive made:2 sh -c 'echo up >/up; while :; do sleep 0.1; done'
within 10 cove exec alive cat /up
expect_status 0 cove commit alive made:4
expect_status 0 cove exec alive cat /up
expect_status 0 cove run made:4 cat /up
expect_eq "$out" up
expect_status 0 cove run --name plain -- true
expect_status 1 cove commit plain
expect_match "$err" 'was not made from an image'
expect_match "$err" 'cove export plain'
cove rm -f work again alive plain >/dev/null
# A container whose ids were shifted gives the image those that it saw.
if [[ $COVE_AS == root ]]; then
  expect_status 0 cove run --name shifted --userns auto base sh -c 'mkdir /d; echo 1 >/d/mine; echo 2 >/d/other;
    chown 1000:1001 /d/other; chown 7:8 /d; chmod 4755 /d/mine'
  expect_ne "$(stat -c %u "$COVE_DATA_ROOT/containers/$(record_of shifted .id)/layer/root/d/mine")" 0 "the owner outside"
  expect_status 0 cove commit shifted made:5
  expect_status 0 cove run made:5 stat -c '%n %u:%g %a' /d /d/mine /d/other
  expect_eq "$out" $'/d 7:8 755\n/d/mine 0:0 4755\n/d/other 1000:1001 644'
  # And again for one that shifts them itself.
  expect_status 0 cove run --userns auto made:5 stat -c '%n %u:%g' /d/mine /d/other
  expect_eq "$out" $'/d/mine 0:0\n/d/other 1000:1001'
  expect_clean_store
  cove rm shifted >/dev/null
fi
# The base goes only by name while others stand on its layer.
expect_status 0 cove rmi base
expect_status 0 cove run made:3 sh -c 'ls /bin/sh'
expect_empty_store
