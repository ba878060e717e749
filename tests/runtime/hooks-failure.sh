#!/bin/bash
# A failing hook before start makes the command fail and leaves nothing; one after it is a warning.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

failing() {  # STAGE
  bundle a ".hooks = {$1: [{path: \"/bin/false\"}]}" touch /ran
}
for stage in prestart createRuntime createContainer; do
  failing $stage
  refuses create --bundle "$bundle" "${id}a"
  gone a || fail "a container is left after a failing $stage"
  refuses run --bundle "$bundle" "${id}a"
  gone a || fail "a container is left by run after a failing $stage"
done
failing startContainer
run rt run --bundle "$bundle" "${id}a"
[[ $status != 0 ]] || fail "startContainer: run succeeded"
rt delete --force "${id}a"
[[ ! -e $bundle/rootfs/ran ]] || fail "the command ran after a failing hook"
# Its own programs are under the container's filter too. (crun 1.8 loads it for the command alone.)
if ! is crun; then
  bundle a '.hooks.startContainer = [{path: "/bin/mkdir", args: ["mkdir", "/made"]}] | .linux.seccomp = {
    defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["mkdir", "mkdirat"], action: "SCMP_ACT_KILL"}]}' touch /ran
  run rt run --bundle "$bundle" "${id}a"
  [[ $status != 0 ]] || fail "a startContainer hook did what the filter forbids"
  rt delete --force "${id}a"
  [[ ! -e $bundle/rootfs/made && ! -e $bundle/rootfs/ran ]] || fail "the filter did not hold the hook"
fi
failing poststop
expect_status 0 rt run --bundle "$bundle" "${id}a"
[[ -e $bundle/rootfs/ran ]] || fail "the command did not run"
gone a || fail "left after poststop"
