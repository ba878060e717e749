#include "kernel/cgroup/cgroup.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <utility>

#include "base/strings.h"
#include "kernel/cgroup/device_program.h"
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

Error write_error(const Write& write, const std::string& path, int error_number) {
  Error error = Error::from_errno(
      fmt::format("{}: write {} to {}/{}", write.option, quote(write.value), path, write.file), error_number);
  error.set_code(write.option == "device" ? ErrorCode::device_denied : ErrorCode::limit_unenforceable);
  if (error_number == EINVAL) {
    error.set_hint(
        "the kernel refuses this value here: a parent cgroup may allow less, or the machine has less");
  }
  if (error_number == ENODEV) error.set_hint("name a whole disk that exists, not a partition");
  if (write.option == "device" && error_number == EPERM) {
    error.set_hint("the surrounding cgroup does not allow this device, so neither can the sandbox's");
  }
  return error;
}

// Writes one plan's values; consecutive ones into the same file share a descriptor.
class LimitWriter {
 public:
  // 0 or the errno.
  int write(int directory_fd, const Write& write) {
    if (directory_fd != directory_fd_ || write.file != file_) {
      fd_.reset();
      file_ = write.file;
      directory_fd_ = directory_fd;
      const int fd = sys::try_open_at(directory_fd, file_.c_str(), O_WRONLY);
      if (fd < 0) {
        directory_fd_ = -1;
        return -fd;
      }
      fd_.reset(fd);
    }
    return sys::write_pseudo_fd(fd_.get(), write.value);
  }

 private:
  UniqueFd fd_;
  int directory_fd_ = -1;
  std::string file_;
};

Status attach_devices(const DevicePolicy& policy, int directory_fd) {
  const auto program = assemble_device_program(policy);
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
    COVE_TRY(made.make_directories(plan));
    COVE_TRY(made.write_limits(plan));
    if (plan.bpf_devices) COVE_TRY(attach_devices(*plan.bpf_devices, made.v2_fd()));
    return {};
  };
  Status status = build();
  if (!status) {
    // The first failure is what matters; nothing runs in there yet.
    static_cast<void>(remove_directories(made.paths_));
    return std::move(status).error();
  }
  std::move(plan.waived.begin(), plan.waived.end(), std::back_inserter(made.waived_));
  return made;
}

Status Cgroup::make_directories(const CgroupPlan& plan) {
  for (const Directory& directory : plan.directories) {
    const char* path = directory.path.c_str();
    if (const int failed = sys::try_make_directory_at(AT_FDCWD, path, kDirectoryMode); failed != 0) {
      return mkdir_error(directory.path, failed);
    }
    paths_.push_back(directory.path);
    Open& open = open_.emplace_back();
    open.version = directory.version;
    open.controllers = directory.controllers;
    const int fd = sys::try_open_at(AT_FDCWD, path, O_PATH | O_DIRECTORY);
    if (fd < 0) return Error::from_errno(fmt::format("open cgroup {}", directory.path), -fd);
    open.directory.reset(fd);
    if (open.version != 1) continue;
    const int tasks = sys::try_open_at(fd, "tasks", O_WRONLY);
    if (tasks < 0) return Error::from_errno(fmt::format("open {}/tasks", directory.path), -tasks);
    open.tasks.reset(tasks);
  }
  return {};
}

Status Cgroup::write_limits(const CgroupPlan& plan) {
  LimitWriter writer;
  bool alternative_done = false;
  for (const Write& write : plan.writes) {
    const bool done_already = std::exchange(alternative_done, false);
    if (done_already) continue;
    const int failed = writer.write(open_[write.directory].directory.get(), write);
    alternative_done = write.if_missing == IfMissing::try_next && failed != ENOENT;
    if (failed == 0) continue;
    const std::string& path = paths_[write.directory];
    if (failed != ENOENT || write.if_missing == IfMissing::fail) return write_error(write, path, failed);
    if (write.if_missing == IfMissing::waive) {
      waived_.push_back(fmt::format("{}: the kernel has no {}/{}", write.option, path, write.file));
    }
  }
  return {};
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

Status Cgroup::kill_all(unsigned timeout_ms) const {
  return kill_processes(paths_, timeout_ms);
}

Status Cgroup::remove(unsigned timeout_ms) {
  peak_.reset();
  open_.clear();
  Status status = remove_directories(paths_, timeout_ms);
  if (status) paths_.clear();
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
