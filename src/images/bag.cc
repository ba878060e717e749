#include "images/bag.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <vector>

#include "archive/reader.h"
#include "base/strings.h"
#include "codec/decompress.h"
#include "image/manifest.h"
#include "image/reference.h"
#include "sys/file.h"
#include "sys/inode.h"

namespace cove::images {
namespace {

constexpr uint64_t kMostEntries = 10'000;

Error not_there(const std::string& path) {
  return Error(ErrorCode::not_found, fmt::format("{} is missing", quote(path)));
}

// "./a//b" is "a/b", and "a/../b" is "b"; what leads out is empty.
std::string normal_path(std::string_view path) {
  std::vector<std::string_view> parts;
  for (const std::string_view part : split(path, '/')) {
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      parts.push_back(part);
    } else if (parts.empty()) {
      return {};
    } else {
      parts.pop_back();
    }
  }
  return fmt::format("{}", fmt::join(parts, "/"));
}

// The digest that a path in an image layout promises.
std::string promised_digest(std::string_view path) {
  constexpr std::string_view kPrefix = "blobs/sha256/";
  if (!path.starts_with(kPrefix)) return {};
  std::string digest = fmt::format("sha256:{}", path.substr(kPrefix.size()));
  return image::is_digest(digest) ? digest : std::string();
}

class ArchiveBag final : public Bag {
 public:
  ArchiveBag(const store::Blobs& blobs, store::Arrivals& arrivals) : blobs_(blobs), arrivals_(arrivals) {}

  Status read(int fd);
  bool has(const std::string& path) override { return find(path) != nullptr; }
  Result<store::BlobInfo> blob(const std::string& path, const std::string& digest) override;
  Result<store::BlobInfo> layer(const std::string& path, const std::string& digest,
                                const std::string&) override {
    return blob(path, digest);
  }
  Result<std::string> text(const std::string& path) override;

 private:
  Status add(const archive::Entry& entry, archive::Reader& reader);
  Result<store::BlobInfo> keep(const archive::Entry& entry, archive::Reader& reader, const std::string& path);
  [[nodiscard]] const store::BlobInfo* find(const std::string& path) const;

  const store::Blobs blobs_;
  store::Arrivals& arrivals_;
  std::map<std::string, store::BlobInfo> files_;
  std::map<std::string, std::string> links_;
};

// Docker and podman call a layer that is not compressed after its digest: "HEX.tar", "HEX/layer.tar".
std::string guessed_diff_id(std::string_view path) {
  if (path.ends_with("/layer.tar")) path.remove_suffix(std::string_view("/layer").size() + 4);
  if (path.ends_with(".tar")) path.remove_suffix(4);
  std::string digest = fmt::format("sha256:{}", path);
  return image::is_digest(digest) ? digest : std::string();
}

Result<store::BlobInfo> ArchiveBag::keep(const archive::Entry& entry, archive::Reader& reader,
                                         const std::string& path) {
  const auto source = [&reader](char* buffer, size_t size) { return reader.read(buffer, size); };
  const std::string digest = promised_digest(path);
  if (digest.empty()) {
    store::BlobWriter writer = COVE_TRY(blobs_.create());
    return arrivals_.keep(writer, source, {entry.size, guessed_diff_id(path)});
  }
  auto writer = COVE_TRY(blobs_.resume(digest, entry.size));
  if (!writer) return store::BlobInfo{digest, entry.size};
  // The archive begins at the beginning.
  COVE_TRY(writer->restart());
  return arrivals_.keep(*writer, source, {entry.size, {}});
}

Status ArchiveBag::add(const archive::Entry& entry, archive::Reader& reader) {
  const std::string path = normal_path(entry.path);
  if (path.empty()) return {};
  if (entry.type == archive::Type::file) {
    files_[path] = COVE_TRY(keep(entry, reader, path).context(quote(entry.path)));
  } else if (entry.type == archive::Type::symlink) {
    // In an archive of `docker save`, to a layer that stands there already.
    links_[path] = normal_path(path.substr(0, path.rfind('/') + 1) + entry.link);
  } else if (entry.type == archive::Type::hard_link) {
    links_[path] = normal_path(entry.link);
  }
  return {};
}

Status ArchiveBag::read(int fd) {
  codec::Decompressor stream([fd](char* buffer, size_t size) { return sys::read_some(fd, buffer, size); });
  archive::Limits limits;
  limits.entries = kMostEntries;
  archive::Reader reader([&stream](char* buffer, size_t size) { return stream.read(buffer, size); }, limits);
  while (const auto entry = COVE_TRY(reader.next())) COVE_TRY(add(*entry, reader));
  return {};
}

const store::BlobInfo* ArchiveBag::find(const std::string& path) const {
  std::string name = normal_path(path);
  constexpr int kMostLinks = 8;
  for (int links = 0; links < kMostLinks; ++links) {
    if (const auto file = files_.find(name); file != files_.end()) return &file->second;
    const auto link = links_.find(name);
    if (link == links_.end()) return nullptr;
    name = link->second;
  }
  return nullptr;
}

Result<store::BlobInfo> ArchiveBag::blob(const std::string& path, const std::string& digest) {
  const store::BlobInfo* found = find(path);
  if (found == nullptr) return not_there(path);
  if (!digest.empty() && found->digest != digest)
    return Error(ErrorCode::invalid_argument,
                 fmt::format("{} should be {}, but is {}", quote(path), digest, found->digest));
  return *found;
}

Result<std::string> ArchiveBag::text(const std::string& path) {
  const store::BlobInfo* found = find(path);
  if (found == nullptr) return not_there(path);
  return blobs_.read(found->digest, image::kLargestDocument);
}

class DirectoryBag final : public Bag {
 public:
  DirectoryBag(const store::Blobs& blobs, store::Arrivals& arrivals, UniqueFd root)
      : blobs_(blobs), arrivals_(arrivals), root_(std::move(root)) {}

  bool has(const std::string& path) override {
    const Result<UniqueFd> file = open(path);
    return file.ok();
  }
  Result<store::BlobInfo> blob(const std::string& path, const std::string& digest) override {
    return layer(path, digest, {});
  }
  Result<store::BlobInfo> layer(const std::string& path, const std::string& digest,
                                const std::string& diff_id) override;
  Result<std::string> text(const std::string& path) override {
    return sys::read_untrusted_file(root_.get(), path.c_str(), image::kLargestDocument);
  }

 private:
  Result<UniqueFd> open(const std::string& path);

  const store::Blobs blobs_;
  store::Arrivals& arrivals_;
  UniqueFd root_;
};

Result<UniqueFd> DirectoryBag::open(const std::string& path) {
  UniqueFd file = COVE_TRY(sys::open_in_root(root_.get(), path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY));
  const struct stat info = COVE_TRY(sys::stat_fd(file.get()));
  if (!S_ISREG(info.st_mode)) return not_there(path);
  return file;
}

Result<store::BlobInfo> DirectoryBag::layer(const std::string& path, const std::string& digest,
                                            const std::string& diff_id) {
  Result<UniqueFd> file = open(path);
  if (!file && file.error().sys_errno() == ENOENT) return not_there(path);
  if (!file) return std::move(file).error();
  const auto bytes = static_cast<uint64_t>(COVE_TRY(sys::stat_fd(file->get())).st_size);
  std::optional<store::BlobWriter> writer;
  if (digest.empty()) {
    writer.emplace(COVE_TRY(blobs_.create()));
  } else {
    auto resumed = COVE_TRY(blobs_.resume(digest, bytes));
    if (!resumed) return store::BlobInfo{digest, bytes};
    writer.emplace(std::move(*resumed));
    COVE_TRY(writer->restart());
  }
  return arrivals_.keep(
      *writer, [&file](char* buffer, size_t size) { return sys::read_some(file->get(), buffer, size); },
      {bytes, diff_id});
}

}  // namespace

Result<std::unique_ptr<Bag>> read_archive(const store::Blobs& blobs, store::Arrivals& arrivals, int fd) {
  auto bag = std::make_unique<ArchiveBag>(blobs, arrivals);
  COVE_TRY(bag->read(fd));
  std::unique_ptr<Bag> filled = std::move(bag);
  return filled;
}

Result<std::unique_ptr<Bag>> open_directory(const store::Blobs& blobs, store::Arrivals& arrivals,
                                            const std::string& path) {
  UniqueFd root = COVE_TRY(sys::open_path(path.c_str(), O_RDONLY | O_DIRECTORY));
  std::unique_ptr<Bag> bag = std::make_unique<DirectoryBag>(blobs, arrivals, std::move(root));
  return bag;
}

}  // namespace cove::images
