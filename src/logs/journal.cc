#include "logs/journal.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "sys/datagram.h"

namespace cove::logs {
namespace {

constexpr size_t kShortId = 12;
constexpr std::string_view kOutPriority = "PRIORITY=6\n";  // informational
constexpr std::string_view kErrPriority = "PRIORITY=3\n";  // error
constexpr std::string_view kPartial = "CONTAINER_PARTIAL_MESSAGE=true\n";
// A field in this form may have any bytes: its name, a line end, its size in 8 bytes, the bytes, a line end.
constexpr std::string_view kMessage = "MESSAGE\n";

struct iovec part_of(std::string_view text) noexcept {
  return {const_cast<char*>(text.data()), text.size()};  // NOLINT: sendmsg(2) does not write
}

}  // namespace

Result<Journal> Journal::open(const LogOptions& options, const LogIdentity& identity, const char* socket_path,
                              uint64_t wait_ms) {
  Journal journal;
  journal.socket_ = COVE_TRY(sys::open_datagram_socket(wait_ms));
  if (const int error = sys::try_reach(journal.socket_.get(), socket_path); error != 0) {
    Error refused = Error::from_errno(fmt::format("log driver journald: reach {}", socket_path), error);
    refused.set_code(ErrorCode::unsupported);
    refused.set_hint("start systemd-journald, or keep the log in files with --log-driver local");
    return refused;
  }
  journal.path_ = socket_path;
  const std::string short_id = identity.id.substr(0, kShortId);
  const std::string tag = options.tag.empty() ? short_id : COVE_TRY(expand_tag(options.tag, identity));
  journal.fields_ = fmt::format(
      "CONTAINER_ID={}\nCONTAINER_ID_FULL={}\nCONTAINER_NAME={}\nCONTAINER_TAG={}\nSYSLOG_IDENTIFIER={}\n",
      short_id, identity.id, identity.name, tag, tag);
  return journal;
}

int Journal::send(Channel channel, std::string_view text, bool partial) noexcept {
  std::array<char, sizeof(uint64_t)> size;
  const uint64_t length = text.size();
  std::memcpy(size.data(), &length, sizeof length);
  std::array<struct iovec, 7> parts{part_of(fields_),
                                    part_of(channel == Channel::out ? kOutPriority : kErrPriority),
                                    part_of(partial ? kPartial : std::string_view()),
                                    part_of(kMessage),
                                    part_of({size.data(), size.size()}),
                                    part_of(text),
                                    part_of("\n")};
  const int error = sys::send_parts_to(socket_.get(), path_.c_str(), parts, !stalled_);
  stalled_ = error == EAGAIN;
  return error;
}

std::string journal_command(const LogIdentity& identity) {
  return fmt::format("journalctl CONTAINER_ID_FULL={}", identity.id);
}

}  // namespace cove::logs
