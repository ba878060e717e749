#include "kernel/cgroup/cgroup.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <utility>

#include "kernel/cgroup/device_program.h"
#include "kernel/cgroup/existing.h"
#include "kernel/cgroup/limit_writer.h"
#include "kernel/cgroup/record.h"
#include "kernel/cgroup/states.h"
#include "sys/bpf.h"
#include "sys/pseudo_file.h"

namespace cove::cgroup {
namespace {

constexpr mode_t kDirectoryMode = 0755;

Error mkdir_error(const std::string& path, int error_number) {
  Error error = Error::from_errno(fmt::format("create cgroup {}", path), error_number);
  if (error_number == EEXIST) error.set_code(ErrorCode::stale_resource);
  if (error_number == EACCES || error_number == EPERM || error_number == EROFS) {
    error.set_code(ErrorCode::cgroup_not_delegated);
  }
  return error;
}

Status attach_devices(std::span<const struct bpf_insn> program, int directory_fd) {
  const auto attach = [&]() -> Status {
    const UniqueFd loaded = COVE_TRY(sys::load_device_program(program));
    return sys::attach_device_program(directory_fd, loaded.get());
  };
  Status status = attach();
  if (!status) status.error().set_code(ErrorCode::limit_unenforceable).add_context("device");
  return status;
}

}  // namespace

Result<Cgroup> Cgroup::create(CgroupPlan plan) {
  Cgroup made;
  const auto build = [&]() -> Status {
    for (const Enable& enable : plan.enable) {
      const std::string file = enable.path + "/cgroup.subtree_control";
      if (const int failed = sys::write_pseudo(AT_FDCWD, file.c_str(), enable.value); failed != 0) {
        Error error = Error::from_errno(fmt::format("write {} to {}", enable.value, file), failed);
        error.set_code(ErrorCode::cgroup_not_delegated);
        return error;
      }
    }
    COVE_TRY(made.make_parents(plan));
    COVE_TRY(made.make_directories(plan));
    COVE_TRY(made.write_limits(plan));
    if (plan.bpf_devices) COVE_TRY(attach_devices(assemble_device_program(*plan.bpf_devices), made.v2_fd()));
    if (!plan.bpf_device_rules.empty()) {
      COVE_TRY(attach_devices(assemble_device_program(plan.bpf_device_rules), made.v2_fd()));
    }
    return {};
  };
  Status status = build();
  if (!status) {
    // The first failure is what matters; nothing runs in there yet.
    static_cast<void>(remove_directories(made.made_));
    remove_parents(made.parents_);
    return std::move(status).error();
  }
  std::move(plan.waived.begin(), plan.waived.end(), std::back_inserter(made.waived_));
  return made;
}

Status Cgroup::make_parents(const CgroupPlan& plan) {
  for (const Parent& parent : plan.parents) {
    // One that existed may have been removed meanwhile, by whoever made it.
    const int failed = sys::try_make_directory_at(AT_FDCWD, parent.path.c_str(), kDirectoryMode);
    if (failed != 0 && failed != EEXIST) return mkdir_error(parent.path, failed);
    if (failed == 0) mark_as_ours(parent.path);
    // One that was not there when the plan was made is another container's that starts just now.
    const bool ours = failed == 0 || parent.ours || !parent.exists;
    if (ours && std::find(parents_.begin(), parents_.end(), parent.path) == parents_.end()) {
      parents_.push_back(parent.path);
    }
    for (const Parent::File& file : parent.files) {
      const std::string path = parent.path + "/" + file.name;
      const int refused = sys::write_pseudo(AT_FDCWD, path.c_str(), file.value);
      if (refused == 0 || !file.required) continue;
      Error error = Error::from_errno(fmt::format("write {} to {}", file.value, path), refused);
      error.set_code(ErrorCode::cgroup_not_delegated);
      return error;
    }
  }
  return {};
}

Status Cgroup::make_directory(const CgroupPlan& plan, const Directory& directory) {
  const char* path = directory.path.c_str();
  constexpr int kTries = 3;
  int failed = sys::try_make_directory_at(AT_FDCWD, path, kDirectoryMode);
  // The end of another container may have taken the empty parent away since it was made sure of.
  for (int tries = 1; failed == ENOENT && !plan.parents.empty() && tries < kTries; ++tries) {
    COVE_TRY(make_parents(plan));
    failed = sys::try_make_directory_at(AT_FDCWD, path, kDirectoryMode);
  }
  if (failed == EEXIST && directory.if_exists != IfExists::fail) {
    return directory.if_exists == IfExists::adopt ? Status() : check_unused(directory);
  }
  if (failed != 0) return mkdir_error(directory.path, failed);
  made_.push_back(directory.path);
  return {};
}

Status Cgroup::open_directory(const Directory& directory) {
  const int fd = sys::try_open_at(AT_FDCWD, directory.path.c_str(), O_PATH | O_DIRECTORY);
  if (fd < 0) return Error::from_errno(fmt::format("open cgroup {}", directory.path), -fd);
  paths_.push_back(directory.path);
  Open& open = open_.emplace_back();
  open.version = directory.version;
  open.controllers = directory.controllers;
  open.directory.reset(fd);
  if (open.version != 1) return {};
  const int tasks = sys::try_open_at(fd, "tasks", O_WRONLY);
  if (tasks < 0) return Error::from_errno(fmt::format("open {}/tasks", directory.path), -tasks);
  open.tasks.reset(tasks);
  return {};
}

Status Cgroup::make_directories(const CgroupPlan& plan) {
  for (const Directory& directory : plan.directories) {
    COVE_TRY(make_directory(plan, directory));
    COVE_TRY(open_directory(directory));
  }
  return {};
}

Status Cgroup::write_limits(const CgroupPlan& plan) {
  std::vector<int> fds;
  for (const Open& open : open_) fds.push_back(open.directory.get());
  return write_all_limits(plan.writes, fds, paths_, waived_, nullptr);
}

const Cgroup::Open* Cgroup::find(int version, std::string_view controller) const noexcept {
  for (const Open& open : open_) {
    if (open.version != version) continue;
    const auto& names = open.controllers;
    if (controller.empty() || std::find(names.begin(), names.end(), controller) != names.end()) return &open;
  }
  return nullptr;
}

int Cgroup::v2_fd() const noexcept {
  const Open* v2 = find(2, "");
  return v2 != nullptr ? v2->directory.get() : -1;
}

bool Cgroup::has_v1() const noexcept {
  return find(1, "") != nullptr;
}

Status Cgroup::join(pid_t pid, bool v2_too) const {
  const std::string text = fmt::format("{}", pid);
  for (size_t i = 0; i < open_.size(); ++i) {
    if (open_[i].version == 2 && !v2_too) continue;
    if (const int failed = sys::write_pseudo(open_[i].directory.get(), "cgroup.procs", text); failed != 0) {
      return Error::from_errno(fmt::format("move process {} into cgroup {}", pid, paths_[i]), failed);
    }
  }
  return {};
}

int Cgroup::join_self(bool v2_too, size_t* failed) const noexcept {
  for (size_t i = 0; i < open_.size(); ++i) {
    if (open_[i].version == 2 && !v2_too) continue;
    const int error_number = open_[i].version == 1
                                 ? sys::write_pseudo_fd(open_[i].tasks.get(), "0")
                                 : sys::write_pseudo(open_[i].directory.get(), "cgroup.procs", "0");
    if (error_number == 0) continue;
    if (failed != nullptr) *failed = i;
    return error_number;
  }
  return 0;
}

Record Cgroup::record() const {
  Record record;
  for (size_t i = 0; i < open_.size(); ++i) {
    record.directories.push_back({open_[i].version, paths_[i], open_[i].controllers});
  }
  record.parents = parents_;
  return record;
}

Status Cgroup::kill_all(unsigned timeout_ms) const {
  return kill_processes(paths_, timeout_ms);
}

Status Cgroup::remove(unsigned timeout_ms) {
  peak_.reset();
  open_.clear();
  Status status = remove_directories(paths_, timeout_ms);
  if (!status) return status;
  paths_.clear();
  remove_parents(parents_);
  return status;
}

Status Cgroup::freeze(unsigned timeout_ms) const {
  if (const Open* v2 = find(2, ""); v2 != nullptr)
    return set_frozen(v2->directory.get(), 2, true, timeout_ms);
  if (const Open* v1 = find(1, "freezer"); v1 != nullptr)
    return set_frozen(v1->directory.get(), 1, true, timeout_ms);
  return Error(ErrorCode::unsupported, "freeze: the cgroup has neither a v2 directory nor a v1 freezer");
}

Status Cgroup::thaw(unsigned timeout_ms) const {
  if (const Open* v2 = find(2, ""); v2 != nullptr)
    return set_frozen(v2->directory.get(), 2, false, timeout_ms);
  if (const Open* v1 = find(1, "freezer"); v1 != nullptr)
    return set_frozen(v1->directory.get(), 1, false, timeout_ms);
  return Error(ErrorCode::unsupported, "thaw: the cgroup has neither a v2 directory nor a v1 freezer");
}

}  // namespace cove::cgroup
