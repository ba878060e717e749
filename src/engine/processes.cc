#include "engine/processes.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/strings.h"
#include "kernel/procfs/procfs.h"
#include "sys/file.h"

namespace cove::engine {
namespace {

std::string pid_namespace(pid_t pid) {
  auto link = sys::read_link_at(AT_FDCWD, fmt::format("/proc/{}/ns/pid", pid).c_str());
  return link ? std::move(*link) : std::string();
}

// Whatever ends meanwhile is left out.
Result<std::vector<ProcessFacts>> all_processes(const State& state) {
  const std::string own = state.own_pid_namespace ? pid_namespace(state.pid) : "";
  std::vector<ProcessFacts> all;
  for (const std::string& name : COVE_TRY(sys::list_directory(AT_FDCWD, "/proc"))) {
    const auto pid = parse_number<pid_t>(name);
    if (!pid) continue;
    const auto stat = procfs::read_stat(*pid);
    if (!stat || stat->dead()) continue;
    all.push_back({*pid, stat->parent, !own.empty() && pid_namespace(*pid) == own});
  }
  return all;
}

}  // namespace

std::vector<pid_t> family_of(pid_t first, std::span<const ProcessFacts> all) {
  std::multimap<pid_t, pid_t> children;
  std::vector<pid_t> open;
  for (const ProcessFacts& process : all) {
    children.emplace(process.parent, process.pid);
    if (process.pid == first || process.in_namespace) open.push_back(process.pid);
  }
  std::vector<pid_t> family;
  std::set<pid_t> seen;
  while (!open.empty()) {
    const pid_t pid = open.back();
    open.pop_back();
    if (!seen.insert(pid).second) continue;
    family.push_back(pid);
    const auto [begin, end] = children.equal_range(pid);
    for (auto child = begin; child != end; ++child) open.push_back(child->second);
  }
  std::sort(family.begin(), family.end());
  return family;
}

Result<std::vector<pid_t>> processes_of(const Container& container) {
  const State& state = container.state;
  if (!state.cgroup.directories.empty()) return cgroup::list_processes(state.cgroup);
  const std::vector<ProcessFacts> all = COVE_TRY(all_processes(state));
  return family_of(state.pid, all);
}

}  // namespace cove::engine
