// What a sandbox has when nobody asks for anything else. Docker's defaults are the reference.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "kernel/cgroup/limits.h"
#include "kernel/cgroup/plan.h"
#include "sandbox/options.h"

namespace cove::sandbox {

// Stops a fork bomb; ordinary programs stay far below.
inline constexpr uint64_t kDefaultPidsLimit = 1024;
inline constexpr std::string_view kDefaultHostname = "cove";
inline constexpr std::string_view kDefaultPath =
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

// Top-level directories of this machine that the embedded default root shows.
inline constexpr std::array<std::string_view, 8> kSystemDirectories{"/usr",   "/bin",   "/sbin",   "/lib",
                                                                    "/lib32", "/lib64", "/libx32", "/nix"};

// Parts of /etc that programs need and that hold no secrets; the rest stays out. Directories are shown
// read-only, files are copied.
inline constexpr std::array<std::string_view, 3> kEtcSubdirectories{"/etc/ssl/certs", "/etc/pki/ca-trust",
                                                                    "/etc/pki/tls/certs"};
bool shows_etc_directory(std::string_view name) noexcept;
bool shows_etc_file(std::string_view name) noexcept;

// moby's lists (oci/defaults.go): what would tell of, or act on, the whole machine.
inline constexpr std::array<std::string_view, 12> kMaskedPaths{"/proc/acpi",
                                                               "/proc/asound",
                                                               "/proc/interrupts",
                                                               "/proc/kcore",
                                                               "/proc/keys",
                                                               "/proc/latency_stats",
                                                               "/proc/sched_debug",
                                                               "/proc/scsi",
                                                               "/proc/timer_list",
                                                               "/proc/timer_stats",
                                                               "/sys/devices/virtual/powercap",
                                                               "/sys/firmware"};
inline constexpr std::array<std::string_view, 5> kReadOnlyPaths{"/proc/bus", "/proc/fs", "/proc/irq",
                                                                "/proc/sys", "/proc/sysrq-trigger"};

// Whether this cgroup counts CPU time, which --cpu-time needs.
bool counts_cpu_time(const cgroup::CgroupPlan& plan) noexcept;

// The options' limits with the defaults filled in.
cgroup::Limits effective_limits(const Options& options);

}  // namespace cove::sandbox
