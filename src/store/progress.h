// What a pull, a push or a load tells of itself while it goes on. Called from several threads, one at a time.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

namespace cove::store {

enum class Stage : uint8_t {
  waiting,
  moving,     // bytes go over the wire, or come from an archive
  moved,      // all have, and their digest is right
  unpacking,  // not of a push
  done,       // there and unpacked, or pushed
  present,    // there was nothing to do
  mounted,    // push: the registry took it over from another repository
};

// An image's blob, by its digest.
struct Item {
  std::string digest;
  uint64_t total = 0;    // bytes
  uint64_t moved = 0;    // bytes that are there
  uint64_t resumed = 0;  // of these, what was there before
  Stage stage = Stage::waiting;
  std::string detail;  // of Stage::mounted: the repository
};

class Progress {
 public:
  Progress() = default;
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  virtual ~Progress() = default;

  // A line for people.
  void say(std::string_view line) {
    const std::lock_guard lock(mutex_);
    on_line(line);
  }
  void update(const Item& item) {
    const std::lock_guard lock(mutex_);
    on_item(item);
  }

 protected:
  virtual void on_line(std::string_view line) = 0;
  // Called for each change of stage, and often while bytes move.
  virtual void on_item(const Item& item) = 0;

 private:
  std::mutex mutex_;
};

}  // namespace cove::store
