// Archives in a few words, and what becomes of them in each form. For tests.
#pragma once

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/mount.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "archive/header.h"
#include "archive/unpack.h"
#include "erofs/unpack.h"
#include "sys/file.h"
#include "sys/inode.h"
#include "sys/mount.h"

namespace cove::erofs {

using archive::Entry;
using archive::Type;

inline Entry entry_of(Type type, const std::string& path) {
  Entry entry;
  entry.type = type;
  entry.path = path;
  entry.mode = type == Type::directory ? 0755 : 0644;
  entry.uid = ::geteuid();
  entry.gid = ::getegid();
  return entry;
}

inline std::string file(const std::string& path, const std::string& content = {}) {
  Entry entry = entry_of(Type::file, path);
  entry.size = content.size();
  return archive::print_header(entry) + content +
         std::string(archive::padded(content.size()) - content.size(), '\0');
}
inline std::string directory(const std::string& path) {
  return archive::print_header(entry_of(Type::directory, path));
}
inline std::string link(Type type, const std::string& path, const std::string& target) {
  Entry entry = entry_of(type, path);
  entry.link = target;
  return archive::print_header(entry);
}

enum class Form : uint8_t {
  at_once,  // a directory
  last,     // the same, with small files written last
  image,
};

inline archive::Reader::Source source_of(const std::string& text) {
  return [&text, at = size_t{0}](char* buffer, size_t size) mutable -> Result<size_t> {
    const size_t part = std::min(size, text.size() - at);
    text.copy(buffer, part, at);
    at += part;
    return part;
  };
}

inline std::string whole(const std::string& text) {
  return text + std::string(2 * archive::kBlock, '\0');
}

inline Status unpack_to_directory(const std::string& entries, const archive::Limits& limits, Form form,
                                  int fd) {
  const std::string text = whole(entries);
  archive::Reader reader(source_of(text), limits);
  archive::UnpackOptions options;
  options.owners = options.devices = options.trusted = ::geteuid() == 0;
  options.special_bits = true;
  options.layer = true;
  std::vector<archive::PendingFile> pending;
  if (form == Form::last) {
    options.defer = [&pending](archive::PendingFile later) -> Status {
      pending.push_back(std::move(later));
      return {};
    };
  }
  archive::Unpacker unpacker(fd, options);
  while (const auto entry = COVE_TRY(reader.next())) COVE_TRY(unpacker.add(*entry, reader));
  for (auto later = pending.rbegin(); later != pending.rend(); ++later) COVE_TRY(unpacker.complete(*later));
  return unpacker.finish();
}

inline Status unpack_to_image(const std::string& entries, const archive::Limits& limits, int fd) {
  const std::string text = whole(entries);
  archive::Reader reader(source_of(text), limits);
  LayerImage image(fd, {1'000'000'000, 0});
  while (const auto entry = COVE_TRY(reader.next())) COVE_TRY(image.add(*entry, reader));
  return image.finish(1, 2);
}

// Its root directory.
inline Result<UniqueFd> open_image(const std::string& path) {
  const UniqueFd context = COVE_TRY(sys::fs_open("erofs"));
  COVE_TRY(sys::fs_set_string(context.get(), "source", path.c_str()));
  const UniqueFd mounted = COVE_TRY(sys::fs_mount(context.get(), "erofs", MOUNT_ATTR_RDONLY));
  return sys::open_at(mounted.get(), ".", O_RDONLY | O_DIRECTORY);
}

// A directory of a test's own.
class Home {
 public:
  Home() {
    std::string pattern = "/tmp/cove-layer-XXXXXX";
    if (::mkdtemp(pattern.data()) != nullptr) path_ = pattern;
    mask_ = ::umask(0);
  }
  ~Home() {
    ::umask(mask_);
    static_cast<void>(sys::remove_tree_at(AT_FDCWD, path_.c_str()));
  }
  Home(const Home&) = delete;
  Home& operator=(const Home&) = delete;
  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  UniqueFd make_directory(const std::string& name) {
    ::mkdir((path_ + "/" + name).c_str(), 0755);
    return UniqueFd(::open((path_ + "/" + name).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  }
  UniqueFd make_file(const std::string& name) {
    return UniqueFd(::open((path_ + "/" + name).c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  }

 private:
  std::string path_;
  mode_t mask_ = 0;
};

// Why there are no images here; empty: there are.
inline std::string why_no_images() {
  if (::geteuid() != 0) return "needs root";
  Home home;
  const UniqueFd file = home.make_file("image");
  if (const Status made = unpack_to_image({}, {}, file.get()); !made) return made.error().message();
  const auto opened = open_image(home.path() + "/image");
  return opened ? std::string() : "no image can be mounted: " + opened.error().message();
}

}  // namespace cove::erofs
