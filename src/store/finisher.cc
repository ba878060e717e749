#include "store/finisher.h"

#include <utility>

namespace cove::store {

Finisher::~Finisher() {
  end();
}

Status Finisher::add(archive::PendingFile file) {
  next_bytes_ += file.content.size();
  next_.push_back(std::move(file));
  return next_.size() < kFiles && next_bytes_ < kBytes ? Status() : hand_over();
}

Status Finisher::hand_over() {
  next_bytes_ = 0;
  if (!thread_.joinable()) thread_ = std::thread([this] { work(); });
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return waiting_.size() < kBatches || error_; });
  if (error_) return *error_;
  waiting_.push_back(std::exchange(next_, {}));
  changed_.notify_all();
  return {};
}

void Finisher::work() {
  for (;;) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !waiting_.empty() || over_; });
    if (waiting_.empty()) return;
    const Batch batch = std::move(waiting_.front());
    waiting_.erase(waiting_.begin());
    changed_.notify_all();
    const bool failed = error_.has_value();
    lock.unlock();
    for (size_t i = 0; i < batch.size() && !failed; ++i) {
      Status done = step_(batch[i]);
      if (done) continue;
      lock.lock();
      error_ = std::move(done).error();
      changed_.notify_all();
      break;
    }
  }
}

void Finisher::end() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
    changed_.notify_all();
  }
  thread_.join();
}

Status Finisher::finish() {
  if (!next_.empty()) COVE_TRY(hand_over());
  end();
  return error_ ? Status(*error_) : Status();
}

}  // namespace cove::store
