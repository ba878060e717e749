// Compresses a stream to gzip, fast rather than small, and always in the same way. Source: RFC 1952.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "base/result.h"

namespace cove::codec {

using Sink = std::function<Status(std::string_view bytes)>;

class GzipWriter {
 public:
  GzipWriter() = default;
  GzipWriter(const GzipWriter&) = delete;
  GzipWriter& operator=(const GzipWriter&) = delete;
  virtual ~GzipWriter() = default;

  virtual Status write(std::string_view bytes) = 0;
  virtual Status finish() = 0;
};

Result<std::unique_ptr<GzipWriter>> make_gzip_writer(Sink sink);
// The two that there are.
#ifdef COVE_ISAL
Result<std::unique_ptr<GzipWriter>> gzip_writer_by_isal(Sink sink);
#endif
Result<std::unique_ptr<GzipWriter>> gzip_writer_by_zlib(Sink sink);

}  // namespace cove::codec
