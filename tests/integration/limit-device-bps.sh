#!/bin/bash
# --device-write-bps and --device-read-bps bound the disk that a directory lies on.
# measures: rates
export T_DELEGATE=1
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"
# shellcheck source=tests/support/report.sh
. "$t_support/report.sh"

# The whole disk that the directory is on, as /dev/NAME.
number=$(stat -c %Hd:%Ld "$t_tmp")
[[ -e /sys/dev/block/$number ]] || skip "$t_tmp is not on a disk"
disk=$(realpath "/sys/dev/block/$number")
[[ ! -e $disk/partition ]] || disk=$(dirname "$disk")
mkdir -m 777 "$t_tmp/disk"
run_reported -v "$t_tmp/disk:/data" --device-write-bps "/dev/${disk##*/}:8m" -- /probes/writer /data/file 8 direct
[[ $(value error) != EINVAL ]] || skip "no direct writes on $t_tmp"
expect_eq "$status" 0
# The kernel lets the first slice of 100 ms through at once.
expect_between "$(value bytes_per_second)" 6000000 10000000 "bytes written per second"
expect_field '[.limits.device_write_bytes_per_second.value[]] | join(" ")' 8388608

run_reported -v "$t_tmp/disk:/data" --device-read-bps "/dev/${disk##*/}:8m" -- \
  dd if=/data/file of=/dev/null bs=1M iflag=direct
expect_eq "$status" 0
expect_between "$(field .wall_us)" 800000 1600000 "microseconds to read 8 MiB"
expect_between "$(field .io.read_bytes)" 8388608 9000000 "bytes read"
