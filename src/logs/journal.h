// Lines for the system's journal, in its native protocol: one datagram each, with Docker's fields. For the
// monitor: after open() nothing allocates, and a journal that does not take anything costs one wait of
// kJournalWaitMs. Source: systemd's "Native Journal Protocol", Docker's journald log driver.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/unique_fd.h"
#include "logs/channel.h"
#include "logs/options.h"

namespace cove::logs {

inline constexpr const char* kJournalSocket = "/run/systemd/journal/socket";
inline constexpr uint64_t kJournalWaitMs = 1000;

class Journal {
 public:
  // ErrorCode::unsupported, with the way out: nobody listens at `socket_path`.
  static Result<Journal> open(const LogOptions& options, const LogIdentity& identity,
                              const char* socket_path = kJournalSocket, uint64_t wait_ms = kJournalWaitMs);

  // One line, without its '\n'; `partial`: the next one goes on with it. 0 or the errno.
  int send(Channel channel, std::string_view text, bool partial) noexcept;

 private:
  UniqueFd socket_;
  std::string path_;
  std::string fields_;    // those that are the same for every line
  bool stalled_ = false;  // the last one was not taken: don't wait again
};

// Which command shows a container's log.
std::string journal_command(const LogIdentity& identity);

}  // namespace cove::logs
