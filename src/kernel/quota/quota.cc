#include "kernel/quota/quota.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>

#include "sys/file.h"
#include "sys/quota.h"

namespace cove::quota {
namespace {

// Away from the small numbers that administrators give by hand.
constexpr uint32_t kOwnProjects = 0x40000000;

Error explain(Error error, const std::string& directory) {
  error.add_context(fmt::format("bound the size of {}", directory));
  switch (error.sys_errno()) {
    case ENOTTY:
    case EOPNOTSUPP:
    case ENOSYS:
    case ESRCH:
    case EPERM:
    case EINVAL:
      error.set_code(ErrorCode::limit_unenforceable);
      error.set_hint(
          "that needs root and a file system with project quotas (ext4: tune2fs -O quota,project -Q "
          "prjquota, mount -o "
          "prjquota); or, without --upper, -d and --name: the throwaway layer of a sandbox can always be "
          "bounded");
      break;
    default:
      break;
  }
  return error;
}

}  // namespace

Status bound_directories(std::span<const std::string> directories, uint64_t bytes) {
  uint32_t project = 0;
  for (const std::string& directory : directories) {
    const UniqueFd fd = COVE_TRY(sys::open_path(directory.c_str(), O_RDONLY | O_DIRECTORY));
    if (project == 0) {
      const Result<uint32_t> present = sys::project_of(fd.get());
      if (!present) return explain(present.error(), directory);
      const struct stat info = COVE_TRY(sys::stat_fd(fd.get()));
      project =
          *present != 0 ? *present : kOwnProjects | (static_cast<uint32_t>(info.st_ino) & (kOwnProjects - 1));
      const Status limited = sys::set_project_limit(fd.get(), project, bytes);
      if (!limited) return explain(limited.error(), directory);
    }
    const Status joined = sys::set_project(fd.get(), project);
    if (!joined) return explain(joined.error(), directory);
  }
  return {};
}

}  // namespace cove::quota
