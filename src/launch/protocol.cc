#include "launch/protocol.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "sys/socket.h"

namespace cove::launch {
namespace {

constexpr uint32_t kMagic = 0x65766f63;  // "cove"

struct Header {
  uint32_t magic;
  uint16_t message;
  uint16_t step;
  int32_t pid;
  int32_t sys_errno;
  uint16_t code;
  uint16_t message_size;  // bytes of text that follow
  uint16_t hint_size;     // bytes of hint after that
  uint16_t reserved;
};
static_assert(std::is_trivially_copyable_v<Header> && sizeof(Header) == 24);
constexpr size_t kMaxText = 1024;
constexpr size_t kMaxHint = kMaxDatagram - sizeof(Header) - kMaxText;

Side sender_of(Message message) noexcept {
  for (const MessageRule& rule : kMessageRules) {
    if (rule.message == message) return rule.sender;
  }
  return Side::child;
}

bool is_known(uint16_t message) noexcept {
  return std::any_of(kMessageRules.begin(), kMessageRules.end(),
                     [&](const MessageRule& rule) { return static_cast<uint16_t>(rule.message) == message; });
}

Error protocol_error(std::string_view text) {
  return Error(ErrorCode::protocol, fmt::format("launch protocol: {}", text));
}

bool any_idmapped(const LaunchPlan& plan) noexcept {
  return plan.root.idmapped || std::any_of(plan.mounts.begin(), plan.mounts.end(),
                                           [](const MountPlan& mount) { return mount.idmapped; });
}

}  // namespace

std::string_view message_name(Message message) noexcept {
  switch (message) {
    case Message::spawned:
      return "spawned";
    case Message::opened:
      return "opened";
    case Message::ids_ready:
      return "ids_ready";
    case Message::mounted:
      return "mounted";
    case Message::hooks_done:
      return "hooks_done";
    case Message::console:
      return "console";
    case Message::created:
      return "created";
    case Message::detach:
      return "detach";
    case Message::start:
      return "start";
    case Message::listener:
      return "listener";
    case Message::failed:
      return "failed";
  }
  return "unknown";
}

bool needs_joiner(const LaunchPlan& plan) noexcept {
  return std::any_of(plan.namespaces.begin(), plan.namespaces.end(),
                     [](const NamespacePlan& ns) { return ns.mode == NamespaceMode::join; });
}

bool has_hooks(const LaunchPlan& plan) noexcept {
  return !plan.container.hooks_after_mounts.empty() || !plan.process.hooks_before_pivot.empty() ||
         !plan.process.hooks_before_exec.empty();
}

bool waits_for_start(const LaunchPlan& plan) noexcept {
  return plan.container.enabled && !plan.container.start_socket.empty();
}

std::vector<Message> start_sequence(bool with_listener) {
  std::vector<Message> sequence{Message::start};
  if (with_listener) sequence.push_back(Message::listener);
  return sequence;
}

std::vector<Message> expected_sequence(const LaunchPlan& plan) {
  std::vector<Message> sequence;
  if (needs_joiner(plan)) sequence.push_back(Message::spawned);
  if (plan.is_fresh(NamespaceKind::user) || any_idmapped(plan) || !plan.net_devices.empty() ||
      !plan.networks.empty())
    sequence.push_back(Message::ids_ready);
  if (has_hooks(plan)) sequence.insert(sequence.end(), {Message::mounted, Message::hooks_done});
  if (plan.process.stdio == StdioMode::tty) sequence.push_back(Message::console);
  if (waits_for_start(plan)) {
    sequence.insert(sequence.end(), {Message::created, Message::detach});
  } else if (plan.lockdown.seccomp_listener) {
    sequence.push_back(Message::listener);
  }
  return sequence;
}

size_t encode(Message message, int32_t pid, const Failure* failure,
              std::span<std::byte, kMaxDatagram> out) noexcept {
  Header header{};
  header.magic = kMagic;
  header.message = static_cast<uint16_t>(message);
  header.pid = pid;
  std::byte* end = out.data() + sizeof header;
  if (failure != nullptr) {
    header.step = failure->step;
    header.sys_errno = failure->sys_errno;
    header.code = static_cast<uint16_t>(failure->code);
    header.message_size = static_cast<uint16_t>(std::min(failure->message.size(), kMaxText));
    header.hint_size = static_cast<uint16_t>(std::min(failure->hint.size(), kMaxHint));
    std::memcpy(end, failure->message.data(), header.message_size);
    end += header.message_size;
    std::memcpy(end, failure->hint.data(), header.hint_size);
    end += header.hint_size;
  }
  std::memcpy(out.data(), &header, sizeof header);
  return static_cast<size_t>(end - out.data());
}

Result<Decoded> decode(std::span<const std::byte> datagram) {
  Header header{};
  if (datagram.size() < sizeof header) return protocol_error("short datagram");
  std::memcpy(&header, datagram.data(), sizeof header);
  if (header.magic != kMagic || !is_known(header.message)) return protocol_error("unknown message");
  const size_t text_size = size_t{header.message_size} + header.hint_size;
  if (header.message_size > kMaxText || header.hint_size > kMaxHint ||
      datagram.size() != sizeof header + text_size) {
    return protocol_error("wrong message size");
  }
  Decoded decoded;
  decoded.message = static_cast<Message>(header.message);
  decoded.pid = header.pid;
  if (decoded.message != Message::failed) {
    if (text_size != 0) return protocol_error("text in a message without text");
    return decoded;
  }
  if (header.code > static_cast<uint16_t>(kLastErrorCode)) return protocol_error("unknown error code");
  const char* text = reinterpret_cast<const char*>(datagram.data() + sizeof header);
  decoded.failure = Failure{header.step, static_cast<ErrorCode>(header.code), header.sys_errno,
                            std::string(text, header.message_size),
                            std::string(text + header.message_size, header.hint_size)};
  return decoded;
}

Status Channel::send(Message message, std::span<const int> fds, int32_t pid) {
  if (sender_of(message) != side_ || position_ >= sequence_.size() || sequence_[position_] != message) {
    return protocol_error(fmt::format("{} sent out of order", message_name(message)));
  }
  ++position_;
  std::array<std::byte, kMaxDatagram> buffer;
  const size_t size = encode(message, pid, nullptr, buffer);
  return sys::send_datagram(socket_.get(), std::span(buffer).first(size), fds).context(message_name(message));
}

void Channel::send_failure(const Failure& failure) noexcept {
  std::array<std::byte, kMaxDatagram> buffer;
  const size_t size = encode(Message::failed, 0, &failure, buffer);
  static_cast<void>(sys::send_datagram(socket_.get(), std::span(buffer).first(size)));
}

Result<Channel::Received> Channel::receive() {
  std::array<std::byte, kMaxDatagram> buffer;
  sys::Datagram datagram = COVE_TRY(sys::receive_datagram(socket_.get(), buffer));
  Received received;
  if (datagram.size == 0) {
    received.closed = true;
    return received;
  }
  received.decoded = COVE_TRY(decode(std::span(buffer).first(datagram.size)));
  received.fds = std::move(datagram.fds);
  const Message message = received.decoded.message;
  if (message == Message::failed && side_ == Side::parent) return received;
  if (sender_of(message) == side_ || position_ >= sequence_.size() || sequence_[position_] != message) {
    return protocol_error(fmt::format("{} received out of order", message_name(message)));
  }
  ++position_;
  return received;
}

}  // namespace cove::launch
