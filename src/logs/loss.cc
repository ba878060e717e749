#include "logs/loss.h"

#include <string.h>

namespace cove::logs {

TextBuffer<160> Loss::text() const noexcept {
  const char* reason = ::strerrordesc_np(error_);
  TextBuffer<160> text;
  text.add("cove: ").add(bytes_).add(" bytes of output lost: ");
  text.add(reason == nullptr ? "unknown error" : reason).add("\n");
  return text;
}

}  // namespace cove::logs
