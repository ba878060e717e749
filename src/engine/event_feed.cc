#include "engine/event_feed.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>

#include <array>

#include "sys/file.h"
#include "sys/notice.h"
#include "sys/poll.h"
#include "sys/pseudo_file.h"

namespace cove::engine {

Result<EventFeed> EventFeed::open(const Roots& roots, bool past, bool follow) {
  const std::string path = roots.data + "/events";
  COVE_TRY(sys::make_directories(path, 0700));
  UniqueFd directory = COVE_TRY(sys::open_path(path.c_str(), O_RDONLY | O_DIRECTORY));
  UniqueFd inotify;
  if (follow) {
    inotify = COVE_TRY(sys::open_inotify());
    COVE_TRY(sys::watch_directory(inotify.get(), directory.get()));
  }
  EventFeed feed(std::move(directory), std::move(inotify));
  if (past) COVE_TRY(feed.use(kOlderEventFile));
  if (!feed.file_.valid()) COVE_TRY(feed.use(kEventFile));
  while (!past && COVE_TRY(feed.take_text())) feed.text_.clear();
  return feed;
}

// Goes on with this file, from its beginning. False: it is not there.
Result<bool> EventFeed::use(const char* name) {
  Result<UniqueFd> file = sys::open_at(directory_.get(), name, O_RDONLY | O_NOFOLLOW);
  if (!file && file.error().sys_errno() != ENOENT) return std::move(file).error();
  if (!file) return false;
  file_ = std::move(*file);
  text_.clear();  // of the one before: half a line that has no end
  taken_ = 0;
  return true;
}

bool EventFeed::is_file(const char* name) const {
  const auto there = sys::stat_at(directory_.get(), name, AT_SYMLINK_NOFOLLOW);
  const auto held = sys::stat_fd(file_.get());
  return there && held && there->st_ino == held->st_ino && there->st_dev == held->st_dev;
}

// Whether there was more in the file.
Result<bool> EventFeed::take_text() {
  if (!file_.valid()) return false;
  text_.erase(0, taken_);
  taken_ = 0;
  std::array<char, 65536> buffer;
  const ssize_t got = sys::read_some(file_.get(), buffer);
  if (got < 0) return Error::from_errno("read the events", static_cast<int>(-got));
  text_.append(buffer.data(), static_cast<size_t>(got));
  return got > 0;
}

// At the end of a file: goes on with the next one, if it was put aside. Whether there may be more.
Result<bool> EventFeed::turn_over() {
  if (file_.valid() && is_file(kEventFile)) return false;
  // Nobody writes to it any more; what was written just before it was put aside counts.
  if (COVE_TRY(take_text())) return true;
  // Where another was put aside after it, that one comes first.
  const bool skipped = file_.valid() && !is_file(kOlderEventFile);
  if (skipped && COVE_TRY(use(kOlderEventFile))) return true;
  return use(kEventFile);
}

Result<std::optional<Event>> EventFeed::next() {
  while (true) {
    const size_t end = text_.find('\n', taken_);
    if (end != std::string::npos) {
      Result<Event> event = parse_event(std::string_view(text_).substr(taken_, end - taken_));
      taken_ = end + 1;
      if (event) return std::optional(std::move(*event));
    } else if (!COVE_TRY(take_text()) && !COVE_TRY(turn_over())) {
      return std::optional<Event>();
    }
  }
}

Status EventFeed::wait(uint64_t deadline_ns) const {
  struct pollfd entry {
    inotify_.get(), POLLIN, 0
  };
  COVE_TRY(sys::poll_until({&entry, 1}, deadline_ns));
  return sys::drain_inotify(inotify_.get());
}

}  // namespace cove::engine
