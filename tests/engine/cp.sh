#!/bin/bash
# Files go in and out of a container, with Docker's rules, while it runs, is paused or stopped.
T_SUBIDS=1
# shellcheck source=tests/support/engine.sh
. "${0%/*}/../support/engine.sh"

mkdir "$t_tmp/work" && cd "$t_tmp/work"
mkdir -p tree/sub
echo text >tree/file
ln tree/file tree/sub/hard
ln -s ../file tree/sub/soft
chmod 640 tree/file
touch -d 2001-02-03T04:05:06.789 tree/sub
inside() { cove exec web sh -c "$1"; }
detached web

in_and_out() {
  # A directory that is not there becomes the copy; one that is there is copied into.
  expect_status 0 cove cp tree web:/new
  expect_status 0 cove cp tree web:/new
  expect_status 0 cove cp tree/. web:/new/content/
  expect_status 0 cove cp tree/file web:/new/renamed
  expect_status 0 cove cp tree/sub/soft web:/new/soft
  expect_status 0 cove cp -L tree/sub/soft web:/new/followed
  rm -rf out
  expect_status 0 cove cp web:/new out
  expect_eq "$(find out -mindepth 1 -printf '%P %y %m\n' | sort)" "$(sed 's/^ *//' <<'END'
     content d 755
     content/file f 640
     content/sub d 755
     content/sub/hard f 640
     content/sub/soft l 777
     file f 640
     followed f 640
     renamed f 640
     soft l 777
     sub d 755
     sub/hard f 640
     sub/soft l 777
     tree d 755
     tree/file f 640
     tree/sub d 755
     tree/sub/hard f 640
     tree/sub/soft l 777
END
)" "what comes out"
  expect_eq "$(stat -c %h out/content/file)" 2
  expect_eq "$(stat -c %y out/sub | cut -c1-23)" "$(stat -c %y tree/sub | cut -c1-23)"
  expect_eq "$(stat -c %u out/file)" "$EUID"
  mkdir -p into
  expect_status 0 cove cp web:/new/file into
  expect_status 0 cove cp web:/new/file into/other
  expect_status 0 cove cp web:/new/tree/. into
  expect_eq "$(ls into | tr '\n' ' ')" "file other sub "
  # As archives.
  expect_status 0 sh -c "$(printf '%q' "$COVE") cp web:/new/tree - >archive.tar"
  expect_eq "$(tar tf archive.tar | tr '\n' ' ')" "tree/ tree/file tree/sub/ tree/sub/hard tree/sub/soft "
  ! command -v bsdtar >/dev/null || expect_eq "$(bsdtar tf archive.tar | tr '\n' ' ')" "tree/ tree/file tree/sub/ tree/sub/hard tree/sub/soft "
  tar -C tree -cf gnu.tar --format=gnu . && tar -C tree -cf pax.tar --format=posix .
  for archive in gnu pax; do
    expect_status 0 sh -c "$(printf '%q' "$COVE") cp - web:/new <$archive.tar"
  done
  # What cannot be.
  expect_status 1 cove cp web:/none .
  expect_match "$err" "no such file or directory: '/none'"
  expect_status 1 cove cp none web:/
  expect_match "$err" "no such file or directory: 'none'"
  expect_status 1 cove cp tree/file web:/none/x
  expect_match "$err" "no such directory: '/none'"
  expect_status 1 cove cp tree/file web:/none/
  expect_match "$err" "no such directory: '/none/'"
  expect_status 1 cove cp tree web:/new/file
  expect_match "$err" "cannot copy a directory to a file: '/new/file'"
  expect_status 1 cove cp web:/new into/file
  expect_match "$err" "cannot copy a directory to a file: 'into/file'"
  expect_status 1 cove cp web:/a web:/b
  expect_status 1 cove cp a b
  expect_status 1 cove cp none:/a b
  expect_match "$err" 'no such container: none'
}

in_and_out
inside 'rm -rf /new'
if [[ $EUID == 0 ]]; then
  expect_status 0 cove pause web
  in_and_out
  expect_status 0 cove unpause web
  inside 'rm -rf /new'
fi
expect_status 0 cove stop web
in_and_out
# What was put there is there when it starts, and belongs to its root.
expect_status 0 cove start web
within 5 inside 'test -e /new/file'
expect_eq "$(inside 'stat -c %u:%g /new/file /new/tree/sub/soft')" $'0:0\n0:0'
expect_status 0 cove stop web

# What lies on a volume too; what would be lost cannot be written.
expect_status 0 cove create --name vol -v data:/data "${root_args[@]}" -- true
expect_status 0 cove cp tree/file vol:/data/
expect_eq "$(cat "$COVE_DATA_ROOT/volumes/data/_data/file")" text
expect_status 1 cove cp tree/file vol:/tmp/
expect_match "$err" 'read-only'
for directory in dev proc sys; do expect_status 1 cove cp tree/file vol:/$directory/; done
# Of a root file system of somebody else's an ordinary user may not read everything.
if [[ $EUID == 0 ]]; then
  expect_status 0 cove export -o all.tar vol
  tar tf all.tar >list
  expect_eq "$(grep -cx './bin/sh' list)" 1
  expect_eq "$(grep -c 'data/file' list || true)" 0
fi

expect_status 0 cove rm -v web vol
expect_status 0 cove volume rm data
leave_nothing
