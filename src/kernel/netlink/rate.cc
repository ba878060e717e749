#include "kernel/netlink/rate.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <linux/tc_act/tc_mirred.h>
#include <net/if.h>
#include <string.h>

#include <algorithm>
#include <array>
#include <limits>

#include "kernel/netlink/links.h"

namespace cove::netlink {
namespace {

constexpr uint32_t kMajor = 0x10000;  // a handle's upper half counts
constexpr uint32_t kIngress = 0xffff0000;

template <typename T>
Bytes bytes_of(const T& value) {
  return std::as_bytes(std::span(&value, 1));
}

tcmsg message_of(const Link& link, uint32_t parent, uint32_t handle) {
  tcmsg message{};
  message.tcm_ifindex = link.index;
  message.tcm_parent = parent;
  message.tcm_handle = handle;
  return message;
}

// A burst lets the timer's pace do (some 4 ms), and a large packet pass whole; a queue longer than a tenth of
// a second would only make connections slow to notice.
void request_bucket(Batch& batch, const Link& link, uint64_t rate) {
  constexpr uint64_t kTicks = 100;
  constexpr uint64_t kLeastBurst = 16'384;
  constexpr uint64_t kQueue = 10;
  constexpr uint64_t kLeastQueue = 131'072;
  constexpr uint64_t kMost = std::numeric_limits<uint32_t>::max() / 4;
  const auto burst = static_cast<uint32_t>(std::clamp(rate / kTicks, kLeastBurst, kMost));
  tc_tbf_qopt options{};
  options.rate.linklayer = TC_LINKLAYER_ETHERNET;
  options.rate.rate = static_cast<uint32_t>(std::min<uint64_t>(rate, std::numeric_limits<uint32_t>::max()));
  options.limit = burst + static_cast<uint32_t>(std::clamp(rate / kQueue, kLeastQueue, kMost));
  MessageWriter& writer =
      batch.add(RTM_NEWQDISC, NLM_F_CREATE | NLM_F_REPLACE, fmt::format("limit the rate of {}", link.name));
  writer.body(message_of(link, TC_H_ROOT, kMajor));
  writer.text(TCA_KIND, "tbf");
  const size_t opened = writer.open(TCA_OPTIONS);
  writer.attribute(TCA_TBF_PARMS, bytes_of(options));
  writer.number(TCA_TBF_BURST, burst);
  if (rate > options.rate.rate) writer.attribute(TCA_TBF_RATE64, bytes_of(rate));
  writer.close(opened);
}

void request_ingress(Batch& batch, const Link& link) {
  MessageWriter& writer =
      batch.add(RTM_NEWQDISC, NLM_F_CREATE, fmt::format("take what {} receives", link.name));
  writer.body(message_of(link, TC_H_INGRESS, kIngress));
  writer.text(TCA_KIND, "ingress");
}

// All that comes, whatever it is, is sent through `helper`, and then goes on where it was.
void request_detour(Batch& batch, const Link& link, const Link& helper) {
  constexpr uint16_t kFirstAction = 1;
  MessageWriter& writer = batch.add(RTM_NEWTFILTER, NLM_F_CREATE | NLM_F_EXCL,
                                    fmt::format("send what {} receives through {}", link.name, helper.name));
  tcmsg message = message_of(link, kIngress, 0);
  message.tcm_info = TC_H_MAKE(1U << 16U, htons(ETH_P_ALL));
  writer.body(message);
  writer.text(TCA_KIND, "u32");
  const size_t options = writer.open(TCA_OPTIONS);
  // One key behind it, whose mask is empty.
  tc_u32_sel selector{};
  selector.flags = TC_U32_TERMINAL;
  selector.nkeys = 1;
  std::array<std::byte, sizeof selector + sizeof(tc_u32_key)> everything{};
  memcpy(everything.data(), &selector, sizeof selector);
  writer.attribute(TCA_U32_SEL, everything);
  const size_t actions = writer.open(TCA_U32_ACT);
  const size_t action = writer.open(kFirstAction);
  writer.text(TCA_ACT_KIND, "mirred");
  const size_t inner = writer.open(TCA_ACT_OPTIONS);
  tc_mirred redirect{};
  redirect.action = TC_ACT_STOLEN;
  redirect.eaction = TCA_EGRESS_REDIR;
  redirect.ifindex = static_cast<uint32_t>(helper.index);
  writer.attribute(TCA_MIRRED_PARMS, bytes_of(redirect));
  writer.close(inner);
  writer.close(action);
  writer.close(actions);
  writer.close(options);
}

void request_helper(Batch& batch, std::string_view name) {
  MessageWriter& writer = batch.add(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL,
                                    fmt::format("make the network device {} (ifb)", name));
  ifinfomsg header{};
  header.ifi_flags = IFF_UP;
  header.ifi_change = IFF_UP;
  writer.body(header);
  writer.text(IFLA_IFNAME, name);
  const size_t info = writer.open(IFLA_LINKINFO);
  writer.text(IFLA_INFO_KIND, "ifb");
  writer.close(info);
}

}  // namespace

Status limit_sending(RouteSocket& socket, std::string_view name, uint64_t bytes_per_second) {
  Batch batch;
  request_bucket(batch, COVE_TRY(find_link(socket, name)), bytes_per_second);
  return socket.run(batch);
}

Status limit_receiving(RouteSocket& socket, std::string_view name, std::string_view helper,
                       uint64_t bytes_per_second) {
  const Link link = COVE_TRY(find_link(socket, name));
  Batch making;
  request_helper(making, helper);
  COVE_TRY(socket.run(making));
  const Link slow = COVE_TRY(find_link(socket, helper));
  Batch batch;
  request_bucket(batch, slow, bytes_per_second);
  request_ingress(batch, link);
  request_detour(batch, link, slow);
  return socket.run(batch);
}

}  // namespace cove::netlink
