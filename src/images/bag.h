// The files that images come in: the members of a tar archive, or a directory. Each that is asked for becomes
// a blob of the store; paths are the archive's own and reach nothing else. Called in cove-images.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/unique_fd.h"
#include "store/arrivals.h"
#include "store/blobs.h"

namespace cove::images {

class Bag {
 public:
  Bag() = default;
  Bag(const Bag&) = delete;
  Bag& operator=(const Bag&) = delete;
  virtual ~Bag() = default;

  [[nodiscard]] virtual bool has(const std::string& path) = 0;
  // ErrorCode::not_found: there is no such file. If the digest is known what is there must have it.
  virtual Result<store::BlobInfo> blob(const std::string& path, const std::string& digest) = 0;
  // The same for a layer, which may be unpacked meanwhile (store/arrivals.h). `diff_id`: what its config
  // says.
  virtual Result<store::BlobInfo> layer(const std::string& path, const std::string& digest,
                                        const std::string& diff_id) = 0;
  // A small document. ErrorCode::invalid_argument: it is too large.
  virtual Result<std::string> text(const std::string& path) = 0;
};

// Reads the whole archive, compressed or not, and keeps its files as blobs; those that look like layers are
// unpacked meanwhile. `arrivals` must outlive what is returned.
Result<std::unique_ptr<Bag>> read_archive(const store::Blobs& blobs, store::Arrivals& arrivals, int fd);
Result<std::unique_ptr<Bag>> open_directory(const store::Blobs& blobs, store::Arrivals& arrivals,
                                            const std::string& path);

}  // namespace cove::images
