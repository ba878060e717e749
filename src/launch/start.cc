#include "launch/init.h"
#include "launch/launch.h"
#include "launch/protocol.h"
#include "sys/socket.h"

namespace cove::launch {

Status start_container(int dir_fd, const char* name, const std::function<Status(int listener)>& on_listener) {
  Channel channel(COVE_TRY(sys::connect_at(dir_fd, name)), Side::parent,
                  start_sequence(static_cast<bool>(on_listener)));
  COVE_TRY(channel.send(Message::start));
  while (true) {
    const Channel::Received received = COVE_TRY(channel.receive());
    // The exec has closed the child's end, or its death has.
    if (received.closed) return {};
    if (received.decoded.failure) return child_error(*received.decoded.failure);
    if (received.fds.size() == 1) COVE_TRY(on_listener(received.fds.front().get()));
  }
}

}  // namespace cove::launch
