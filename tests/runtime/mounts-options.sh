#!/bin/bash
# Mount options set and clear the flags that the kernel then shows; bind mounts too; unknown ones are data for the
# filesystem.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

# Of two options that contradict each other the last one counts; crun 1.8 lets the first one stay.
mkdir "$t_tmp/source"
bundle a '.mounts += [
  {destination: "/m/ro", type: "tmpfs", source: "tmpfs", options: ["ro", "nosuid", "nodev", "noexec", "noatime", "size=64k", "mode=711"]},
  {destination: "/m/rw", type: "tmpfs", source: "tmpfs", options: (["sync", "nodiratime"] + if $ENV.t_runtime_name == "crun" then [] else ["ro", "rw", "nosuid", "suid", "nodev", "dev", "noexec", "exec"] end)},
  {destination: "/m/bind", type: "bind", source: ($tmp + "/source"), options: ["bind", "ro", "nosuid", "nodev", "noexec", "strictatime"]},
  {destination: "/m/rbind", type: "none", source: ($tmp + "/source"), options: ["rbind", "rw", "nosuid"]},
  {destination: "/m/none", source: ($tmp + "/source"), options: ["bind"]}]' \
  sh -c 'awk "{print \$5, \$6, \$NF}" /proc/self/mountinfo; stat -c "mode %a" /m/ro; touch /m/rw/x /m/rbind/made /m/none/too && echo written'
expect_status 0 rt run --bundle "$bundle" "${id}a"
options() { awk -v at="$1" '$1 == at { print $2 }' <<<"$out"; }
expect_eq "$(options /m/ro)" ro,nosuid,nodev,noexec,noatime
expect_match "$(awk '$1 == "/m/ro" { print $3 }' <<<"$out")" 'size=64k'
expect_match "$out" 'mode 711'
expect_match "$(options /m/rw)" '^rw,nodiratime'
expect_no_match "$(options /m/rw)" 'nosuid|nodev|noexec'
expect_match "$(awk '$1 == "/m/rw" { print $3 }' <<<"$out")" '(^|,)sync'
expect_match "$(options /m/bind)" '^ro,nosuid,nodev,noexec'
expect_no_match "$(options /m/bind)" 'relatime|noatime'
expect_match "$(options /m/rbind)" '^rw,nosuid'
expect_match "$out" written
[[ -e $t_tmp/source/made && -e $t_tmp/source/too ]] || fail "the bind mounts are not the source"
