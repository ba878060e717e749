// Work inside a container's file system, by a process of cove's own: in the container's mount and user
// namespaces if it runs, else in new ones in which its root is mounted as its next start will have it.
// Nothing of the container is executed, its cgroups and pid namespace are not entered, and of the host the
// process has one end of a pipe only. Called by the process that the user started, single-threaded.
#pragma once

#include <functional>
#include <optional>

#include "base/result.h"
#include "base/unique_fd.h"
#include "engine/launch.h"
#include "engine/report_pipe.h"
#include "engine/store.h"
#include "launch/launch.h"

namespace cove::engine {

// In the process: `root` is the container's "/" (O_PATH), `data` its end of the pipe.
using InsideWork = std::function<Status(int root, int data)>;

enum class DataFlow : uint8_t { out, in };  // seen from the container

class Inside {
 public:
  // One that does not run must be locked, and stay so until the work is done.
  static Result<Inside> start(const Roots& roots, Container& container, DataFlow flow,
                              const InsideWork& work);

  // Our end of the pipe.
  [[nodiscard]] int data() const noexcept { return data_.get(); }
  void close_data() noexcept { data_.reset(); }
  // Waits until the work is done; gives what became of it. May be called once.
  Status finish();

 private:
  Inside(launch::Launched launched, UniqueFd data, ReportPipe report)
      : launched_(std::move(launched)), data_(std::move(data)), report_(std::move(report)) {}

  launch::Launched launched_;
  std::optional<ContainerPlan> plan_;  // with the lease of ids
  UniqueFd data_;
  ReportPipe report_;
};

}  // namespace cove::engine
