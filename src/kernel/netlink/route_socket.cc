#include "kernel/netlink/route_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/netlink.h>
#include <sched.h>

#include <algorithm>
#include <optional>

#include "sys/file.h"
#include "sys/netlink.h"
#include "sys/process.h"

namespace cove::netlink {
namespace {

// The kernel's answers to a list are at most this long.
constexpr size_t kBufferSize = 32768;
// So many requests at once: their acknowledgements must find room in the socket's receive buffer.
constexpr size_t kMaxUnanswered = 32;
constexpr int kMaxDumps = 10;

Error explain(const Acknowledgement& answer, std::string_view what) {
  const std::string operation =
      answer.words.empty() ? std::string(what) : fmt::format("{}: {}", what, answer.words);
  return Error::from_errno(operation, answer.error);
}

// As many whole messages as may be sent at once, off the front of `rest`.
Result<Bytes> next_chunk(Bytes& rest) {
  Bytes behind = rest;
  for (size_t i = 0; i < kMaxUnanswered; ++i) {
    if (!COVE_TRY(next_message(behind)).has_value()) break;
  }
  const Bytes chunk = rest.first(rest.size() - behind.size());
  rest = behind;
  return chunk;
}

size_t count_messages(Bytes chunk) {
  size_t count = 0;
  while (!chunk.empty() && next_message(chunk).value().has_value()) ++count;
  return count;
}

// Counts the acknowledgements in a datagram, and keeps the first error.
Result<size_t> take_acknowledgements(Bytes datagram, const Batch& batch, std::optional<Error>& first) {
  size_t count = 0;
  while (const auto message = COVE_TRY(next_message(datagram))) {
    if (message->type != NLMSG_ERROR) continue;
    ++count;
    const Acknowledgement answer = COVE_TRY(parse_acknowledgement(*message));
    if (answer.error == 0 || first.has_value()) continue;
    const size_t index = message->sequence - size_t{1};
    if (index >= batch.descriptions().size()) return Error(ErrorCode::protocol, "netlink: a stray answer");
    first = explain(answer, batch.descriptions()[index]);
  }
  return count;
}

// What answers one request.
struct Answer {
  std::vector<std::byte> messages;
  bool complete = false;
  bool interrupted = false;
};

// Takes what a datagram adds to the answer.
Status collect(Bytes datagram, Answer& answer, std::string_view what) {
  while (!datagram.empty() && !answer.complete) {
    const Bytes whole = datagram;
    const auto message = COVE_TRY(next_message(datagram));
    if ((message->flags & NLM_F_DUMP_INTR) != 0) answer.interrupted = true;
    if (message->type == NLMSG_ERROR || message->type == NLMSG_DONE) {
      const Acknowledgement last = COVE_TRY(parse_acknowledgement(*message));
      if (last.error != 0) return explain(last, what);
      answer.complete = true;
    } else if (message->type != NLMSG_NOOP) {
      const Bytes taken = whole.first(whole.size() - datagram.size());
      answer.messages.insert(answer.messages.end(), taken.begin(), taken.end());
    }
  }
  return {};
}

}  // namespace

MessageWriter& Batch::add(uint16_t type, uint16_t flags, std::string what) {
  writer_.begin(type, flags | NLM_F_REQUEST | NLM_F_ACK);
  what_.push_back(std::move(what));
  return writer_;
}

Result<RouteSocket> RouteSocket::open() {
  return RouteSocket(COVE_TRY(sys::open_netlink(NETLINK_ROUTE)));
}

Result<RouteSocket> RouteSocket::open_in(int netns_fd) {
  const UniqueFd own = COVE_TRY(sys::open_path("/proc/self/ns/net", O_RDONLY));
  COVE_TRY(sys::enter_namespace(netns_fd, CLONE_NEWNET, "network"));
  Result<RouteSocket> socket = open();
  Status back = sys::enter_namespace(own.get(), CLONE_NEWNET, "network");
  if (!back.ok()) return std::move(back.error().set_code(ErrorCode::internal).add_context("come back"));
  return socket;
}

Status RouteSocket::run(const Batch& batch) {
  std::vector<std::byte> buffer(kBufferSize);
  std::optional<Error> first;
  for (Bytes rest = batch.bytes(); !rest.empty();) {
    const Bytes chunk = COVE_TRY(next_chunk(rest));
    COVE_TRY(sys::send_netlink(fd_.get(), chunk));
    for (size_t unanswered = count_messages(chunk); unanswered > 0;) {
      const size_t size = COVE_TRY(sys::receive_netlink(fd_.get(), buffer));
      const size_t answered = COVE_TRY(take_acknowledgements(Bytes(buffer).first(size), batch, first));
      unanswered -= std::min(answered, unanswered);
    }
  }
  if (first.has_value()) return *std::move(first);
  return {};
}

Result<std::vector<std::byte>> RouteSocket::ask(const Batch& request) {
  const std::string& what = request.descriptions().front();
  std::vector<std::byte> buffer(kBufferSize);
  for (int i = 0; i < kMaxDumps; ++i) {
    COVE_TRY(sys::send_netlink(fd_.get(), request.bytes()));
    Answer answer;
    while (!answer.complete) {
      const size_t size = COVE_TRY(sys::receive_netlink(fd_.get(), buffer));
      COVE_TRY(collect(Bytes(buffer).first(size), answer, what));
    }
    if (!answer.interrupted) return std::move(answer.messages);
  }
  return Error(ErrorCode::system, fmt::format("{}: it changes faster than it can be read", what), EINTR);
}

}  // namespace cove::netlink
