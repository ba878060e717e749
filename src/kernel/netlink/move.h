// Giving an interface to a container: linux.netDevices of the OCI runtime specification (1.3). Called by the
// parent, once the container's network namespace exists and before anything runs in it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "kernel/netlink/links.h"

namespace cove::netlink {

// What was moved, for putting it back.
struct MovedLink {
  std::string old_name;
  std::string new_name;            // as it is called inside
  bool was_up = false;             // before
  std::vector<Address> addresses;  // that went with it
};

// Moves the interface `name` from the caller's network namespace to `netns_fd`, under `new_name` (empty: its
// own), in one step. Its permanent addresses of global scope are lost by that, so they are read before and
// given to it again; then it is brought up. `new_name` may end in "%d": the first number that is free inside
// takes its place. What else fails is put right as far as can be: an interface that had moved comes back.
// Needs CAP_NET_ADMIN in both namespaces and CAP_SYS_ADMIN over the second.
//
// Errors name the device. not_found: there is none of this name; invalid_argument: a name that the kernel
// would not take; EEXIST: the name is taken inside.
Result<MovedLink> move_link(std::string_view name, int netns_fd, std::string_view new_name);

// Back to the caller's network namespace, as it was: its name, its addresses and whether it was up. For
// undoing a start that failed.
Status return_link(const MovedLink& link, int netns_fd);

}  // namespace cove::netlink
