// What create, run and restore begin with: from a bundle to a plan, with the intent on record. Internal to
// runtime/.
#pragma once

#include <optional>
#include <string>

#include "launch/plan.h"
#include "runtime/intel_rdt.h"
#include "runtime/operations.h"
#include "runtime/systemd_scope.h"

namespace cove::runtime {

struct Bundle {
  std::string path;  // absolute
  std::string text;  // of config.json
  spec::Spec spec;
};
// Read and validated. Error invalid_argument names the file and the property.
Result<Bundle> read_bundle(const std::string& path, const Warn& warn);

class Preparation {
 public:
  // All three must outlive it.
  Preparation(const Settings& settings, const CreateOptions& options, const Warn& warn)
      : settings_(settings), options_(options), warn_(warn) {}

  // Everything that can be known beforehand, and what others make for us (the systemd scope); the record is
  // written. `wait`: the container will stop short of its exec.
  Status prepare(Bundle read, const ContainerDirectory& directory, bool wait);
  // The container's class of cache, if it is to have one: made, and joined by its first process.
  Status create_rdt_class();
  Status join_rdt_class(pid_t pid);
  // Process 1 is in its cgroup.
  void end_placeholder() noexcept;
  // Removes the directory, and what prepare() has made besides. Of cgroups only empty directories on the way
  // are removed.
  void undo(const ContainerDirectory& directory) noexcept;

  Bundle bundle;
  launch::LaunchPlan plan;
  Record record;

 private:
  Result<std::string> start_scope(const ContainerDirectory& directory);
  Status plan_all(const ContainerDirectory& directory, const std::string& scope_cgroup, bool wait);
  [[nodiscard]] Status refuse_foreign_processes() const;

  const Settings& settings_;
  const CreateOptions& options_;
  const Warn& warn_;
  std::optional<SystemdScope> scope_;
  std::optional<RdtClass> rdt_;
};

}  // namespace cove::runtime
