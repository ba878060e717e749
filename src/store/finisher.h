// Writes the small files of a layer in a thread of its own, while the one that reads the archive makes more.
// Internal to this module.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "archive/unpack.h"
#include "base/result.h"

namespace cove::store {

class Finisher {
 public:
  using Step = std::function<Status(const archive::PendingFile& file)>;
  // `step` is called in the thread, which begins with the first files.
  explicit Finisher(Step step) : step_(std::move(step)) {}
  Finisher(const Finisher&) = delete;
  Finisher& operator=(const Finisher&) = delete;
  ~Finisher();

  // Waits while there is much to do. The error is that of any file before.
  Status add(archive::PendingFile file);
  // Waits until all is done.
  Status finish();

 private:
  // How much is handed over at once, and may wait: what is open and in memory stays little.
  static constexpr size_t kFiles = 8;
  static constexpr size_t kBytes = size_t{1} << 20;
  static constexpr size_t kBatches = 2;
  using Batch = std::vector<archive::PendingFile>;

  Status hand_over();
  void work();
  void end();

  Step step_;
  Batch next_;  // of the thread that adds
  size_t next_bytes_ = 0;
  std::thread thread_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Batch> waiting_;
  bool over_ = false;
  std::optional<Error> error_;
};

}  // namespace cove::store
