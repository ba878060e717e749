// Reads what record_event() has written, and what it is yet to write. Called by the process that the user
// started.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/unique_fd.h"
#include "engine/events.h"
#include "engine/roots.h"

namespace cove::engine {

class EventFeed {
 public:
  // `past`: with all that is kept; else what is yet to come only. `follow`: wait() waits.
  static Result<EventFeed> open(const Roots& roots, bool past, bool follow);

  // The next one, oldest first; nothing: call wait(). What is no event is left out.
  Result<std::optional<Event>> next();
  // Waits until there may be more, or the CLOCK_MONOTONIC time `deadline_ns` has come (sys::kNever: no
  // deadline).
  [[nodiscard]] Status wait(uint64_t deadline_ns) const;

 private:
  EventFeed(UniqueFd directory, UniqueFd inotify)
      : directory_(std::move(directory)), inotify_(std::move(inotify)) {}
  Result<bool> use(const char* name);
  Result<bool> take_text();
  Result<bool> turn_over();
  [[nodiscard]] bool is_file(const char* name) const;

  UniqueFd directory_;
  UniqueFd inotify_;
  UniqueFd file_;     // the one that is read; none: there is none yet
  std::string text_;  // what was read and not given out
  size_t taken_ = 0;  // of text_
};

}  // namespace cove::engine
