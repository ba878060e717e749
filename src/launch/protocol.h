// The messages between the processes of one launch, over one SOCK_SEQPACKET socket. Both sides compute the
// sequence from the plan, and a message out of order is an error on either side.
//
//   message       from → to          when                                 carries
//   spawned       joiner → parent    a namespace is joined                the child's pid
//   opened        opener → parent    something is opened from outside     descriptors of those mounts
//                 on a socket of     the new user namespace
//                 its own
//   ids_ready     parent → child     the user namespace is new, or a      descriptors of the mounts that are
//                                    mount is id-mapped, or network       id-mapped or opened outside
//                                    devices are moved, or networks
//                                    are attached
//   mounted       child → parent     there are hooks                      nothing: the parent's hooks are due
//   hooks_done    parent → child     after `mounted`                      the child's pid, for its own hooks
//   console       child → parent     a terminal was asked for             the pty's master
//   created       child → parent     the child waits to be started        nothing
//   detach        parent → child     after `created`                      nothing: the child's life is its
//   own now start         starter → child    on a connection of its own, at the   nothing
//                                    place that LaunchPlan::container names
//   listener      child → parent     the filter has a supervisor          its descriptor
//                 or starter
//   (end of file) child → parent     execve(2) closed the child's end: the command runs
//   failed        child → parent     at any time, once                    step, code, errno, text
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "launch/plan.h"

namespace cove::launch {

enum class Message : uint16_t {
  spawned = 1,
  opened,
  ids_ready,
  mounted,
  hooks_done,
  console,
  created,
  detach,
  start,
  listener,
  failed,
};
std::string_view message_name(Message message) noexcept;

enum class Side : uint8_t { parent, child };

struct MessageRule {
  Message message;
  Side sender;
};
inline constexpr std::array kMessageRules{
    MessageRule{Message::spawned, Side::child},     MessageRule{Message::opened, Side::child},
    MessageRule{Message::ids_ready, Side::parent},  MessageRule{Message::mounted, Side::child},
    MessageRule{Message::hooks_done, Side::parent}, MessageRule{Message::console, Side::child},
    MessageRule{Message::created, Side::child},     MessageRule{Message::detach, Side::parent},
    MessageRule{Message::start, Side::parent},      MessageRule{Message::listener, Side::child},
    MessageRule{Message::failed, Side::child},
};

// The messages, in order, that a launch of this plan exchanges when nothing fails.
std::vector<Message> expected_sequence(const LaunchPlan& plan);
// The same for the connection over which a child that waits is started.
std::vector<Message> start_sequence(bool with_listener);
bool needs_joiner(const LaunchPlan& plan) noexcept;
bool has_hooks(const LaunchPlan& plan) noexcept;
bool waits_for_start(const LaunchPlan& plan) noexcept;

// Failure::step of the joiner and the opener, which have no step list.
inline constexpr uint16_t kJoinerStep = 0xffff;
inline constexpr uint16_t kOpenerStep = 0xfffe;

// An error on its way from the child; text beyond the fields is cut.
struct Failure {
  uint16_t step = 0;  // index into the child's step list
  ErrorCode code = ErrorCode::unspecified;
  int32_t sys_errno = 0;
  std::string message;
  std::string hint;
};

// What a datagram holds.
struct Decoded {
  Message message = Message::failed;
  int32_t pid = 0;                 // spawned, hooks_done
  std::optional<Failure> failure;  // failed
};

inline constexpr size_t kMaxDatagram = 2048;
// Fixed layouts; both sides are one program, so the byte order and widths are the machine's.
size_t encode(Message message, int32_t pid, const Failure* failure,
              std::span<std::byte, kMaxDatagram> out) noexcept;
// Checks magic, size, type and every field; the bytes may come from a compromised child.
Result<Decoded> decode(std::span<const std::byte> datagram);

// One side's end of the socket, with its place in the sequence.
class Channel {
 public:
  Channel() = default;
  Channel(UniqueFd socket, Side side, std::vector<Message> sequence)
      : socket_(std::move(socket)), side_(side), sequence_(std::move(sequence)) {}

  Status send(Message message, std::span<const int> fds = {}, int32_t pid = 0);
  // Best effort: the parent may be gone.
  void send_failure(const Failure& failure) noexcept;

  struct Received {
    bool closed = false;  // the other side is gone, or has called execve(2)
    Decoded decoded;
    std::vector<UniqueFd> fds;
  };
  // Any message but the next of the sequence, `failed` excepted, is a protocol error.
  Result<Received> receive();
  // Takes `message` as exchanged by another process that used this end before.
  void skip(Message message) noexcept {
    if (position_ < sequence_.size() && sequence_[position_] == message) ++position_;
  }
  // True when every message of the sequence has been exchanged.
  [[nodiscard]] bool complete() const noexcept { return position_ == sequence_.size(); }
  [[nodiscard]] int fd() const noexcept { return socket_.get(); }
  void close() noexcept { socket_.reset(); }

 private:
  UniqueFd socket_;
  Side side_ = Side::parent;
  std::vector<Message> sequence_;
  size_t position_ = 0;
};

}  // namespace cove::launch
