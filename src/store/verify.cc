#include "store/verify.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <set>

#include "codec/sha256.h"
#include "store/layer_files.h"
#include "store/open_mask.h"
#include "sys/boot.h"
#include "sys/file.h"
#include "sys/inode.h"
#include "sys/random.h"

namespace cove::store {
namespace {

constexpr size_t kBuffer = size_t{256} << 10;

Result<std::string> digest_of(int fd) {
  codec::Sha256 hash;
  std::string buffer(kBuffer, '\0');
  while (const size_t got = COVE_TRY(sys::read_some(fd, buffer.data(), buffer.size())))
    hash.update({buffer.data(), got});
  return hash.finish();
}

// Empty: they are the same.
class TreeComparison {
 public:
  Result<std::string> directories(int right, int wrong, const std::string& path);

 private:
  Result<std::string> entries(int right, int wrong, const std::string& name, const std::string& path);
};

bool same_owner_and_time(const struct stat& right, const struct stat& wrong) {
  return right.st_mode == wrong.st_mode && right.st_uid == wrong.st_uid && right.st_gid == wrong.st_gid &&
         right.st_rdev == wrong.st_rdev &&
         (S_ISCHR(right.st_mode) ||
          (right.st_mtim.tv_sec == wrong.st_mtim.tv_sec && right.st_mtim.tv_nsec == wrong.st_mtim.tv_nsec));
}

Result<std::string> TreeComparison::entries(int right, int wrong, const std::string& name,
                                            const std::string& path) {
  const struct stat first = COVE_TRY(sys::stat_at(right, name.c_str(), AT_SYMLINK_NOFOLLOW));
  const Result<struct stat> second = sys::stat_at(wrong, name.c_str(), AT_SYMLINK_NOFOLLOW);
  if (!second) return path + " is missing";
  if (!S_ISDIR(first.st_mode) && first.st_size != second->st_size) return path + " has another size";
  if (S_ISDIR(first.st_mode) && S_ISDIR(second->st_mode)) {
    const UniqueFd right_fd =
        COVE_TRY(sys::open_at(right, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
    const UniqueFd wrong_fd =
        COVE_TRY(sys::open_at(wrong, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
    std::string found = COVE_TRY(directories(right_fd.get(), wrong_fd.get(), path + "/"));
    if (!found.empty()) return found;
    // A directory that nobody told of has the time at which it was made.
    if (first.st_mode != second->st_mode || first.st_uid != second->st_uid || first.st_gid != second->st_gid)
      return path + " has another owner or mode";
    return std::string();
  }
  if (!same_owner_and_time(first, *second)) return path + " has another owner, mode or time";
  if (S_ISLNK(first.st_mode)) {
    const std::string content = COVE_TRY(sys::read_link_at(right, name.c_str()));
    const std::string other = COVE_TRY(sys::read_link_at(wrong, name.c_str()));
    return content == other ? std::string() : path + " leads elsewhere";
  }
  if (!S_ISREG(first.st_mode) || first.st_size == 0) return std::string();
  const UniqueFd right_fd = COVE_TRY(sys::open_at(right, name.c_str(), O_RDONLY | O_NOFOLLOW));
  const UniqueFd wrong_fd = COVE_TRY(sys::open_at(wrong, name.c_str(), O_RDONLY | O_NOFOLLOW));
  const std::string content = COVE_TRY(digest_of(right_fd.get()));
  const std::string other = COVE_TRY(digest_of(wrong_fd.get()));
  return content == other ? std::string() : path + " has another content";
}

Result<std::string> TreeComparison::directories(int right, int wrong, const std::string& path) {
  std::vector<std::string> names = COVE_TRY(sys::list_directory(right, "."));
  std::sort(names.begin(), names.end());
  for (const std::string& name : names) {
    std::string found = COVE_TRY(entries(right, wrong, name, path + name));
    if (!found.empty()) return found;
  }
  for (const std::string& name : COVE_TRY(sys::list_directory(wrong, "."))) {
    if (!std::binary_search(names.begin(), names.end(), name)) return path + name + " is not of the image";
  }
  return std::string();
}

class Verifier {
 public:
  Verifier(Store& store, const VerifyOptions& options) : store_(store), options_(options) {}

  Status run();
  [[nodiscard]] std::vector<Finding>& findings() noexcept { return findings_; }

 private:
  Result<std::string> blob_fault(const std::string& digest);
  Status check_blobs(const Image& image);
  Status check_layer(const ImageLayer& layer);
  Result<std::string> layer_fault(const ImageLayer& layer, const std::string& beside);
  Status replace_layer(const std::string& diff_id, const std::string& beside);

  Store& store_;
  const VerifyOptions& options_;
  std::vector<Finding> findings_;
  std::map<std::string, std::string> blobs_;  // what is wrong with those that were looked at
  std::set<std::string> layers_;
};

Result<std::string> Verifier::blob_fault(const std::string& digest) {
  const auto known = blobs_.find(digest);
  if (known != blobs_.end()) return known->second;
  std::string fault;
  const Result<UniqueFd> file = store_.blobs().open(digest);
  if (!file) {
    fault = file.error().sys_errno() == ENOENT ? std::string("is missing") : file.error().message();
  } else if (!options_.quick) {
    const std::string found = COVE_TRY(digest_of(file->get()));
    if (found != image::digest_hex(digest)) fault = "is damaged";
  }
  blobs_[digest] = fault;
  return fault;
}

Status Verifier::check_blobs(const Image& image) {
  std::vector<std::string> digests = image.others;
  digests.push_back("sha256:" + image.id);
  digests.push_back(image.manifest_digest);
  bool whole = true;
  for (const ImageLayer& layer : image.layers) {
    digests.push_back(layer.blob_digest);
    const Result<uint64_t> size = store_.blobs().size(layer.blob_digest);
    if (size && *size != layer.blob_bytes)
      blobs_[layer.blob_digest] = fmt::format("has {} bytes, not {}", *size, layer.blob_bytes);
  }
  std::sort(digests.begin(), digests.end());
  digests.erase(std::unique(digests.begin(), digests.end()), digests.end());
  for (const std::string& digest : digests) {
    const std::string fault = COVE_TRY(blob_fault(digest));
    if (fault.empty()) continue;
    whole = false;
    findings_.push_back(
        {"blob " + digest, fmt::format("{}, which image {} needs", fault, image.id.substr(0, 12)), false});
  }
  if (whole || !options_.repair) return {};
  const Status removed = store_.remove_image(image);
  Finding finding{"image " + image.id.substr(0, 12), "is not whole", removed.ok()};
  if (!removed) finding.text += "; not removed: " + removed.error().message();
  findings_.push_back(std::move(finding));
  return {};
}

Result<std::string> Verifier::layer_fault(const ImageLayer& layer, const std::string& beside) {
  const Result<UniqueFd> used = open_layer(store_.fd(), layer.diff_id);
  std::string fault;
  if (!used) fault = used.error().sys_errno() == ENOENT ? "is missing" : used.error().message();
  // Of an image of a file system that is lost the empty directory stays that it would be mounted on.
  if (used && layer.bytes > 0 && COVE_TRY(sys::list_directory(used->get(), ".")).empty())
    fault = "is missing";
  if (options_.quick) return fault;
  const LayerRequest request{layer.blob_digest, layer.blob_bytes, "sha256:" + layer.diff_id};
  const OpenMask mask;
  const Result<UnpackedLayer> unpacked = unpack_beside(store_.fd(), request, options_.unpack, beside);
  if (!unpacked) return unpacked.error();
  if (!fault.empty()) return fault;
  const UniqueFd fresh = COVE_TRY(open_unpacked(store_.fd(), beside));
  return TreeComparison().directories(fresh.get(), used->get(), "/");
}

Status Verifier::replace_layer(const std::string& diff_id, const std::string& beside) {
  COVE_TRY(sys::sync_file_system(store_.fd()));
  COVE_TRY(remove_layer_files(store_.fd(), diff_id));
  COVE_TRY(publish_layer(store_.fd(), diff_id, beside));
  return {};
}

Status Verifier::check_layer(const ImageLayer& layer) {
  if (!layers_.insert(layer.diff_id).second || !COVE_TRY(blob_fault(layer.blob_digest)).empty()) return {};
  const std::string beside = fmt::format("partial/verify-{:016x}", COVE_TRY(sys::random_number()));
  const Result<std::string> fault = layer_fault(layer, beside);
  if (fault && !fault->empty()) {
    Finding finding{"layer " + layer.diff_id, *fault, false};
    if (options_.repair && !options_.quick) {
      COVE_TRY(replace_layer(layer.diff_id, beside));
      finding.mended = true;
    }
    findings_.push_back(std::move(finding));
  }
  COVE_TRY(sys::remove_tree_at(store_.fd(), beside.c_str()));
  if (!fault) findings_.push_back({"layer " + layer.diff_id, fault.error().message(), false});
  return {};
}

Status Verifier::run() {
  for (const Image& image : COVE_TRY(store_.index().manifests())) {
    COVE_TRY(check_blobs(image));
    for (const ImageLayer& layer : image.layers) COVE_TRY(check_layer(layer));
  }
  return {};
}

}  // namespace

Result<std::vector<Finding>> verify(Store& store, const VerifyOptions& options) {
  Verifier verifier(store, options);
  COVE_TRY(verifier.run());
  return std::move(verifier.findings());
}

}  // namespace cove::store
