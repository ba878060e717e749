// The parts of check(). Not for others.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/check.h"
#include "engine/store.h"

namespace cove::engine {

// Kills the monitor of this id with process 1, its child, whatever the records say.
Status end_monitored(const Roots& roots, const std::string& id);

class Checker {
 public:
  Checker(const Roots& roots, bool mend) : roots_(roots), mend_(mend) {}

  void check_containers();  // the first: the others know by it which are alive
  void check_names();
  void check_run_directories();
  void check_volumes();
  void check_cgroups();
  void check_monitors();
  void check_mounts();
  void check_held_namespaces();
  void check_id_ranges();
  void check_networks();
  [[nodiscard]] std::vector<Finding>&& findings() && noexcept { return std::move(findings_); }

 private:
  void found(std::string_view kind, std::string subject, std::string text,
             const std::function<Status()>& mending = {});
  void check_container(const std::string& id);
  void check_unreadable(const std::string& id, const Directory& directory);
  void check_state(Container& container);
  void check_files(const Container& container);
  void check_own_name(const Container& container);
  void check_monitor(pid_t pid);

  const Roots& roots_;
  bool mend_;
  std::vector<Finding> findings_;
  std::set<std::string> busy_;  // ids that somebody is at work on
  std::set<std::string> up_;    // ids of what runs
};

}  // namespace cove::engine
