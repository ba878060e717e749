#!/bin/bash
# A machine of many mounts: a container sees just its own ones, binds keep their propagation, and cove copies its mount
# namespace from one that it keeps, which is made once, mended when it was made by half, and no condition for a start.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

mount -t tmpfs -o mode=755 own-run /run
mkdir "$t_tmp/many" "$t_tmp/shared"
for i in {1..150}; do mkdir "$t_tmp/many/$i"; done
for i in {1..150}; do mount --bind "$t_tmp/many/$i" "$t_tmp/many/$i"; done
mount -t tmpfs shared "$t_tmp/shared"
mount --make-shared "$t_tmp/shared"
mkdir "$t_tmp/shared/later"
kept=/run/cove/mounts/kept
inode() { stat -Lc %i "$kept/mnt"; }

bind='.linux.rootfsPropagation = "shared" | .mounts += [{destination: "/shared", source: ($tmp + "/shared"), type: "bind", options: ["rbind", "rslave"]}]'
waits=(sh -c 'while [ ! -e /shared/later/seen ]; do sleep 0.05; done; grep -c . /proc/self/mountinfo; grep -c many /proc/self/mountinfo')
bundle a "$bind" "${waits[@]}"
launch a
mount -t tmpfs later "$t_tmp/shared/later"
touch "$t_tmp/shared/later/seen"
wait_for stopped a
mapfile -t said <"$t_tmp/a.out"
[[ ${said[0]} -lt 60 ]] || fail "${said[0]} mounts are inside"
expect_eq "${said[1]}" 0 "mounts of the host inside"
remove a

# And from inside to the host.
bundle b "${bind/rslave/rshared}" sh -c 'mount -t tmpfs inner /shared/later/own'
mkdir "$t_tmp/shared/later/own"
jq '.process.capabilities |= map_values(. + ["CAP_SYS_ADMIN"])' "$bundle/config.json" >"$t_tmp/edited"
cp "$t_tmp/edited" "$bundle/config.json"
launch b
wait_for stopped b
expect_match "$(grep inner /proc/self/mountinfo)" later/own "a mount of the container's"
umount "$t_tmp/shared/later/own"
remove b

bundle c . true
# Linux 6.18 numbers namespaces for each processor by itself, and keeps only one of a higher number than that of the caller's
# own, which is new here: that of the processor that made it.
keep() {
  local cpu
  for cpu in $(seq 0 $(($(nproc --all) - 1))); do
    [[ $(stat -fc %T "$kept/mnt" 2>/dev/null) != nsfs ]] || return 0
    taskset -c "$cpu" "$t_runtime" --root "$state_root" run --bundle "$t_tmp/c" "${id}c" </dev/null
  done
  expect_eq "$(stat -fc %T "$kept/mnt")" nsfs "what is kept"
}
if is cove; then
  keep
  first=$(inode)
  expect_status 0 rt run --bundle "$bundle" "${id}c"
  expect_eq "$(inode)" "$first" "the kept namespace"
  run strace -f -qq -e trace=clone3,setns,unshare -o "$t_tmp/calls" "$t_runtime" --root "$state_root" run --bundle "$bundle" "${id}c"
  expect_eq "$status" 0 "exit status under strace"
  ! grep -q 'clone3.*CLONE_NEWNS' "$t_tmp/calls" || fail "the machine's mounts were copied"
  grep -q 'setns.*CLONE_NEWNS) *= 0' "$t_tmp/calls" || fail "the kept namespace was not entered"
  # Its maker was killed before it kept anything; several come at once then.
  umount -l "$kept/mnt"
  for i in 1 2 3 4; do bundle "c$i" . true; done
  for i in 1 2 3 4; do rt run --bundle "$t_tmp/c$i" "${id}c$i" & done
  wait
  keep
  expect_eq "$(grep -c "$kept" /proc/self/mountinfo)" 2 "mounts for it"
  # Something else is in its place.
  umount -l "$kept/mnt"
  umount -l "$kept"
  rm -rf /run/cove/mounts
  touch /run/cove/mounts
  expect_status 0 rt run --bundle "$bundle" "${id}c"
  rm /run/cove/mounts
else
  expect_status 0 rt run --bundle "$bundle" "${id}c"
fi
umount -l "$t_tmp/shared/later" "$t_tmp/shared"
for i in {1..150}; do umount "$t_tmp/many/$i"; done
[[ ! -e $kept ]] || umount -R "$kept"
umount -l /run
