// A bounded queue of bytes between two threads: one decompresses, the other makes files.
#pragma once

#include <array>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace cove::store {

class Pipe {
 public:
  // The writer's side. A buffer to fill; null: the reader has gone.
  std::string* begin_fill();
  // It holds `size` bytes; 0 is the end.
  void end_fill(size_t size);
  // The two in one, for those who have the bytes elsewhere: they are copied, and may wait for others before
  // the reader sees them. False: the reader has gone.
  bool write(std::string_view bytes);
  // The end of what was written.
  void end();
  // Instead: the reader gets this error.
  void fail(Error error);

  // The reader's side: up to `size` bytes; 0 at the end.
  Result<size_t> read(char* buffer, size_t size);
  // Nothing more will be read.
  void close();

 private:
  static constexpr size_t kBuffers = 8;
  static constexpr size_t kBytes = size_t{256} << 10;
  struct Buffer {
    std::string bytes;
    size_t size = 0;
  };

  std::mutex mutex_;
  std::condition_variable changed_;
  std::array<Buffer, kBuffers> buffers_;
  size_t first_ = 0;  // the next one to be read
  size_t filled_ = 0;
  size_t offset_ = 0;  // in the first one: the reader's own
  bool over_ = false;
  bool closed_ = false;
  std::optional<Error> error_;

  std::string* filling_ = nullptr;  // by write()
  size_t filling_bytes_ = 0;
};

}  // namespace cove::store
