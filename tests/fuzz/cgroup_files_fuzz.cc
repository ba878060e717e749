// The small files: /proc/<pid>/cgroup, status, swaps, meminfo, and those in a cgroup directory. Every
// parser gets every text.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "kernel/cgroup/cgroup_files.h"
#include "kernel/cgroup/container_plan.h"
#include "kernel/cgroup/device_update.h"
#include "kernel/cgroup/devices.h"
#include "kernel/cgroup/layout.h"
#include "kernel/cgroup/limits.h"
#include "kernel/cgroup/record.h"
#include "kernel/cgroup/stats_files.h"
#include "kernel/procfs/procfs.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

void parse_proc_files(std::string_view text) {
  if (const auto entries = cove::procfs::parse_cgroup(text)) {
    for (const auto& entry : *entries) {
      require(entry.path.starts_with('/'));
      require((entry.hierarchy == 0) == entry.controllers.empty());
    }
  }
  static_cast<void>(cove::procfs::parse_status(text).ok());
  static_cast<void>(cove::procfs::parse_swaps(text).ok());
  static_cast<void>(cove::procfs::parse_memory_total(text).ok());
  const auto layout = cove::cgroup::parse_layout(
      "1 0 0:1 /a /cg rw - cgroup2 none rw\n2 0 0:2 / /m rw - cgroup none rw,memory\n", text);
  if (!layout) return;
  for (const auto& hierarchy : layout->hierarchies) {
    require(hierarchy.own_directory.starts_with(hierarchy.mount_point));
    require(hierarchy.own_directory.find("/cg/..") != 0 && hierarchy.own_directory.find("/m/../") != 0);
  }
}

void parse_cgroup_files(std::string_view text) {
  static_cast<void>(cove::cgroup::parse_counter(text));
  static_cast<void>(cove::cgroup::find_counter(text, "oom_kill"));
  static_cast<void>(cove::cgroup::parse_io_stat(text));
  static_cast<void>(cove::cgroup::parse_blkio_bytes(text));
  for (const auto& word : cove::cgroup::parse_words(text)) require(!word.empty());
  for (const pid_t pid : cove::cgroup::parse_process_ids(text)) require(pid > 0);
}

void parse_stats_files(std::string_view text) {
  static_cast<void>(cove::cgroup::parse_freezer_state(text));
  static_cast<void>(cove::cgroup::parse_pressure(text));
  static_cast<void>(cove::cgroup::parse_flat_map(text));
  static_cast<void>(cove::cgroup::parse_number_row(text));
  if (const auto list = cove::cgroup::parse_number_list(text)) require(list->size() <= (size_t{1} << 20));
  if (const auto usage = cove::cgroup::parse_usage_all(text)) {
    require(usage->user_ns.size() == usage->system_ns.size());
  }
  static_cast<void>(cove::cgroup::parse_blkio_entries(text));
  if (const auto entries = cove::cgroup::parse_io_entries(text)) {
    for (const auto& entry : entries->service_bytes) require(entry.op == "Read" || entry.op == "Write");
  }
  // What devices.list says is taken away again, whatever it is.
  for (const auto& write : cove::cgroup::device_changes(text, {})) {
    require(write.file == "devices.deny" || write.file == "devices.allow");
  }
}

// Paths that a configuration or a command line gives never lead out.
void parse_places(std::string_view text) {
  if (const auto sub = cove::cgroup::parse_sub_cgroup(text)) {
    require(sub->path.empty() || sub->path.front() == '/');
    require((sub->path + "/").find("/../") == std::string::npos);
  }
  cove::cgroup::Layout layout;
  layout.hierarchies = {{1, {"memory"}, "/cg/memory", "/", "/own", "/cg/memory/own", false},
                        {2, {}, "/cg/unified", "/", "/a/b", "/cg/unified/a/b", false}};
  const cove::cgroup::ContainerPlace place{.id = "x", .cgroups_path = std::string(text)};
  const auto directories = cove::cgroup::container_directories(layout, place);
  if (!directories) return;
  for (size_t i = 0; i < directories->size(); ++i) {
    const std::string& directory = (*directories)[i];
    require(directory.starts_with(layout.hierarchies[i].mount_point + "/"));
    require((directory + "/").find("/../") == std::string::npos && directory.find("//") == std::string::npos);
    require(!directory.ends_with('/'));
  }
}

void parse_options(std::string_view text) {
  if (const auto quota = cove::cgroup::parse_cpus(text)) {
    cove::cgroup::Limits limits;
    limits.cpu_quota = *quota;
    require(cove::cgroup::validate(limits).ok());
  }
  static_cast<void>(cove::cgroup::validate_cpu_list("cpus", text).ok());
  const auto rule = cove::cgroup::parse_device_rule(true, text);
  if (!rule) return;
  const auto again = cove::cgroup::parse_device_rule(true, cove::cgroup::print_device_rule(*rule));
  require(again.ok() && *again == *rule);
  require(cove::cgroup::reduce_device_rules(std::span(&*rule, 1)).ok());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  parse_proc_files(text);
  parse_cgroup_files(text);
  parse_stats_files(text);
  parse_places(text);
  parse_options(text);
  return 0;
}
