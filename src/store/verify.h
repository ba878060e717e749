// Whether what the index says is so. Called in cove-images.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/store.h"

namespace cove::store {

struct Finding {
  std::string subject;  // "blob sha256:…", "layer …", "image …"
  std::string text;
  bool mended = false;
};

struct VerifyOptions {
  bool quick = false;   // sizes only
  bool repair = false;  // unpack layers anew, and remove images whose blobs are damaged
  UnpackOptions unpack;
};

// Every blob is read and compared with its digest; every layer is unpacked anew, beside, and compared with
// the one in use: names, types, owners, modes, times, contents.
Result<std::vector<Finding>> verify(Store& store, const VerifyOptions& options);

}  // namespace cove::store
