#include "cli/containers/info_object.h"

#include <fmt/format.h>

#include <vector>

#include "base/time_text.h"
#include "cli/format/units.h"
#include "logs/options.h"

namespace cove::cli {
namespace {

using format::Value;

std::vector<std::string> log_drivers() {
  using logs::Driver;
  std::vector<std::string> names;
  for (const Driver driver : {Driver::journald, Driver::json_file, Driver::local, Driver::none})
    names.emplace_back(logs::driver_name(driver));
  return names;
}

// What every container has unless it asks for something else, in Docker's notation.
std::vector<std::string> security_options(const engine::Machine& machine) {
  std::vector<std::string> names;
  if (machine.apparmor) names.emplace_back("name=apparmor");
  if (machine.selinux) names.emplace_back("name=selinux");
  if (machine.landlock) names.emplace_back("name=landlock");
  names.emplace_back("name=seccomp,profile=builtin");
  names.emplace_back("name=no-new-privileges");
  names.emplace_back("name=cgroupns");
  if (machine.rootless) names.emplace_back("name=rootless");
  return names;
}

Value driver_status(const engine::Machine& machine) {
  Value status = format::Array();
  status.push(Value::strings({"Backing Filesystem", machine.backing_file_system}));
  return status;
}

std::string lines_of(const Value& value) {
  std::string text;
  if (const auto* names = value.array()) {
    for (const Value& name : *names) text += fmt::format("{}{}", text.empty() ? "" : " ", *name.string());
  }
  return text;
}

// "  seccomp\n   Profile: builtin\n"
std::string security_text(const engine::Machine& machine) {
  std::string text;
  for (std::string_view option : security_options(machine)) {
    option.remove_prefix(std::string_view("name=").size());
    const size_t comma = option.find(',');
    text += fmt::format("  {}\n", option.substr(0, comma));
    if (comma != std::string_view::npos)
      text += fmt::format("   Profile: {}\n", option.substr(option.find('=') + 1));
  }
  return text;
}

}  // namespace

Value info_object(const InfoFacts& facts) {
  const engine::Machine& machine = facts.machine;
  const engine::LimitFacts& limits = machine.limits;
  return Value::record({{"Architecture", machine.architecture},
                        {"CPUSet", limits.cpuset},
                        {"CPUShares", limits.cpu},
                        {"CgroupDriver", "cgroupfs"},
                        {"CgroupLayout", machine.cgroup_layout},
                        {"CgroupVersion", machine.cgroup_version},
                        {"Containers", facts.containers.all()},
                        {"ContainersPaused", facts.containers.paused},
                        {"ContainersRunning", facts.containers.running},
                        {"ContainersStopped", facts.containers.stopped},
                        {"CpuCfsPeriod", limits.cpu},
                        {"CpuCfsQuota", limits.cpu},
                        {"DockerRootDir", facts.roots.data},
                        {"Driver", "overlay"},
                        {"DriverStatus", driver_status(machine)},
                        {"IoLimit", limits.io},
                        {"KernelVersion", machine.kernel},
                        {"LoggingDriver", logs::driver_name(logs::Driver::local)},
                        {"MemTotal", machine.memory_bytes},
                        {"MemoryLimit", limits.memory},
                        {"NCPU", machine.cpus},
                        {"Name", machine.host_name},
                        {"OSType", "linux"},
                        {"OSVersion", machine.system.version},
                        {"OperatingSystem", machine.system.name},
                        {"PidsLimit", limits.pids},
                        {"Plugins", Value::record({{"Log", Value::strings(log_drivers())},
                                                   {"Volume", Value::strings({"local"})}})},
                        {"RunRootDir", facts.roots.run},
                        {"SecurityOptions", Value::strings(security_options(machine))},
                        {"ServerVersion", COVE_VERSION},
                        {"SwapLimit", limits.swap},
                        {"SystemTime", short_time_text(facts.now).view()},
                        {"Warnings", Value::strings(machine.warnings).null_if_empty()}});
}

std::string info_text(const InfoFacts& facts) {
  const engine::Machine& machine = facts.machine;
  const engine::ContainerCounts& containers = facts.containers;
  std::string text = fmt::format("Containers: {}\n Running: {}\n Paused: {}\n Stopped: {}\n",
                                 containers.all(), containers.running, containers.paused, containers.stopped);
  text += fmt::format("Version: {}\nStorage Driver: overlay\n Backing Filesystem: {}\n", COVE_VERSION,
                      machine.backing_file_system);
  text += fmt::format("Logging Driver: {}\nCgroup Driver: cgroupfs\nCgroup Version: {}\nCgroup Layout: {}\n",
                      logs::driver_name(logs::Driver::local), machine.cgroup_version, machine.cgroup_layout);
  text += fmt::format("Plugins:\n Volume: local\n Log: {}\n", lines_of(Value::strings(log_drivers())));
  text += "Security Options:\n" + security_text(machine);
  text += fmt::format("Kernel Version: {}\nOperating System: {}\nOSType: linux\nArchitecture: {}\nCPUs: {}\n",
                      machine.kernel, machine.system.name, machine.architecture, machine.cpus);
  text += fmt::format("Total Memory: {}\nName: {}\n",
                      format::bytes_size(static_cast<double>(machine.memory_bytes)), machine.host_name);
  return text + fmt::format("Data Root Dir: {}\nRun Root Dir: {}\n", facts.roots.data, facts.roots.run);
}

}  // namespace cove::cli
