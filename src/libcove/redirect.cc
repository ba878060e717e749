#include "libcove/redirect.h"

#include "sys/file.h"

namespace cove::libcove {

Result<Redirection> Redirection::apply(const Streams& streams) {
  const std::array<int, 3> wanted{streams.input, streams.output, streams.error};
  // Of all first, for a wanted one may be one of those that are exchanged.
  std::array<UniqueFd, 3> sources;
  Redirection redirection;
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i] < 0) continue;
    sources[i] = COVE_TRY(sys::duplicate_fd(wanted[i]));
    redirection.saved_[i] = COVE_TRY(sys::duplicate_fd(static_cast<int>(i)));
  }
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (sources[i].valid()) COVE_TRY(sys::duplicate_fd_to(sources[i].get(), static_cast<int>(i)));
  }
  return redirection;
}

Redirection::~Redirection() {
  for (size_t i = 0; i < saved_.size(); ++i) {
    if (saved_[i].valid()) static_cast<void>(sys::duplicate_fd_to(saved_[i].get(), static_cast<int>(i)));
  }
}

}  // namespace cove::libcove
