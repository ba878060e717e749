#include "kernel/netlink/move.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>

#include <string>
#include <utility>

#include "base/strings.h"
#include "kernel/netlink/requests.h"
#include "sys/file.h"

namespace cove::netlink {
namespace {

constexpr std::string_view kTemplate = "%d";
constexpr unsigned kMaxNumber = 4096;  // the kernel itself gives up at 32768

// From one namespace to another.
struct Passage {
  RouteSocket& from;
  int to_fd = -1;
};

// What is lost by a move and has to be given again: addresses that somebody set, for all the world.
std::vector<Address> lasting_addresses(std::vector<Address> addresses) {
  std::erase_if(addresses, [](const Address& address) {
    return address.scope != RT_SCOPE_UNIVERSE || (address.flags & IFA_F_PERMANENT) == 0;
  });
  return addresses;
}

Status depart(const Passage& passage, const Link& link, std::string_view name) {
  Batch batch;
  request_move(batch, link, passage.to_fd, name);
  return passage.from.run(batch);
}

// What is left to do on the other side.
Status settle(RouteSocket& socket, std::string_view name, const std::vector<Address>& addresses, bool up) {
  const Link link = COVE_TRY(find_link(socket, name));
  Batch batch;
  for (const Address& address : addresses) request_address(batch, link, address);
  if (up) request_up(batch, link);
  return socket.run(batch);
}

// Also by an alternative name.
Result<bool> is_taken(RouteSocket& socket, std::string_view name) {
  const Result<Link> link = find_link(socket, name);
  if (!link.ok() && link.error().code() != ErrorCode::not_found) return link.error();
  return link.ok();
}

Error name_taken(std::string_view name) {
  Error error = Error::from_errno(fmt::format("the name {} is taken in the container", quote(name)), EEXIST);
  error.set_hint("choose another name, or one that ends in %d, for the first number that is free");
  return error;
}

// The name inside: `wanted` itself, or its first number that is free. Asked for beforehand, since the kernel
// may move an interface before it finds that it cannot name it.
Result<std::string> free_name(RouteSocket& inside, std::string_view wanted) {
  const size_t at = wanted.find('%');
  if (at == std::string_view::npos) {
    if (COVE_TRY(is_taken(inside, wanted))) return name_taken(wanted);
    return std::string(wanted);
  }
  const std::string_view stem = wanted.substr(0, at);
  if (wanted.substr(at) != kTemplate || stem.empty()) {
    return Error(ErrorCode::invalid_argument,
                 fmt::format("{} is no name of a network device: '%' may stand only in '%d' at its end",
                             quote(wanted)));
  }
  for (unsigned number = 0; number < kMaxNumber; ++number) {
    std::string name = fmt::format("{}{}", stem, number);
    if (!COVE_TRY(is_taken(inside, name))) return name;
  }
  return name_taken(wanted);
}

Status bring_back(RouteSocket& outside, RouteSocket& inside, const MovedLink& moved) {
  const Link link = COVE_TRY(find_link(inside, moved.new_name).context("in the container"));
  const UniqueFd own = COVE_TRY(sys::open_path("/proc/self/ns/net", O_RDONLY));
  COVE_TRY(depart({inside, own.get()}, link, moved.old_name));
  return settle(outside, moved.old_name, moved.addresses, moved.was_up);
}

Result<MovedLink> move(RouteSocket& outside, const Link& link, int netns_fd, std::string_view new_name) {
  RouteSocket inside = COVE_TRY(RouteSocket::open_in(netns_fd));
  MovedLink moved;
  moved.old_name = link.name;
  moved.new_name = COVE_TRY(free_name(inside, new_name.empty() ? link.name : new_name));
  moved.was_up = (link.flags & IFF_UP) != 0;
  moved.addresses = lasting_addresses(COVE_TRY(list_addresses(outside, link.index)));
  Status done = depart({outside, netns_fd}, link, moved.new_name);
  if (done.ok()) {
    done = settle(inside, moved.new_name, moved.addresses, true);
    if (done.ok()) return moved;
  } else if (find_link(outside, moved.old_name).ok()) {
    return std::move(done).error();
  } else {
    moved.new_name = moved.old_name;  // it went, but could not be named
  }
  // Why it did not work is what counts, whether or not it could be put right.
  static_cast<void>(bring_back(outside, inside, moved));
  return std::move(done).error();
}

std::string device(std::string_view name) {
  return fmt::format("network device {}", quote(name));
}

}  // namespace

Result<MovedLink> move_link(std::string_view name, int netns_fd, std::string_view new_name) {
  RouteSocket outside = COVE_TRY(RouteSocket::open().context(device(name)));
  const Link link = COVE_TRY(find_link(outside, name));
  if (!new_name.empty()) COVE_TRY(check_link_name(new_name).context(device(name)));
  return move(outside, link, netns_fd, new_name).context(device(name));
}

Status return_link(const MovedLink& link, int netns_fd) {
  RouteSocket outside = COVE_TRY(RouteSocket::open().context(device(link.old_name)));
  RouteSocket inside = COVE_TRY(RouteSocket::open_in(netns_fd).context(device(link.old_name)));
  return bring_back(outside, inside, link).context(device(link.old_name));
}

}  // namespace cove::netlink
