#!/bin/bash
# The six hooks run in the specification's order, where and when it says: host or container namespaces, before or
# after start.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

export note='echo $1 $(readlink /proc/self/ns/mnt) $(readlink /proc/self/ns/pid) $(pwd) $HOOK_ENV >>$2'
bundle a '
  def hook($stage; $log): [{path: "/bin/sh", env: ["HOOK_ENV=set", "PATH=/bin:/usr/bin"], args: ["sh", "-c", $ENV.note, "x", $stage, $log]}];
  .hooks = {prestart: hook("prestart"; $tmp + "/log"), createRuntime: hook("createRuntime"; $tmp + "/log"),
    createContainer: hook("createContainer"; $tmp + "/log"), startContainer: hook("startContainer"; "/inner"),
    poststart: hook("poststart"; $tmp + "/log"), poststop: hook("poststop"; $tmp + "/log")}' \
  sh -c 'cat /inner; readlink /proc/self/ns/mnt; exec sleep 1000'
host="$(readlink /proc/self/ns/mnt) $(readlink /proc/self/ns/pid)"
stages() { cut -d' ' -f1 "$t_tmp/log" | paste -sd ' '; }
line() { grep "^$1 " "$t_tmp/log"; }
create a
# runc 1.1 runs poststart too early, at the end of create.
is runc || expect_eq "$(stages)" 'prestart createRuntime createContainer' "hooks of create"
for stage in prestart createRuntime; do expect_eq "$(line $stage | cut -d' ' -f2,3)" "$host" "namespaces of $stage"; done
inside=$(readlink "/proc/$(init_pid a)/ns/mnt")
expect_eq "$(line createContainer | cut -d' ' -f2)" "$inside" "mount namespace of createContainer"
expect_match "$(line createRuntime)" ' set$'
rt start "${id}a"
until_true grep -q '^poststart ' "$t_tmp/log"
expect_eq "$(stages)" 'prestart createRuntime createContainer poststart' "hooks after start"
until_true grep -q '^startContainer .*mnt' "$t_tmp/a.out"
expect_eq "$(cut -d' ' -f2 "$t_tmp/a.out" | head -n 1)" "$inside" "mount namespace of startContainer"
remove a
expect_eq "$(stages)" 'prestart createRuntime createContainer poststart poststop' "hooks after delete"
expect_eq "$(line poststop | cut -d' ' -f2,3)" "$host" "namespaces of poststop"
