#include <fmt/format.h>
#include <zlib.h>

#include "codec/inflate.h"

namespace cove::codec {
namespace {

class ZlibInflater final : public Inflater {
 public:
  ZlibInflater() = default;
  ZlibInflater(const ZlibInflater&) = delete;
  ZlibInflater& operator=(const ZlibInflater&) = delete;
  ~ZlibInflater() override { ::inflateEnd(&stream_); }

  Status begin() override {
    constexpr int kGzipOnly = 15 + 16;  // the largest window; see inflateInit2 in zlib.h
    const int outcome = started_ ? ::inflateReset(&stream_) : ::inflateInit2(&stream_, kGzipOnly);
    if (outcome != Z_OK) return Error(ErrorCode::system, fmt::format("zlib: error {}", outcome));
    started_ = true;
    return {};
  }

  Result<Progress> step(std::string_view input, char* output, size_t size) override {
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));
    stream_.avail_in = static_cast<uInt>(input.size());
    stream_.next_out = reinterpret_cast<Bytef*>(output);
    stream_.avail_out = static_cast<uInt>(size);
    const int outcome = ::inflate(&stream_, Z_NO_FLUSH);
    if (outcome != Z_OK && outcome != Z_STREAM_END && outcome != Z_BUF_ERROR)
      return Error(ErrorCode::invalid_argument, fmt::format("the gzip data is damaged ({})", outcome));
    return Progress{input.size() - stream_.avail_in, size - stream_.avail_out, outcome == Z_STREAM_END};
  }

 private:
  z_stream stream_{};
  bool started_ = false;
};

}  // namespace

Result<std::unique_ptr<Inflater>> gzip_by_zlib() {
  std::unique_ptr<Inflater> inflater = std::make_unique<ZlibInflater>();
  COVE_TRY(inflater->begin());
  return inflater;
}

}  // namespace cove::codec
