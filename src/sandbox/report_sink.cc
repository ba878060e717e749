#include "sandbox/report_sink.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <span>

#include "base/strings.h"
#include "sys/file.h"
#include "sys/poll.h"
#include "sys/stream.h"

namespace cove::sandbox {
namespace {

constexpr mode_t kReportMode = 0644;

// Opening such a path gives a new position in the file, and replacing it would replace the device.
std::optional<int> descriptor_named(std::string_view path) {
  if (path == "-" || path == "/dev/stdout") return STDOUT_FILENO;
  if (path == "/dev/stderr") return STDERR_FILENO;
  for (const std::string_view prefix : {"/dev/fd/", "/proc/self/fd/"}) {
    if (path.starts_with(prefix)) return parse_number<int>(path.substr(prefix.size()));
  }
  return std::nullopt;
}

std::string directory_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

// Follows symbolic links, of the last component only: the kernel follows the rest.
Result<std::string> follow_links(std::string path) {
  constexpr int kMostLinks = 40;  // as the kernel, path_resolution(7)
  for (int links = 0; links < kMostLinks; ++links) {
    const auto target = sys::read_link_at(AT_FDCWD, path.c_str());
    if (!target.ok()) return path;
    path = target->starts_with('/') ? *target : directory_of(path) + "/" + *target;
  }
  return Error::from_errno("follow " + path, ELOOP);
}

Status write_out(int fd, std::string_view text) {
  sys::Stream stream = sys::Stream::borrow_for_writing(fd);
  while (!text.empty()) {
    struct pollfd entry {
      stream.fd(), POLLOUT, 0
    };
    COVE_TRY(sys::poll_until({&entry, 1}, sys::kNever));
    const sys::IoResult put = stream.write_some(std::as_bytes(std::span(text)));
    switch (put.state) {
      case sys::IoState::moved:
        text.remove_prefix(put.bytes);
        break;
      case sys::IoState::would_block:
        break;
      case sys::IoState::closed:
        return Error::from_errno("write", EPIPE);
      case sys::IoState::failed:
        return Error::from_errno("write", stream.error());
    }
  }
  return {};
}

}  // namespace

Result<ReportSink> ReportSink::open(const std::string& path) {
  const std::string context = "report " + quote(path);
  ReportSink sink;
  sink.name_ = path;
  if (const auto number = descriptor_named(path)) {
    if (!sys::is_open_for(*number, O_WRONLY)) return Error::from_errno(context, EBADF);
    sink.opened_ = COVE_TRY(sys::duplicate_fd(*number).context(context));
    sink.fd_ = sink.opened_.get();
    return sink;
  }
  if (path.empty()) return Error(ErrorCode::invalid_argument, "report: the file name is empty");
  sink.path_ = COVE_TRY(follow_links(path).context(context));
  const auto info = sys::stat_at(AT_FDCWD, sink.path_.c_str());
  if (info.ok() && !S_ISREG(info->st_mode)) {
    // O_NONBLOCK: a FIFO without a reader is an error (ENXIO) and not an endless wait.
    sink.opened_ =
        COVE_TRY(sys::open_path(sink.path_.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY).context(context));
    sink.fd_ = sink.opened_.get();
    sink.path_.clear();
    return sink;
  }
  COVE_TRY(sink.check_replaceable().context(context));
  return sink;
}

Status ReportSink::check_replaceable() const {
  const std::string directory = directory_of(path_);
  // Creating a file without a name is the proof, and leaves nothing behind.
  const auto probe = sys::open_path(directory.c_str(), O_TMPFILE | O_WRONLY, kReportMode);
  if (probe.ok()) return {};
  const int reason = probe.error().sys_errno();
  const bool no_such_feature = reason == EOPNOTSUPP || reason == EISDIR || reason == EINVAL;
  if (!no_such_feature) return Error::from_errno("create a file in " + quote(directory), reason);
  // Permissions alone say too little: root has them in /proc, which lets nobody create a file.
  const std::string temporary = path_ + ".tmp" + std::to_string(::getpid());  // as sys::replace_file() will
  COVE_TRY(sys::open_path(temporary.c_str(), O_WRONLY | O_CREAT | O_NOFOLLOW, kReportMode));
  return sys::remove_file_at(AT_FDCWD, temporary.c_str());
}

Status ReportSink::write(std::string_view report) const {
  const std::string context = "write report " + quote(name_);
  if (!path_.empty()) return sys::replace_file(path_.c_str(), report, kReportMode).context(context);
  return write_out(fd_, report).context(context);
}

}  // namespace cove::sandbox
