# Prints a config.json with the isolation that `cove run` gives by default: Docker's namespaces, mounts, devices, masked
# and read-only paths and 14 capabilities. The mould for black-box tests and benchmarks against other OCI runtimes.
# Strings given with --arg: rootfs, hostname, cwd, uid, gid, memory and pids ("" for none), cgroup ("" leaves it to the
# runtime); JSON given with --argjson: args, env, add and drop (capability names without CAP_), readonly (the root),
# seccomp (null or an object).
def bytes: if . == "" then null else
  (capture("^(?<n>[0-9]+)(?<unit>[bkmg]?)$"; "i") // error("bad size"))
  | (.n | tonumber) * {"": 1, b: 1, k: 1024, m: 1048576, g: 1073741824}[.unit | ascii_downcase] end;
def mount($destination; $type; $options): {destination: $destination, type: $type, source: $type, options: $options};

["CHOWN", "DAC_OVERRIDE", "FSETID", "FOWNER", "MKNOD", "NET_RAW", "SETGID", "SETUID", "SETFCAP", "SETPCAP",
 "NET_BIND_SERVICE", "SYS_CHROOT", "KILL", "AUDIT_WRITE"] as $docker
| ["nosuid", "nodev", "noexec"] as $nothing
| (if ($drop | index("ALL")) then [] else $docker - $drop end + $add | unique | map("CAP_" + .)) as $caps
| {
    ociVersion: "1.0.0",
    hostname: $hostname,
    root: {path: $rootfs, readonly: $readonly},
    process: {
      terminal: false, cwd: $cwd, args: $args, env: $env, noNewPrivileges: true,
      user: {uid: ($uid | tonumber), gid: ($gid | tonumber)},
      capabilities: {bounding: $caps, permitted: $caps, inheritable: [], ambient: [],
                     effective: (if $uid == "0" then $caps else [] end)}
    },
    mounts: [
      mount("/proc"; "proc"; $nothing),
      mount("/dev"; "tmpfs"; ["nosuid", "noexec", "mode=755", "size=65536k"]),
      mount("/dev/pts"; "devpts"; ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"]),
      mount("/dev/shm"; "tmpfs"; $nothing + ["mode=1777", "size=65536k"]),
      mount("/dev/mqueue"; "mqueue"; $nothing),
      mount("/sys"; "sysfs"; $nothing + ["ro"]),
      mount("/sys/fs/cgroup"; "cgroup"; $nothing + ["ro"]),
      mount("/run"; "tmpfs"; ["nosuid", "nodev", "mode=755"]),
      mount("/tmp"; "tmpfs"; ["nosuid", "nodev", "mode=1777"])
    ],
    linux: {
      cgroupsPath: (if $cgroup == "" then null else $cgroup end),
      namespaces: (["pid", "network", "ipc", "uts", "mount", "cgroup"] | map({type: .})),
      resources: {
        devices: ([{allow: false, access: "rwm"}]
                  + ([[1, 3], [1, 5], [1, 7], [1, 8], [1, 9], [5, 0], [5, 2]]
                     | map({allow: true, type: "c", major: .[0], minor: .[1], access: "rwm"}))
                  + [{allow: true, type: "c", major: 136, access: "rwm"}]),
        pids: (if $pids == "" then null else {limit: ($pids | tonumber)} end),
        memory: ($memory | bytes | if . == null then null else {limit: .} end)
      } | with_entries(select(.value != null)),
      seccomp: $seccomp,
      maskedPaths: ["/proc/asound", "/proc/acpi", "/proc/interrupts", "/proc/kcore", "/proc/keys",
                    "/proc/latency_stats", "/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug",
                    "/proc/scsi", "/sys/firmware", "/sys/devices/virtual/powercap"],
      readonlyPaths: ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]
    } | with_entries(select(.value != null))
  }
