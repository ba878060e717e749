#!/bin/bash
# The disk that everything is kept on is full: each command says so, what was there stays as it was, and when there is
# space again all of them work. The disk is a real one, as the disk of a small server: an ext4 of its own.
# modes: root user
# by: root
set -eu
fail() { echo "FAIL: $*"; exit 1; }
root=$(echo "$COVE_CACHE"/busybox-*)
work=$(mktemp -d)
small=$work/small
who=root run_as=()
[ "$COVE_AS" = root ] || { who=user; run_as=(runuser -u user -- env HOME=/home/user "XDG_RUNTIME_DIR=$work/run"); }
registry=
clean() {
  make_room
  cove rm -f kept other >/dev/null 2>&1 || true
  [ -z "$registry" ] || kill "$registry"
  umount "$small" || true
  rm -rf "$work"
}
trap clean EXIT
as() { "${run_as[@]}" "$@"; }
cove() { as env "COVE_DATA_ROOT=$small/data" "COVE_RUN_ROOT=$work/run/cove" "$(type -P cove)" "$@"; }
mkdir -m 755 "$small" "$work/run"
truncate -s 96M "$work/image"
mkfs.ext4 -q -F -m 0 "$work/image"
mount -o loop "$work/image" "$small"
chmod 755 "$work"
chown "$who:" "$small" "$work/run"

fill() { as dd if=/dev/zero of="$small/filler" bs=64k 2>/dev/null || true; as dd if=/dev/zero of="$small/filler2" bs=1 2>/dev/null || true; }
make_room() { rm -f "$small"/filler*; }
full() {  # WHAT COMMAND...: it fails, and says why
  local what=$1
  shift
  if "$@" >"$work/out" 2>"$work/err"; then fail "$what: it worked on a full disk: $(cat "$work/out"; df "$small")"; fi
  grep -q 'No space left on device' "$work/err" || fail "$what: message: $(cat "$work/err")"
}
works() {
  local what=$1
  shift
  "$@" >"$work/out" 2>"$work/err" || fail "$what: $(cat "$work/err" "$work/out")"
}
images() { cove images -q | sort; }

# An image in a registry, another in an archive, a third that a container runs.
mkdir "$work/tree"
tar -C "$root" --exclude=./probes --exclude=./root -cf - . | tar -C "$work/tree" -xf -
head -c 6000000 /dev/urandom >"$work/tree/large"
tar -C "$work/tree" -cf "$work/tree.tar" .
cat >"$work/registry.yml" <<END
version: 0.1
log: {level: error, accesslog: {disabled: true}}
storage: {filesystem: {rootdirectory: $work/registry}}
http: {addr: 127.0.0.1:5055}
END
docker-registry serve "$work/registry.yml" >"$work/registry.log" 2>&1 &
registry=$!
for _ in $(seq 100); do ! curl -s -o /dev/null 127.0.0.1:5055/v2/ || break; sleep 0.2; done
works import cove import "$work/tree.tar" 127.0.0.1:5055/far:v1
works push cove push 127.0.0.1:5055/far:v1
works save cove save -o "$work/run/near.tar" 127.0.0.1:5055/far:v1
works rmi cove rmi 127.0.0.1:5055/far:v1
works import cove import "$work/tree.tar" base
works run cove run -d --name kept base sh -c 'echo first; while :; do sleep 1; done'
works exec cove exec kept sh -c 'echo mine >/mine; sync'
before=$(images)
fill
! echo x >"$small/probe" 2>/dev/null || fail "the disk is not full: $(df "$small")"
rm -f "$small/probe"

full "run -d" cove run -d --name other base sleep 1000
full pull cove pull --retry 0 127.0.0.1:5055/far:v1
full load cove load -i "$work/run/near.tar"
full commit cove commit kept made
works logs cove logs kept
grep -q first "$work/out" || fail "logs: $(cat "$work/out")"
works inspect cove inspect kept
works exec cove exec kept cat /mine
[ "$(cat "$work/out")" = mine ] || fail "its file: $(cat "$work/out")"
works "ps" cove ps -a --format '{{.Names}}'
[ "$(cat "$work/out")" = kept ] || fail "containers: $(cat "$work/out")"

make_room
[ "$(images)" = "$before" ] || fail "the images are others: $(cove images)"
works check cove system check
works fsck cove image fsck
works "run -d" cove run -d --name other base sleep 1000
works rm cove rm -f other
works pull cove pull 127.0.0.1:5055/far:v1
works rmi cove rmi 127.0.0.1:5055/far:v1
works load cove load -i "$work/run/near.tar"
works commit cove commit kept made
works "run what was committed" cove run --rm made cat /mine
[ "$(cat "$work/out")" = mine ] || fail "what was committed: $(cat "$work/out")"
works "stop, start" cove stop -t 0 kept
works "stop, start" cove start kept
works rm cove rm -f kept
works "image prune" cove image prune -af
works check cove system check
works fsck cove image fsck
left=$(find "$small/data/images/partial" "$small/data/images/blobs/sha256" "$small/data/containers" -mindepth 1 2>/dev/null)
[ -z "$left" ] || fail "left: $left"
