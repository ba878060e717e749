# Resolves the distribution's seccomp profile (containers-common's seccomp.json) for one set of capabilities into the
# form of config.json, with the differences that Docker's own default has: what may make or enter namespaces or mounts
# asks for CAP_SYS_ADMIN, keyrings are refused, clone3 does not exist, clone takes no namespace flag, no vsock.
#   jq --argjson caps '["CAP_CHOWN", …]' -f docker-seccomp.jq seccomp.json
def has_all($want): all(($want // [])[]; . as $cap | $caps | index($cap));
def has_any($want): any(($want // [])[]; . as $cap | $caps | index($cap));
def for_this_arch: (.includes.arches // ["amd64"]) | index("amd64");
def applies: for_this_arch and has_all(.includes.caps) and (has_any(.excludes.caps) | not);
def rule($names; $args): {names: $names, action: "SCMP_ACT_ALLOW", args: $args};

["fsconfig", "fsmount", "fsopen", "fspick", "mount", "mount_setattr", "move_mount", "open_tree", "setns", "umount",
 "umount2", "unshare"] as $admin
| ["add_key", "clone", "clone3", "keyctl", "pivot_root", "request_key", "reboot", "socket", "swapoff", "swapon",
   "syslog"] as $dropped
| ($caps | index("CAP_SYS_ADMIN")) as $is_admin
| {
    defaultAction: "SCMP_ACT_ERRNO",
    defaultErrnoRet: 1,
    architectures: ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"],
    syscalls: (
      [.syscalls[] | select(.action == "SCMP_ACT_ALLOW" and applies)
       | .names -= ($dropped + if $is_admin then [] else $admin end) | select(.names != [])
       | {names, action} + if (.args // []) == [] then {} else {args} end]
      + [rule(["socket"]; [{index: 0, value: 40, op: "SCMP_CMP_NE"}])]
      + if $is_admin then [{names: ["clone", "clone3"], action: "SCMP_ACT_ALLOW"}] else [
          rule(["clone"]; [{index: 0, value: 2114060288, valueTwo: 0, op: "SCMP_CMP_MASKED_EQ"}]),
          {names: ["clone3"], action: "SCMP_ACT_ERRNO", errnoRet: 38}] end)
  }
