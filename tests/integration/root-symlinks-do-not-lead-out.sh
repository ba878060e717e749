#!/bin/bash
# A root whose /etc, /proc, /dev … are links to paths of the host: nothing is made or mounted there.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

names=(etc proc dev tmp run sys data)
mkdir -p "$t_tmp/host"/{etc,proc,dev,tmp,run,sys,data} "$t_tmp/root"/{bin,etc,proc,dev,tmp,run,sys,data}
cp "$(command -v busybox)" "$t_tmp/root/bin/sh"
echo host >"$t_tmp/host/etc/passwd"
echo volume >"$t_tmp/volume"
seen() { find "$t_tmp/host" -printf '%p %C@\n' | sort; sort /proc/self/mountinfo; }
before=$(seen)
try() {  # NAME LINK
  rmdir "$t_tmp/root/$1"
  ln -s "$2$1" "$t_tmp/root/$1"
  run cove run --rootfs "$t_tmp/root" -v "$t_tmp/volume:/data/file" --tmpfs /data/tmp -- \
    /bin/sh -c "echo >/$1/new; exit 0"
  # It may work or be refused, but not with the host's directory.
  [[ $status == 0 || $status == 125 ]] || fail "$1 -> $2$1: status $status: $err"
  [[ $(seen) == "$before" ]] || fail "$1 -> $2$1 changed: $(seen | diff - <(echo "$before"))"
  rm "$t_tmp/root/$1"
  mkdir "$t_tmp/root/$1"
}
for name in "${names[@]}"; do
  try "$name" "$t_tmp/host/"
  try "$name" "../../../../../../../../..$t_tmp/host/"
done
try tmp "/proc/self/root$t_tmp/host/"
try data "/proc/1/root$t_tmp/host/"
