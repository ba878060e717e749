// The kernel, and what stands around us.
#include <fmt/format.h>

#include <array>
#include <string>
#include <utility>

#include "base/strings.h"
#include "kernel/probe/context.h"
#include "kernel/probe/parse.h"
#include "sys/file.h"
#include "sys/kernel_version.h"
#include "sys/pseudo_file.h"

namespace cove::probe {
namespace {

constexpr sys::KernelVersion kNeeded{5, 12};

struct LateFeature {
  sys::KernelVersion since;
  std::string_view lost;  // without it
};
constexpr std::array kLateFeatures{
    LateFeature{{5, 13}, "no Landlock"},
    LateFeature{{5, 14}, "no cgroup.kill: processes are killed one by one"},
    LateFeature{{5, 19}, "no memory.peak: the report lacks the peak of memory on cgroup v2"},
};

// Which namespaces are not the system's first ones, as "pid, uts"; empty: all are.
std::string foreign_namespaces() {
  std::string names;
  for (const char* name : {"user", "pid", "uts", "ipc", "cgroup"}) {
    if (!sys::in_initial_namespace(name)) names += fmt::format("{}{}", names.empty() ? "" : ", ", name);
  }
  return names;
}

// How a container manager gives itself away; empty: not at all.
std::string container_sign() {
  if (sys::exists("/run/.containerenv")) return "/run/.containerenv exists (podman)";
  if (sys::exists("/.dockerenv")) return "/.dockerenv exists (docker)";
  const Result<std::string> manager = sys::read_file("/run/systemd/container");
  if (manager.ok()) return fmt::format("/run/systemd/container says {}", quote(trim(manager.value())));
  for (const char* path : {"/proc/1/environ", "/proc/self/environ"}) {
    const Result<std::string> environ = sys::read_file(path);
    const auto variable = environ.ok() ? find_variable(environ.value(), "container") : std::nullopt;
    if (variable && !variable->empty()) return fmt::format("{} has container={}", path, quote(*variable));
  }
  return {};
}

std::string first_line_of(const char* path) {
  const Result<std::string> text = sys::read_file(path);
  if (!text.ok()) return {};
  std::string_view rest = text.value();
  const auto line = next_line(rest);
  if (!line) return {};
  return std::string(trim(line->substr(0, line->find('\0'))));
}

}  // namespace

Outcome probe_kernel(const Context&) {
  const Result<sys::KernelVersion> running = sys::running_kernel();
  if (!running.ok()) return {Verdict::unknown, running.error().message(), {}};
  std::string detail = fmt::format("Linux {}.{}", running->version, running->patchlevel);
  if (running.value() < kNeeded) {
    return {Verdict::missing,
            detail + " has no mount_setattr, with which cove makes mounts read-only at once",
            "use Linux 5.12 or newer"};
  }
  Verdict verdict = Verdict::ok;
  for (const LateFeature& feature : kLateFeatures) {
    if (running.value() >= feature.since) continue;
    verdict = Verdict::limited;
    detail += fmt::format("; {}", feature.lost);
  }
  return {verdict, std::move(detail), verdict == Verdict::ok ? "" : "use Linux 5.19 or newer"};
}

Outcome probe_container(const Context&) {
  const std::string namespaces = foreign_namespaces();
  // A machine's own image may have been made as a container's, and still carry that one's marks.
  if (namespaces.empty()) return works("this process is in the system's first namespaces");
  const std::string sign = container_sign();
  if (sign.empty()) return works("no sign of a container; not the system's first namespaces: " + namespaces);
  return {Verdict::limited,
          sign +
              ": a sandbox in here is never better isolated than this container is from its host; devices "
              "cannot be made, limits hold below the container's own, and its seccomp filter and masks apply "
              "as well",
          "run cove on the host for full isolation; or look below for what this container refuses"};
}

Outcome probe_lsm(const Context&) {
  const std::string list = first_line_of("/sys/kernel/security/lsm");
  const std::string label = first_line_of("/proc/self/attr/current");
  if (list.empty() && label.empty()) {
    return {Verdict::unknown, "securityfs is not mounted, and no module labels this process",
            "as root: mount -t securityfs securityfs /sys/kernel/security"};
  }
  std::string detail = list.empty() ? "the list of modules is not readable" : "active: " + list;
  if (!label.empty()) detail += fmt::format("; this process is {}", quote(label));
  return works(std::move(detail));
}

}  // namespace cove::probe
