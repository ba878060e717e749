// Where the report goes. Opened before the sandbox starts, so that a report that cannot be written is an
// error then and not after hours of work. Called by the process that the user started.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/unique_fd.h"

namespace cove::sandbox {

class ReportSink {
 public:
  // `path`: a host path, or "-" for standard output. A regular file (one that is there, or none yet) is
  // replaced when the report is written: a reader sees the old one or the new one, and after a kill -9 the
  // old one. Through symbolic links it is their target that is replaced. Anything else is opened now and
  // written to: a FIFO that somebody reads, a terminal, and /dev/stdout, /dev/stderr and /dev/fd/N whatever
  // they are.
  static Result<ReportSink> open(const std::string& path);

  // Call after the command's output is out.
  Status write(std::string_view report) const;

 private:
  ReportSink() = default;
  Status check_replaceable() const;

  std::string name_;  // for messages
  std::string path_;  // to be replaced; empty: fd_
  int fd_ = -1;
  UniqueFd opened_;  // fd_, if it is not standard output
};

}  // namespace cove::sandbox
