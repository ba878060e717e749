// What a sandbox or a container has of networks: one file for each owner, RUN/attached/OWNER. It is written
// before anything else is made, and removed after all of it is gone: whoever finds it can clean up. Whoever
// changes it is the only one to work on its owner: it holds the container's lock, or is the sandbox's
// process.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "network/address.h"
#include "network/network.h"
#include "network/request.h"
#include "network/roots.h"

namespace cove::network {

inline constexpr size_t kOwnerLength = 12;

// One interface.
struct Endpoint {
  std::string network;  // its id
  std::string network_name;
  Driver driver = Driver::bridge;
  std::string outer;      // bridge: the veth's end outside
  std::string interface;  // inside
  netlink::MacAddress mac{};
  IpAddress ipv4, ipv6;  // leases; none: not given yet, or no such pool
  uint8_t length4 = 0, length6 = 0;
  IpAddress gateway4, gateway6;  // none: no way out
  std::vector<std::string> aliases;
};

// Ports of this machine that lead to the owner. host_port and the `count` - 1 behind it.
struct PublishedPort {
  Protocol protocol = Protocol::tcp;
  IpAddress host;  // 0.0.0.0 or :: for any
  uint16_t host_port = 0;
  IpAddress address;  // inside
  uint16_t port = 0;
  uint16_t count = 1;
  friend bool operator==(const PublishedPort&, const PublishedPort&) = default;
};

// Of an attachment that another engine has asked for by the CNI plugin: no process of ours goes with it.
struct ForeignHolder {
  std::string container;  // as the engine calls it
  std::string network;    // the name of the engine's network configuration
  std::string netns;      // the file that is the namespace, and which one it was
  uint64_t device = 0;
  uint64_t inode = 0;
};

struct Attachment {
  std::string owner;
  std::string name;  // of the container; empty for a sandbox without one
  pid_t pid = 0;     // process 1; with a holder: the plugin's
  uint64_t start_time = 0;
  std::string hostname;            // if it was chosen: a name for others, too
  std::vector<IpAddress> servers;  // --dns: who is asked what nobody here knows; none: this machine's
  std::vector<Endpoint> endpoints;
  std::vector<PublishedPort> ports;
  Egress egress;  // with the addresses that answer for names, where it has some
  NetRate rate;
  UserProgram program = UserProgram::none;  // of an ordinary user: in place of endpoints
  pid_t program_pid = 0;                    // 0: not started yet
  uint64_t program_start_time = 0;
  std::optional<ForeignHolder> holder;

  [[nodiscard]] Endpoint* find(std::string_view network_id) noexcept;
};

std::string print_attachment(const Attachment& attachment);
// ErrorCode::invalid_argument names the field.
Result<Attachment> parse_attachment(std::string_view text);

// [0-9a-f]{12}
[[nodiscard]] bool is_owner(std::string_view text) noexcept;
// The name of the outer end of the owner's interface number `index` (below 36), and its inverse.
std::string outer_name(std::string_view owner, size_t index);
std::optional<std::string> owner_of_link(std::string_view name);
// That of what slows down what comes out of an outer end, see kernel/netlink/rate.h.
std::string slow_name(std::string_view outer);

Status write_attachment(const Roots& roots, const Attachment& attachment);
// Nothing: it has none.
Result<std::optional<Attachment>> read_attachment(const Roots& roots, std::string_view owner);
// Files of those who were killed while they wrote one.
Result<std::vector<std::string>> half_written_attachments(const Roots& roots);
Status remove_attachment(const Roots& roots, std::string_view owner);
Result<std::vector<std::string>> list_attached(const Roots& roots);

// Numbers that are spread evenly, the same ones for the same text.
[[nodiscard]] uint64_t hash_of(std::string_view text) noexcept;

// What the owner is called: its name, or its digits.
std::string owner_name(const Roots& roots, std::string_view owner);

// Whether process 1 is there still. With a holder: whether the plugin is at it, or the namespace is there
// still, by its file or, where that is hidden from us, by the end of the pair of interfaces that leads there.
[[nodiscard]] bool lives(const Attachment& attachment);

}  // namespace cove::network
