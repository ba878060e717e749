#include "kernel/cgroup/limit_writer.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <cerrno>
#include <utility>

#include "base/strings.h"
#include "base/unique_fd.h"
#include "sys/pseudo_file.h"

namespace cove::cgroup {
namespace {

Error write_error(const Write& write, const std::string& path, int error_number) {
  Error error = Error::from_errno(
      fmt::format("{}: write {} to {}/{}", write.option, quote(write.value), path, write.file), error_number);
  const bool device = write.file.starts_with("devices.");
  error.set_code(device ? ErrorCode::device_denied : ErrorCode::limit_unenforceable);
  if (error_number == EINVAL) {
    error.set_hint(
        "the kernel refuses this value here: a parent cgroup may allow less, or the machine has less");
  }
  if (error_number == ENODEV) error.set_hint("name a whole disk that exists, not a partition");
  if (device && error_number == EPERM) {
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

}  // namespace

Status write_all_limits(std::span<const Write> writes, std::span<const int> directory_fds,
                        std::span<const std::string> paths, std::vector<std::string>& waived,
                        std::vector<std::string>* done) {
  LimitWriter writer;
  bool alternative_done = false;
  for (const Write& write : writes) {
    const bool done_already = std::exchange(alternative_done, false);
    if (done_already) continue;
    const int failed = writer.write(directory_fds[write.directory], write);
    alternative_done = write.if_missing == IfMissing::try_next && failed != ENOENT;
    if (failed == 0) {
      if (done != nullptr && (done->empty() || done->back() != write.option)) done->push_back(write.option);
      continue;
    }
    const std::string& path = paths[write.directory];
    if (failed != ENOENT || write.if_missing == IfMissing::fail) return write_error(write, path, failed);
    if (write.if_missing == IfMissing::waive) {
      waived.push_back(fmt::format("{}: the kernel has no {}/{}", write.option, path, write.file));
    }
  }
  return {};
}

}  // namespace cove::cgroup
