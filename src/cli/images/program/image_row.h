// An image as a row of `cove images`: Docker's fields and words. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "cli/format/list.h"
#include "store/index.h"

namespace cove::cli {

struct ImageRowOptions {
  int64_t now = 0;  // nanoseconds since 1970
  bool no_trunc = false;
};

// `name`: DOMAIN/PATH:TAG or DOMAIN/PATH@DIGEST; empty: it has none.
format::Value image_row(const store::Image& image, const std::string& name, const ImageRowOptions& options);
// "2 weeks ago"; 0: "N/A".
[[nodiscard]] std::string since_text(int64_t nanoseconds, int64_t now);

extern const format::ListSpec kImageList;
extern const format::ListSpec kImageListWithDigests;

}  // namespace cove::cli
