#include "runtime/notify.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <array>

#include "base/strings.h"
#include "sys/file.h"
#include "sys/poll.h"
#include "sys/process.h"
#include "sys/socket.h"

namespace cove::runtime {
namespace {

constexpr const char* kSocketName = "notify.sock";

bool says_ready(std::string_view text) {
  while (const auto line = next_line(text)) {
    if (*line == "READY=1") return true;
  }
  return false;
}

}  // namespace

Result<std::string> make_notify_directory(const ContainerDirectory& directory) {
  COVE_TRY(sys::make_directory_at(directory.fd(), kNotifyDirectory, 0755));
  return fmt::format("{}/{}", directory.path(), kNotifyDirectory);
}

Result<NotifyRelay> NotifyRelay::open(const ContainerDirectory& directory, const std::string& notify_socket) {
  NotifyRelay relay;
  if (notify_socket.empty()) return relay;
  const Result<UniqueFd> inside =
      sys::open_at(directory.fd(), kNotifyDirectory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  if (!inside) return relay;
  relay.socket_ = COVE_TRY(sys::bind_datagram_at(inside->get(), kSocketName));
  relay.target_ = notify_socket;
  return relay;
}

Status NotifyRelay::relay_until_ready(pid_t pid) const {
  if (!socket_.valid()) return {};
  const UniqueFd process = COVE_TRY(sys::open_pidfd(pid));
  while (true) {
    std::array<struct pollfd, 2> entries{{{.fd = socket_.get(), .events = POLLIN, .revents = 0},
                                          {.fd = process.get(), .events = POLLIN, .revents = 0}}};
    COVE_TRY(sys::poll_until(entries, sys::kNever));
    // What it has said before its end counts.
    if (entries[0].revents == 0) return {};
    std::array<std::byte, 4096> buffer;
    const sys::Datagram datagram = COVE_TRY(sys::receive_datagram(socket_.get(), buffer));
    const std::string_view text(reinterpret_cast<const char*>(buffer.data()), datagram.size);
    if (!says_ready(text)) continue;
    return sys::send_datagram_to(target_, fmt::format("READY=1\nMAINPID={}\n", pid));
  }
}

Status NotifyRelay::relay_in_background(pid_t pid) const {
  if (!socket_.valid()) return {};
  const pid_t child = COVE_TRY(sys::fork_process());
  if (child != 0) return {};
  static_cast<void>(sys::set_parent_death_signal(SIGKILL));
  static_cast<void>(relay_until_ready(pid));
  sys::exit_now(0);
}

}  // namespace cove::runtime
