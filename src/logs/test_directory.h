// A directory of a test's own, which goes when it goes.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <set>
#include <string>

#include "base/unique_fd.h"
#include "sys/file.h"

namespace cove::logs {

class TestDirectory {
 public:
  TestDirectory() {
    EXPECT_NE(::mkdtemp(path_.data()), nullptr);
    fd_ = sys::open_path(path_.c_str(), O_RDONLY | O_DIRECTORY).value();
  }
  TestDirectory(const TestDirectory&) = delete;
  TestDirectory& operator=(const TestDirectory&) = delete;
  ~TestDirectory() { remove_all(); }

  [[nodiscard]] int fd() const { return fd_.get(); }
  [[nodiscard]] UniqueFd duplicate() const { return sys::duplicate_fd(fd_.get()).value(); }
  [[nodiscard]] std::string path(const std::string& name) const { return path_ + "/" + name; }
  [[nodiscard]] std::string content(const std::string& name) const {
    auto text = sys::read_file_at(fd_.get(), name.c_str(), size_t{64} << 20);
    EXPECT_TRUE(text.ok()) << name;
    return text ? *text : "";
  }
  void put(const std::string& name, std::string_view text) const {
    EXPECT_TRUE(sys::replace_file_at(fd_.get(), name.c_str(), text, 0600).ok());
  }
  [[nodiscard]] std::set<std::string> names() const {
    const auto list = sys::list_directory(fd_.get(), ".");
    EXPECT_TRUE(list.ok());
    return {list->begin(), list->end()};
  }
  [[nodiscard]] uint64_t largest() const {
    uint64_t size = 0;
    for (const std::string& name : names())
      size = std::max(size, static_cast<uint64_t>(sys::stat_at(fd_.get(), name.c_str())->st_size));
    return size;
  }
  void remove_rotated_files() const {
    for (const std::string& name : names())
      if (!name.ends_with(".log")) static_cast<void>(sys::remove_file_at(fd_.get(), name.c_str()));
  }
  void remove_all() const { static_cast<void>(sys::remove_tree_at(AT_FDCWD, path_.c_str())); }

 private:
  std::string path_ = testing::TempDir() + "logs.XXXXXX";
  UniqueFd fd_;
};

}  // namespace cove::logs
