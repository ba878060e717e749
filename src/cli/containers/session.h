// The user's terminal or streams, attached to a container through its monitor. Called by the process that the
// user started.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/unique_fd.h"

namespace cove::cli {

struct SessionOptions {
  bool tty = false;          // the container has a terminal
  bool interactive = false;  // standard input is passed on
  bool output = true;        // standard output and error are passed on
  std::string detach_keys;   // bytes; empty: there are none
  // Passes a signal on; empty: signals do what they do.
  std::function<void(int signal)> forward;
};

struct SessionEnd {
  std::optional<int> exit_status;  // of the container; nothing: detached, or the monitor is gone
  bool detached = false;
};

// Must be called before the container is started, so that no signal is missed: blocks those that are passed
// on.
Status prepare_session();

// Until the container has ended, the user has detached, or the monitor is gone.
Result<SessionEnd> run_session(UniqueFd socket, const SessionOptions& options);

// What is said of a session that ended with neither.
inline constexpr std::string_view kMonitorKilled =
    "its monitor was killed: what the container writes is lost from here on; waiting for its end";

// "ctrl-p,ctrl-q", "a", "ctrl-@": the bytes that they type. As docker's --detach-keys.
Result<std::string> parse_detach_keys(std::string_view text);
inline constexpr std::string_view kDetachKeys = "ctrl-p,ctrl-q";

}  // namespace cove::cli
