#include <fmt/format.h>
#include <zlib.h>

#include <vector>

#include "codec/deflate.h"

namespace cove::codec {
namespace {

constexpr size_t kOutput = size_t{128} << 10;

class ZlibWriter final : public GzipWriter {
 public:
  explicit ZlibWriter(Sink sink) : sink_(std::move(sink)), output_(kOutput) {}
  ZlibWriter(const ZlibWriter&) = delete;
  ZlibWriter& operator=(const ZlibWriter&) = delete;
  ~ZlibWriter() override { ::deflateEnd(&stream_); }

  Status begin() {
    constexpr int kGzip = 15 + 16;  // the largest window; see deflateInit2 in zlib.h
    const int outcome = ::deflateInit2(&stream_, Z_BEST_SPEED, Z_DEFLATED, kGzip, 8, Z_DEFAULT_STRATEGY);
    if (outcome != Z_OK) return Error(ErrorCode::system, fmt::format("zlib: error {}", outcome));
    return {};
  }
  Status write(std::string_view bytes) override { return run(bytes, Z_NO_FLUSH); }
  Status finish() override { return run({}, Z_FINISH); }

 private:
  Status run(std::string_view bytes, int flush) {
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream_.avail_in = static_cast<uInt>(bytes.size());
    for (;;) {
      stream_.next_out = output_.data();
      stream_.avail_out = static_cast<uInt>(output_.size());
      const int outcome = ::deflate(&stream_, flush);
      if (outcome != Z_OK && outcome != Z_STREAM_END && outcome != Z_BUF_ERROR)
        return Error(ErrorCode::internal, fmt::format("zlib: error {}", outcome));
      const size_t made = output_.size() - stream_.avail_out;
      if (made > 0) COVE_TRY(sink_({reinterpret_cast<const char*>(output_.data()), made}));
      if (flush == Z_FINISH ? outcome == Z_STREAM_END : stream_.avail_out != 0) return {};
    }
  }

  Sink sink_;
  std::vector<unsigned char> output_;
  z_stream stream_{};
};

}  // namespace

Result<std::unique_ptr<GzipWriter>> gzip_writer_by_zlib(Sink sink) {
  auto writer = std::make_unique<ZlibWriter>(std::move(sink));
  COVE_TRY(writer->begin());
  std::unique_ptr<GzipWriter> begun = std::move(writer);
  return begun;
}

Result<std::unique_ptr<GzipWriter>> make_gzip_writer(Sink sink) {
#ifdef COVE_ISAL
  return gzip_writer_by_isal(std::move(sink));
#else
  return gzip_writer_by_zlib(std::move(sink));
#endif
}

}  // namespace cove::codec
