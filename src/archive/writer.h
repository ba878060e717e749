// Writes a tar archive (ustar, with pax headers where that is too small) to a descriptor or a function, as it
// goes.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "archive/entry.h"
#include "base/result.h"

namespace cove::archive {

class Writer {
 public:
  using Sink = std::function<Status(std::string_view bytes)>;

  explicit Writer(int fd);
  explicit Writer(Sink sink) : sink_(std::move(sink)) {}

  // After it, exactly `entry.size` bytes of content.
  Status add(const Entry& entry);
  Status content(std::string_view bytes);
  // Fills what is missing of the content with zeros: for a file that has become shorter meanwhile.
  Status fill_content();
  // The end of the archive.
  Status finish();

  [[nodiscard]] uint64_t content_left() const noexcept { return left_; }

 private:
  Status put(std::string_view bytes);
  Status flush();
  Status end_content();

  Sink sink_;
  std::string buffer_;
  uint64_t left_ = 0;
  uint64_t padding_ = 0;
};

}  // namespace cove::archive
