#include "store/pipe.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace cove::store {

std::string* Pipe::begin_fill() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return filled_ < kBuffers || closed_; });
  if (closed_) return nullptr;
  Buffer& buffer = buffers_[(first_ + filled_) % kBuffers];
  if (buffer.bytes.empty()) buffer.bytes.resize(kBytes);
  return &buffer.bytes;
}

void Pipe::end_fill(size_t size) {
  const std::lock_guard lock(mutex_);
  if (size == 0) {
    over_ = true;
  } else {
    buffers_[(first_ + filled_) % kBuffers].size = size;
    ++filled_;
  }
  changed_.notify_all();
}

bool Pipe::write(std::string_view bytes) {
  while (!bytes.empty()) {
    if (filling_ == nullptr) filling_ = begin_fill();
    if (filling_ == nullptr) return false;
    const size_t part = std::min(bytes.size(), filling_->size() - filling_bytes_);
    std::memcpy(filling_->data() + filling_bytes_, bytes.data(), part);
    bytes.remove_prefix(part);
    filling_bytes_ += part;
    if (filling_bytes_ < filling_->size()) continue;
    end_fill(std::exchange(filling_bytes_, 0));
    filling_ = nullptr;
  }
  return true;
}

void Pipe::end() {
  if (filling_bytes_ > 0) end_fill(std::exchange(filling_bytes_, 0));
  end_fill(0);
}

void Pipe::fail(Error error) {
  const std::lock_guard lock(mutex_);
  error_ = std::move(error);
  changed_.notify_all();
}

Result<size_t> Pipe::read(char* buffer, size_t size) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return filled_ > 0 || over_ || error_; });
  if (filled_ == 0 && error_) return *error_;
  if (filled_ == 0) return size_t{0};
  Buffer& first = buffers_[first_];
  lock.unlock();
  // The writer leaves a filled buffer alone.
  const size_t part = std::min(size, first.size - offset_);
  std::memcpy(buffer, first.bytes.data() + offset_, part);
  offset_ += part;
  if (offset_ < first.size) return part;
  offset_ = 0;
  lock.lock();
  first_ = (first_ + 1) % kBuffers;
  --filled_;
  changed_.notify_all();
  return part;
}

void Pipe::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  changed_.notify_all();
}

}  // namespace cove::store
