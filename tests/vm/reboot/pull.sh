#!/bin/bash
# pull.sh prepare|work|check: what pull.sh check finds after the power was cut while pull.sh work pulled; see reboots. The
# registry is in the guest, and only read meanwhile. One image, "kept", was pulled and written out before, and must survive.
set -eu
fail() { echo "FAIL: $*"; exit 1; }
address=127.0.0.1:5055
registry=$address/app
root=$(echo "$COVE_CACHE"/busybox-*)
images=${XDG_DATA_HOME:-$HOME/.local/share}/cove/images
[ $EUID != 0 ] || images=/var/lib/cove/images

cat >/tmp/registry.yml <<END
version: 0.1
log: {level: error, accesslog: {disabled: true}}
storage: {filesystem: {rootdirectory: $HOME/registry}}
http: {addr: $address}
END
docker-registry serve /tmp/registry.yml >/tmp/registry.log 2>&1 &
server=$!
trap 'kill $server' EXIT
for _ in $(seq 300); do ! curl -s -o /dev/null $address/v2/ || break; sleep 0.2; done
curl -s -o /dev/null $address/v2/ || fail "no registry: $(cat /tmp/registry.log)"

if [ "$1" = prepare ]; then
  tree=$(mktemp -d)
  tar -C "$root" --exclude=./probes --exclude=./root -cf - . | tar -C "$tree" -xf -
  tar -C "$tree" -cf "$tree.tar" .
  cove import "$tree.tar" $registry:kept >/dev/null
  # Four layers more, of what can't be packed: a pull takes some seconds.
  from=$registry:kept
  for layer in 1 2 3 4; do
    cove run -d --name layer --network none "$from" sleep 1000 >/dev/null
    head -c 12000000 /dev/urandom | cove exec -i layer sh -c "cat >/large$layer"
    cove commit layer $registry:v$layer >/dev/null
    cove rm -f layer >/dev/null
    from=$registry:v$layer
  done
  cove push -q $registry:kept
  cove push -q $registry:v4
  cove image prune -af >/dev/null
  cove rmi -f $registry:kept $registry:v1 $registry:v2 $registry:v3 $registry:v4 >/dev/null 2>&1 || true
  [ -z "$(cove images -q)" ] || fail "images are left: $(cove images)"
  cove pull -q $registry:kept >/dev/null
  rm -rf "$tree" "$tree.tar"
  sync
  exit 0
fi

if [ "$1" = work ]; then
  # Until the power goes.
  while :; do
    cove pull -q $registry:v4 >/dev/null
    cove run --rm --network none $registry:v4 true
    cove rmi $registry:v4 >/dev/null
  done
fi

cove images >/tmp/images || fail "images: $(cat /tmp/images)"
partial=$(find "$images/partial" -maxdepth 1 -type f -size +0 2>/dev/null | wc -l)
echo "found: $partial parts of layers, $(find "$images/unsynced" -mindepth 1 2>/dev/null | wc -l) not known to be written out"
cove image fsck >/tmp/fsck 2>&1 || echo "fsck: $(paste -sd ';' /tmp/fsck)"
cove system gc >/tmp/gc 2>&1 || fail "gc: $(cat /tmp/gc)"
cove system check >/tmp/check 2>&1 || fail "system check after gc: $(cat /tmp/check)"
[ "$(cove run --rm --network none $registry:kept cat /etc/issue)" = "$(cat "$root/etc/issue")" ] || fail "the image that was there is lost"
# It goes on where it was cut, and the image is whole.
cove pull $registry:v4 >/tmp/pull 2>&1 || fail "pull: $(cat /tmp/pull)"
grep 'from .* on' /tmp/pull || true
[ "$(cove run --rm --network none $registry:v4 sh -c 'cat /large1 /large2 /large3 /large4 | wc -c')" = 48000000 ] || fail "the image is not whole"
cove image fsck >/tmp/fsck 2>&1 || fail "fsck after the pull: $(cat /tmp/fsck)"
cove rmi $registry:v4 >/dev/null
cove image fsck >/tmp/fsck 2>&1 || fail "fsck after rmi: $(cat /tmp/fsck)"
left=$(find "$images/partial" "$images/unsynced" -mindepth 1 2>/dev/null || true)
[ -z "$left" ] || fail "left: $left"
cove rmi $registry:kept >/dev/null
left=$(find "$images/blobs/sha256" "$images/layers" -mindepth 1 -maxdepth 1 2>/dev/null || true)
[ -z "$left" ] || fail "left without any image: $left"
cove pull -q $registry:kept >/dev/null
sync
