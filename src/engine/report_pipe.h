// How a helper process that stays in this program tells its parent how it ended: a Status through a pipe.
#pragma once

#include "base/result.h"
#include "base/unique_fd.h"

namespace cove::engine {

class ReportPipe {
 public:
  static Result<ReportPipe> create();

  // In the child.
  static void send(int fd, const Status& status) noexcept;
  [[nodiscard]] int sender() const noexcept { return write_end_.get(); }

  // In the parent.
  void close_sender() noexcept { write_end_.reset(); }
  // Waits for the child to say something or to die. ErrorCode::system: it died.
  [[nodiscard]] Status receive() const;

 private:
  ReportPipe(UniqueFd read_end, UniqueFd write_end)
      : read_end_(std::move(read_end)), write_end_(std::move(write_end)) {}
  UniqueFd read_end_;
  UniqueFd write_end_;
};

}  // namespace cove::engine
