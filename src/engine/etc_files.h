// /etc/hosts, /etc/hostname and /etc/resolv.conf, as Docker makes them: files in the container's directory
// that are mounted over those of its root file system.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/store.h"
#include "network/address.h"
#include "sandbox/options.h"

namespace cove::engine {

// Writes them and adds the mounts to the options, but for targets that the user has mounted something on.
// `hosts` and `hostname` are written once, so that what was changed inside lasts.
Status use_etc_files(const Roots& roots, const Container& container, sandbox::Options& options);

// The container's own addresses, in its file as it lies there: it is mounted already. None: as without a
// network.
Status set_own_addresses(const Directory& directory, std::string_view hostname,
                         const std::vector<std::string>& addresses);
// The text of hosts with these instead of those that it has for the host name. Pure.
std::string with_own_addresses(std::string_view hosts, std::string_view hostname,
                               const std::vector<std::string>& addresses);

// What a container asks for names.
struct NameServers {
  std::string resolver;      // who answers on its networks, and hands on the rest; empty: nobody does
  bool own_network = false;  // this machine's loopback is not its own
  std::string stand_in;      // asks this machine's first server for it; empty: nobody does
};
// The text of resolv.conf: the machine's own, with what --dns and its like replace. `host`: the machine's.
std::string resolver_text(const NameSettings& names, std::string_view host, const NameServers& servers);
// Who is asked for it by the resolver: --dns; none: whom this machine asks.
std::vector<network::IpAddress> forwarding_servers(const NameSettings& names);

// resolv.conf of a container that runs, whose networks have changed.
Status set_resolver(const Container& container, const std::string& resolver);

}  // namespace cove::engine
