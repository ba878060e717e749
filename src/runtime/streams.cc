// Terminals, pid files and listeners, handed to those who asked for them.
#include <fmt/format.h>

#include "runtime/launch_container.h"
#include "sys/file.h"
#include "sys/socket.h"

namespace cove::runtime {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

Error bad(std::string text, std::string hint) {
  Error error(ErrorCode::invalid_argument, std::move(text));
  error.set_hint(std::move(hint));
  return error;
}

}  // namespace

Status check_streams(const StreamOptions& streams, bool terminal) {
  if (terminal && streams.detach && streams.console_socket.empty()) {
    return bad("cannot allocate tty if runtime will detach without setting console socket",
               "give --console-socket, or set process.terminal to false");
  }
  if (!terminal && !streams.console_socket.empty()) {
    return bad("cannot use console socket if runtime will not detach or allocate tty",
               "leave out --console-socket, or set process.terminal to true");
  }
  return {};
}

Status send_console(const StreamOptions& streams, int master) {
  if (streams.console_socket.empty() || master < 0) return {};
  const UniqueFd socket = COVE_TRY(sys::connect_stream(streams.console_socket).context("console socket"));
  return sys::send_datagram(socket.get(), bytes_of("/dev/ptmx"), {&master, 1}).context("console socket");
}

Status write_pid_file(const StreamOptions& streams, pid_t pid) {
  if (streams.pid_file.empty()) return {};
  return sys::replace_file(streams.pid_file.c_str(), fmt::format("{}", pid), 0644).context("pid file");
}

Status send_listener(const spec::Spec& spec, const Record& record, pid_t pid, spec::ContainerStatus status,
                     int listener) {
  if (listener < 0 || !spec.linux_config.seccomp) return {};
  const spec::Seccomp& seccomp = *spec.linux_config.seccomp;
  spec::ContainerProcessState process;
  process.oci_version = spec.oci_version;
  process.fds = {"seccompFd"};
  process.pid = pid;
  process.metadata = seccomp.listener_metadata;
  process.state = state_of(record, status);
  const UniqueFd socket =
      COVE_TRY(sys::connect_stream(seccomp.listener_path)
                   .context("linux.seccomp.listenerPath: failed to connect with seccomp agent"));
  return sys::send_datagram(socket.get(), bytes_of(spec::print_process_state(process)), {&listener, 1})
      .context("seccomp agent");
}

}  // namespace cove::runtime
