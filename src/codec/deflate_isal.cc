#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include <isa-l/igzip_lib.h>

#include "codec/deflate.h"

namespace cove::codec {
namespace {

constexpr size_t kOutput = size_t{128} << 10;
constexpr size_t kInput = size_t{16} << 20;

class IsalWriter final : public GzipWriter {
 public:
  explicit IsalWriter(Sink sink) : sink_(std::move(sink)), level_(ISAL_DEF_LVL1_LARGE), output_(kOutput) {
    isal_deflate_init(&stream_);
    stream_.gzip_flag = IGZIP_GZIP;
    stream_.level = 1;
    stream_.level_buf = level_.data();
    stream_.level_buf_size = static_cast<uint32_t>(level_.size());
  }

  Status write(std::string_view bytes) override {
    while (!bytes.empty()) {
      const std::string_view part = bytes.substr(0, kInput);
      COVE_TRY(run(part, false));
      bytes.remove_prefix(part.size());
    }
    return {};
  }

  Status finish() override { return run({}, true); }

 private:
  Status run(std::string_view bytes, bool last) {
    stream_.next_in = reinterpret_cast<uint8_t*>(const_cast<char*>(bytes.data()));
    stream_.avail_in = static_cast<uint32_t>(bytes.size());
    stream_.end_of_stream = last ? 1 : 0;
    for (;;) {
      stream_.next_out = output_.data();
      stream_.avail_out = static_cast<uint32_t>(output_.size());
      const int outcome = isal_deflate(&stream_);
      if (outcome != COMP_OK) return Error(ErrorCode::internal, fmt::format("ISA-L: error {}", outcome));
      const size_t made = output_.size() - stream_.avail_out;
      if (made > 0) COVE_TRY(sink_({reinterpret_cast<const char*>(output_.data()), made}));
      const bool done =
          last ? stream_.internal_state.state == ZSTATE_END : stream_.avail_in == 0 && stream_.avail_out != 0;
      if (done) return {};
    }
  }

  Sink sink_;
  std::vector<uint8_t> level_;
  std::vector<uint8_t> output_;
  struct isal_zstream stream_ {};
};

}  // namespace

Result<std::unique_ptr<GzipWriter>> gzip_writer_by_isal(Sink sink) {
  std::unique_ptr<GzipWriter> writer = std::make_unique<IsalWriter>(std::move(sink));
  return writer;
}

}  // namespace cove::codec
