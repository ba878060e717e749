#include <fmt/format.h>
#include <zstd.h>

#include "codec/inflate.h"

namespace cove::codec {
namespace {

class ZstdInflater final : public Inflater {
 public:
  ZstdInflater() = default;
  ZstdInflater(const ZstdInflater&) = delete;
  ZstdInflater& operator=(const ZstdInflater&) = delete;
  ~ZstdInflater() override { ZSTD_freeDCtx(context_); }

  Status begin() override {
    if (context_ == nullptr) context_ = ZSTD_createDCtx();
    if (context_ == nullptr) return Error(ErrorCode::system, "zstd: out of memory");
    ZSTD_DCtx_reset(context_, ZSTD_reset_session_only);
    return {};
  }

  Result<Progress> step(std::string_view input, char* output, size_t size) override {
    ZSTD_inBuffer in{input.data(), input.size(), 0};
    ZSTD_outBuffer out{output, size, 0};
    const size_t left = ZSTD_decompressStream(context_, &out, &in);
    if (ZSTD_isError(left) != 0)
      return Error(ErrorCode::invalid_argument,
                   fmt::format("the zstd data is damaged ({})", ZSTD_getErrorName(left)));
    return Progress{in.pos, out.pos, left == 0};
  }

 private:
  ZSTD_DCtx* context_ = nullptr;
};

}  // namespace

Result<std::unique_ptr<Inflater>> zstd_inflater() {
  std::unique_ptr<Inflater> inflater = std::make_unique<ZstdInflater>();
  COVE_TRY(inflater->begin());
  return inflater;
}

}  // namespace cove::codec
