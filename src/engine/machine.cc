#include "engine/machine.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/strings.h"
#include "engine/life.h"
#include "engine/store.h"
#include "kernel/cgroup/layout.h"
#include "kernel/landlock/landlock.h"
#include "kernel/lsm/lsm.h"
#include "kernel/probe/probe.h"
#include "kernel/procfs/procfs.h"
#include "launch/caller.h"
#include "sys/file.h"
#include "sys/identity.h"
#include "sys/kernel_version.h"
#include "sys/process.h"
#include "sys/statfs.h"

namespace cove::engine {
namespace {

// Quotes of either kind around the whole, a backslash in front of what a shell would act on.
std::string unquote(std::string_view text) {
  const bool quoted =
      text.size() > 1 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front();
  const bool escapes = !quoted || text.front() == '"';
  if (quoted) text = text.substr(1, text.size() - 2);
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    if (escapes && text[i] == '\\' && i + 1 < text.size()) ++i;
    plain += text[i];
  }
  return plain;
}

SystemRelease read_os_release() {
  constexpr std::array kPlaces{"/etc/os-release", "/usr/lib/os-release"};
  for (const char* path : kPlaces) {
    const Result<std::string> text = sys::read_regular_file(path);
    if (text) return parse_os_release(*text);
  }
  return {};
}

// The nearest directory that exists: the data root is made when it is needed.
std::string existing_part(std::string path) {
  while (path.size() > 1 && !sys::exists(path.c_str())) path.resize(std::max<size_t>(path.rfind('/'), 1));
  return path;
}

LimitFacts limits_here() {
  LimitFacts facts;
  const std::array<std::pair<std::string_view, bool*>, 5> kinds{{{"cpu", &facts.cpu},
                                                                 {"cpuset", &facts.cpuset},
                                                                 {"memory", &facts.memory},
                                                                 {"pids", &facts.pids},
                                                                 {"io", &facts.io}}};
  for (const probe::LimitSupport& limit : probe::limit_support()) {
    for (const auto& [kind, fact] : kinds) {
      if (kind == limit.kind) *fact = limit.usable.ok();
    }
  }
  facts.swap = facts.memory && probe::swap_is_counted();
  return facts;
}

std::vector<std::string> missing_limits(const LimitFacts& limits) {
  const std::array<std::pair<std::string_view, bool>, 6> kinds{{{"memory", limits.memory},
                                                                {"swap", limits.swap},
                                                                {"cpu", limits.cpu},
                                                                {"cpuset", limits.cpuset},
                                                                {"pids", limits.pids},
                                                                {"io", limits.io}}};
  std::vector<std::string> warnings;
  for (const auto& [kind, there] : kinds) {
    if (!there) warnings.push_back(fmt::format("No {} limit support", kind));
  }
  return warnings;
}

// Limits are where the v1 controllers are, if there are any.
void look_at_cgroups(Machine& machine) {
  const Result<cgroup::Layout> layout = cgroup::read_layout();
  const cgroup::Kind kind = layout ? layout->kind : cgroup::Kind::none;
  machine.cgroup_layout = cgroup::kind_name(kind);
  machine.cgroup_version = kind == cgroup::Kind::none ? "none" : kind == cgroup::Kind::v2 ? "2" : "1";
  machine.limits = limits_here();
  for (std::string& warning : missing_limits(machine.limits)) machine.warnings.push_back(std::move(warning));
}

void look_at_caller(Machine& machine) {
  machine.rootless = sys::effective_uid() != 0;
  if (!machine.rootless) return;
  const Result<idmap::Caller> caller = launch::read_caller();
  if (!caller || caller->sub_uids.own.empty() || caller->sub_gids.own.empty() || !caller->has_newuidmap ||
      !caller->has_newgidmap)
    machine.warnings.emplace_back(
        "No subordinate ids: containers have one user only (`cove doctor` says the way out)");
}

}  // namespace

Result<ContainerCounts> count_containers(const Roots& roots) {
  ContainerCounts counts;
  COVE_TRY(each_record(
      roots,
      [&](const Record& record, const State& state) {
        switch (condition_of(roots, record, state)) {
          case Condition::running:
          case Condition::restarting:
            ++counts.running;
            break;
          case Condition::paused:
            ++counts.paused;
            break;
          default:
            ++counts.stopped;
        }
      },
      nullptr));
  return counts;
}

SystemRelease parse_os_release(std::string_view text) {
  SystemRelease release;
  bool pretty = false;
  while (const auto line = next_line(text)) {
    const Halves halves = split_once(trim(*line), '=');
    if (!halves.second || halves.second->empty()) continue;
    std::string value = unquote(*halves.second);
    if (halves.first == "PRETTY_NAME" || (halves.first == "NAME" && !pretty)) {
      pretty = halves.first == "PRETTY_NAME";
      release.name = std::move(value);
    } else if (halves.first == "VERSION_ID") {
      release.version = std::move(value);
    }
  }
  return release;
}

Result<Machine> look_at_machine(const Roots& roots) {
  Machine machine;
  sys::MachineNames names = COVE_TRY(sys::machine_names());
  machine.host_name = std::move(names.host_name);
  machine.kernel = std::move(names.release);
  machine.architecture = std::move(names.architecture);
  machine.system = read_os_release();
  machine.cpus = sys::online_cpu_count();
  machine.memory_bytes = COVE_TRY(procfs::read_memory_total());
  const Result<std::string_view> backing = sys::file_system_name(existing_part(roots.data).c_str());
  machine.backing_file_system = backing ? *backing : "unknown";
  machine.apparmor = lsm::enabled(lsm::Module::apparmor);
  machine.selinux = lsm::enabled(lsm::Module::selinux);
  machine.landlock = landlock::supported_abi() > 0;
  look_at_cgroups(machine);
  look_at_caller(machine);
  return machine;
}

}  // namespace cove::engine
