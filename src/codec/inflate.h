// The decoders behind Decompressor, one for each format. Internal to this module.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "base/result.h"

namespace cove::codec {

class Inflater {
 public:
  Inflater() = default;
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  virtual ~Inflater() = default;

  struct Progress {
    size_t taken = 0;    // of the input
    size_t made = 0;     // of the output
    bool whole = false;  // a member or frame has ended here; another may follow
  };
  virtual Result<Progress> step(std::string_view input, char* output, size_t size) = 0;
  // For the next member.
  virtual Status begin() = 0;
};

#ifdef COVE_ISAL
Result<std::unique_ptr<Inflater>> gzip_by_isal();
#endif
Result<std::unique_ptr<Inflater>> gzip_by_zlib();
Result<std::unique_ptr<Inflater>> zstd_inflater();

}  // namespace cove::codec
