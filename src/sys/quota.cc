#include "sys/quota.h"

#include <linux/fs.h>
#include <linux/quota.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sys/call.h"

namespace cove::sys {

Result<uint32_t> project_of(int fd) {
  struct fsxattr attributes {};
  if (::ioctl(fd, FS_IOC_FSGETXATTR, &attributes) != 0) return last_error("get the project");
  return uint32_t{attributes.fsx_projid};
}

Status set_project(int fd, uint32_t project) {
  struct fsxattr attributes {};
  if (::ioctl(fd, FS_IOC_FSGETXATTR, &attributes) != 0) return last_error("get the project");
  attributes.fsx_projid = project;
  attributes.fsx_xflags |= FS_XFLAG_PROJINHERIT;
  if (::ioctl(fd, FS_IOC_FSSETXATTR, &attributes) != 0) return last_error("set project {}", project);
  return {};
}

Status set_project_limit(int fd, uint32_t project, uint64_t bytes) {
  constexpr uint64_t kBlock = 1024;  // QIF_DQBLKSIZE
  struct if_dqblk limit {};
  limit.dqb_bhardlimit = (bytes + kBlock - 1) / kBlock;
  limit.dqb_valid = QIF_BLIMITS;
  const int command = QCMD(Q_SETQUOTA, PRJQUOTA);
  if (::syscall(SYS_quotactl_fd, fd, command, project, &limit) != 0) {
    return last_error("set the limit of project {}", project);
  }
  return {};
}

}  // namespace cove::sys
