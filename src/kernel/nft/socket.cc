#include "kernel/nft/socket.h"

#include <errno.h>
#include <fmt/format.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netlink.h>

#include <array>
#include <optional>

#include "sys/netlink.h"
#include "sys/process.h"

namespace cove::nft {
namespace {

using netlink::Acknowledgement;
using netlink::next_message;
using netlink::parse_acknowledgement;

constexpr size_t kBufferSize = 65536;
// A batch is one datagram, and so must find room as a whole: that of some ten thousand elements.
constexpr int kSendBuffer = 8 << 20;
constexpr int kMaxDumps = 10;

Error explain(const Acknowledgement& answer, std::string_view what) {
  return Error::from_errno(
      answer.words.empty() ? std::string(what) : fmt::format("{}: {}", what, answer.words), answer.error);
}

struct Answers {
  size_t count = 0;
  std::optional<Error> error;
};

Status take_answers(Bytes datagram, const Batch& batch, Answers& answers) {
  while (const auto message = COVE_TRY(next_message(datagram))) {
    if (message->type != NLMSG_ERROR) continue;
    ++answers.count;
    const Acknowledgement answer = COVE_TRY(parse_acknowledgement(*message));
    if (answer.error != 0 && !answers.error)
      answers.error = explain(answer, batch.description(message->sequence));
  }
  return {};
}

MessageWriter request(uint16_t type, uint16_t flags, uint8_t family,
                      unsigned subsystem = NFNL_SUBSYS_NFTABLES) {
  MessageWriter writer;
  writer.begin(static_cast<uint16_t>(subsystem << 8U | type), NLM_F_REQUEST | NLM_F_ACK | flags);
  writer.body(nfgenmsg{family, NFNETLINK_V0, 0});
  return writer;
}

// The kernel's names for what of a tuple counts in a filter (its net/netfilter/nf_internals.h): that which is
// not told to programs by a header.
constexpr uint32_t kFilterProtocol = 1U << 3U;
constexpr uint32_t kFilterDestinationPort = 1U << 5U;

// What would be written as port 53: 0, 53.
std::array<std::byte, 2> port_bytes(uint16_t port) {
  constexpr unsigned kByte = 8;
  return {static_cast<std::byte>(port >> kByte), static_cast<std::byte>(port & UINT8_MAX)};
}

}  // namespace

Result<Socket> Socket::open() {
  return Socket(COVE_TRY(sys::open_netlink(NETLINK_NETFILTER)));
}

Status Socket::run(Batch& batch) {
  const Bytes bytes = batch.finish();
  COVE_TRY(sys::set_netlink_buffer(fd_.get(), kSendBuffer));
  COVE_TRY(sys::send_netlink(fd_.get(), bytes));
  // All is done when the call returns, and so all answers are there. An error in how the batch is written
  // ends it: then there are fewer than messages.
  std::vector<std::byte> buffer(kBufferSize);
  Answers answers;
  while (answers.count < batch.answers() && sys::wait_readable(fd_.get(), 0)) {
    const size_t size = COVE_TRY(sys::receive_netlink(fd_.get(), buffer));
    COVE_TRY(take_answers(Bytes(buffer).first(size), batch, answers));
  }
  if (answers.error) return *std::move(answers.error);
  if (answers.count < batch.answers())
    return Error(ErrorCode::protocol, "nftables: the kernel does not answer");
  return {};
}

Result<std::vector<std::byte>> Socket::ask(const MessageWriter& question, std::string_view what) {
  std::vector<std::byte> buffer(kBufferSize);
  for (int i = 0; i < kMaxDumps; ++i) {
    COVE_TRY(sys::send_netlink(fd_.get(), question.bytes()));
    std::vector<std::byte> found;
    bool changed = false;
    for (bool complete = false; !complete;) {
      const size_t size = COVE_TRY(sys::receive_netlink(fd_.get(), buffer));
      for (Bytes rest = Bytes(buffer).first(size); !rest.empty() && !complete;) {
        const Bytes whole = rest;
        const auto message = COVE_TRY(next_message(rest));
        changed = changed || (message->flags & NLM_F_DUMP_INTR) != 0;
        if (message->type == NLMSG_ERROR || message->type == NLMSG_DONE) {
          const Acknowledgement last = COVE_TRY(parse_acknowledgement(*message));
          if (last.error != 0 && last.error != EINTR) return explain(last, what);
          changed = changed || last.error == EINTR;
          complete = true;
        } else {
          const Bytes taken = whole.first(whole.size() - rest.size());
          found.insert(found.end(), taken.begin(), taken.end());
        }
      }
    }
    if (!changed) return found;
  }
  return Error(ErrorCode::system, fmt::format("{}: it changes faster than it can be read", what), EINTR);
}

Result<bool> Socket::has_table(std::string_view name, uint8_t family) {
  MessageWriter writer = request(NFT_MSG_GETTABLE, 0, family);
  writer.text(NFTA_TABLE_NAME, name);
  const auto answer = ask(writer, fmt::format("look for the nftables table {}", name));
  if (!answer.ok() && answer.error().sys_errno() == ENOENT) return false;
  if (!answer.ok()) return answer.error();
  return true;
}

Result<std::vector<FoundElement>> Socket::elements(std::string_view table, std::string_view set) {
  MessageWriter writer = request(NFT_MSG_GETSETELEM, NLM_F_DUMP, NFPROTO_INET);
  writer.text(NFTA_SET_ELEM_LIST_TABLE, table);
  writer.text(NFTA_SET_ELEM_LIST_SET, set);
  const std::vector<std::byte> answer =
      COVE_TRY(ask(writer, fmt::format("read the nftables set {} {}", table, set)));
  std::vector<FoundElement> found;
  for (Bytes rest = answer; const auto message = COVE_TRY(next_message(rest));) {
    COVE_TRY(parse_elements(*message, found));
  }
  return found;
}

Result<std::vector<FoundChain>> Socket::chains() {
  const std::vector<std::byte> answer =
      COVE_TRY(ask(request(NFT_MSG_GETCHAIN, NLM_F_DUMP, NFPROTO_UNSPEC), "list nftables chains"));
  std::vector<FoundChain> found;
  for (Bytes rest = answer; const auto message = COVE_TRY(next_message(rest));) {
    found.push_back(COVE_TRY(parse_chain(*message)));
  }
  return found;
}

Result<std::vector<Flow>> Socket::flows(uint8_t family, uint8_t protocol, uint16_t port) {
  MessageWriter writer = request(IPCTNL_MSG_CT_GET, NLM_F_DUMP, family, NFNL_SUBSYS_CTNETLINK);
  const std::array<std::byte, 1> number{static_cast<std::byte>(protocol)};
  const std::array<std::byte, 2> port_number = port_bytes(port);
  const size_t tuple = writer.open(CTA_TUPLE_ORIG);
  const size_t part = writer.open(CTA_TUPLE_PROTO);
  writer.attribute(CTA_PROTO_NUM, number);
  if (port != 0) writer.attribute(CTA_PROTO_DST_PORT, port_number);
  writer.close(part);
  writer.close(tuple);
  const size_t filter = writer.open(CTA_FILTER);
  writer.number(CTA_FILTER_ORIG_FLAGS,
                port == 0 ? kFilterProtocol : kFilterProtocol | kFilterDestinationPort);
  writer.number(CTA_FILTER_REPLY_FLAGS, 0);
  writer.close(filter);
  const std::vector<std::byte> answer = COVE_TRY(ask(writer, "list connections"));
  std::vector<Flow> found;
  for (Bytes rest = answer; const auto message = COVE_TRY(next_message(rest));) {
    if (auto flow = COVE_TRY(parse_flow(*message))) found.push_back(std::move(*flow));
  }
  return found;
}

Status Socket::forget_flow(uint8_t family, const Flow& flow) {
  MessageWriter writer = request(IPCTNL_MSG_CT_DELETE, 0, family, NFNL_SUBSYS_CTNETLINK);
  writer.attribute(CTA_TUPLE_ORIG | NLA_F_NESTED, flow.tuple);
  const auto answer = ask(writer, "forget a connection");
  return answer ? Status() : Status(answer.error());
}

}  // namespace cove::nft
