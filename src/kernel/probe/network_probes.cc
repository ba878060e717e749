// What networks of cove's are made of.
#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/netfilter.h>
#include <sched.h>

#include <array>

#include "base/strings.h"
#include "kernel/netlink/interface.h"
#include "kernel/nft/rule.h"
#include "kernel/nft/socket.h"
#include "kernel/probe/context.h"
#include "sys/file.h"

namespace cove::probe {
namespace {

constexpr std::array kAddress{nft::Datatype::ipv4};
constexpr std::array kKey{nft::Datatype::ipv4, nft::Datatype::protocol, nft::Datatype::port};

Status make_bridge() {
  netlink::RouteSocket socket = COVE_TRY(netlink::RouteSocket::open());
  return netlink::create_bridge(socket, {"cove-doctor", {}, 0}, {});
}

Status make_veth() {
  netlink::RouteSocket socket = COVE_TRY(netlink::RouteSocket::open());
  return netlink::create_veth(socket, "cove-doctor0", "cove-doctor1");
}

// Of each kind of expression and set that the table of cove's networks has.
Status make_table() {
  nft::Batch batch("cove-doctor");
  batch.add_table();
  batch.add_set({"addresses", kAddress, {}, true});
  batch.add_set({"ranges", kKey, kAddress, true});
  batch.add_chain({"in", nft::ChainType::nat, NF_INET_PRE_ROUTING, 0});
  batch.add_chain({"out", nft::ChainType::nat, NF_INET_POST_ROUTING, 0});
  nft::RuleWriter(batch, "in")
      .local_destination()
      .family(NFPROTO_IPV4)
      .load_destination(NFPROTO_IPV4, nft::Register::r0)
      .load_protocol(nft::Register::r1)
      .load_destination_port(nft::Register::r2)
      .in_map("ranges", nft::Register::r0, nft::Register::r8)
      .destination_nat(NFPROTO_IPV4, nft::Register::r8, nullptr);
  nft::RuleWriter(batch, "out").connection_status(1).source_in("addresses", NFPROTO_IPV4).masquerade();
  nft::Socket socket = COVE_TRY(nft::Socket::open());
  return socket.run(batch);
}

struct Part {
  std::string_view name;
  std::string_view module;
  Status (*trial)();
};
constexpr std::array kParts{
    Part{"bridges", "bridge", make_bridge}, Part{"virtual Ethernet", "veth", make_veth},
    Part{"nftables with NAT", "nf_tables nft_chain_nat nft_nat nft_masq nft_fib_inet nft_ct", make_table}};

bool is_on(const char* path) {
  const Result<std::string> text = sys::read_file(path);
  return text && trim(*text) != "0";
}

}  // namespace

Outcome probe_networks(const Context& context) {
  Outcome outcome = works("bridges, virtual Ethernet, nftables with NAT, made in a network namespace");
  for (const Part& part : kParts) {
    const TrialOutcome tried = try_in_child(context.with_power(CLONE_NEWNET), part.trial);
    if (tried.status.ok()) continue;
    Outcome failed = fails(Verdict::missing, tried, fmt::format("modprobe {}", part.module));
    failed.detail = fmt::format("{}: {}", part.name, failed.detail);
    return failed;
  }
  if (context.privileged && context.initial_userns) return outcome;
  return {Verdict::limited, "the kernel has all of it, but only root can attach a sandbox to a network",
          "run cove as root for --network NAME and -p"};
}

// Of others' rules only those of nftables are seen, and of these what happens at the end of a chain.
Outcome probe_forwarding(const Context&) {
  const bool on = is_on("/proc/sys/net/ipv4/ip_forward");
  std::string dropping, deaf;
  if (Result<nft::Socket> socket = nft::Socket::open(); socket) {
    const auto chains = socket->chains();
    for (const nft::FoundChain& chain : chains ? *chains : std::vector<nft::FoundChain>()) {
      if (chain.hook == NF_INET_FORWARD && chain.drops)
        dropping = fmt::format("{} {}", chain.table, chain.name);
      if (chain.hook == NF_INET_LOCAL_IN && chain.drops) deaf = fmt::format("{} {}", chain.table, chain.name);
    }
  }
  if (!dropping.empty()) {
    return {
        Verdict::limited,
        fmt::format("the nftables chain {} drops what it does not know: containers get no further", dropping),
        fmt::format("let the bridges through: nft insert rule {} iifname \"cove*\" accept, and the same with "
                    "oifname",
                    dropping)};
  }
  if (!deaf.empty()) {
    return {
        Verdict::limited,
        fmt::format("the nftables chain {} drops what it does not know: containers may find no names", deaf),
        fmt::format("let them ask: nft insert rule {} iifname \"cove*\" meta l4proto {{ tcp, udp }} th dport "
                    "53 accept",
                    deaf)};
  }
  return works(on ? "on" : "off; the first network that leads out turns it on, and says so");
}

}  // namespace cove::probe
