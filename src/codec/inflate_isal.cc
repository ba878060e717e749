#include <fmt/format.h>

#include <isa-l/igzip_lib.h>

#include "codec/inflate.h"

namespace cove::codec {
namespace {

class IsalInflater final : public Inflater {
 public:
  Status begin() override {
    isal_inflate_init(&state_);
    state_.crc_flag = ISAL_GZIP;
    return {};
  }

  Result<Progress> step(std::string_view input, char* output, size_t size) override {
    // The library takes what it is given for its own, but changes nothing of the input.
    state_.next_in = reinterpret_cast<uint8_t*>(const_cast<char*>(input.data()));
    state_.avail_in = static_cast<uint32_t>(input.size());
    state_.next_out = reinterpret_cast<uint8_t*>(output);
    state_.avail_out = static_cast<uint32_t>(size);
    const int outcome = isal_inflate(&state_);
    if (outcome != ISAL_DECOMP_OK && outcome != ISAL_END_INPUT)
      return Error(ErrorCode::invalid_argument, fmt::format("the gzip data is damaged ({})", outcome));
    Progress progress{input.size() - state_.avail_in, size - state_.avail_out,
                      state_.block_state == ISAL_BLOCK_FINISH};
    return progress;
  }

 private:
  struct inflate_state state_ {};
};

}  // namespace

Result<std::unique_ptr<Inflater>> gzip_by_isal() {
  std::unique_ptr<Inflater> inflater = std::make_unique<IsalInflater>();
  COVE_TRY(inflater->begin());
  return inflater;
}

}  // namespace cove::codec
