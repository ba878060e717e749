#!/bin/bash
# --device-write-iops and --device-read-iops bound the operations per second.
# measures: rates
export T_DELEGATE=1
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"
# shellcheck source=tests/support/report.sh
. "$t_support/report.sh"

number=$(stat -c %Hd:%Ld "$t_tmp")
[[ -e /sys/dev/block/$number ]] || skip "$t_tmp is not on a disk"
disk=$(realpath "/sys/dev/block/$number")
[[ ! -e $disk/partition ]] || disk=$(dirname "$disk")
mkdir -m 777 "$t_tmp/disk"
head -c 400000 /dev/zero >"$t_tmp/disk/file"
sync "$t_tmp/disk/file"
run_reported -v "$t_tmp/disk:/data" --device-read-iops "/dev/${disk##*/}:50" -- \
  dd if=/data/file of=/dev/null bs=4096 count=50 iflag=direct
expect_eq "$status" 0 "$err"
expect_between "$(field .wall_us)" 700000 2000000 "microseconds for 50 reads"
run_reported -v "$t_tmp/disk:/data" --device-write-iops "/dev/${disk##*/}:50" -- \
  dd if=/dev/zero of=/data/file bs=4096 count=50 oflag=direct conv=notrunc
expect_eq "$status" 0 "$err"
expect_between "$(field .wall_us)" 700000 2000000 "microseconds for 50 writes"
