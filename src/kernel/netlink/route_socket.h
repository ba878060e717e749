// A conversation with the kernel's routing family (NETLINK_ROUTE) in one network namespace. Requests are sent
// in one batch, so that setting up an interface costs one system call each way. Source: netlink(7),
// rtnetlink(7).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "kernel/netlink/message.h"

namespace cove::netlink {

// Requests to be sent together. The kernel carries them out one by one, also those behind one that failed.
class Batch {
 public:
  // Begins a request; `what` stands in front of its error: "bring eth0 up". The caller appends the body
  // (struct ifinfomsg …) and attributes to writer().
  MessageWriter& add(uint16_t type, uint16_t flags, std::string what);

  [[nodiscard]] bool empty() const noexcept { return what_.empty(); }
  [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return writer_.bytes(); }
  [[nodiscard]] const std::vector<std::string>& descriptions() const noexcept { return what_; }

 private:
  MessageWriter writer_;
  std::vector<std::string> what_;
};

class RouteSocket {
 public:
  // In the caller's own network namespace.
  static Result<RouteSocket> open();
  // In another one, which the caller, single-threaded and with CAP_SYS_ADMIN over both, enters for a moment.
  // If it cannot come back, that is ErrorCode::internal, and the caller must end.
  static Result<RouteSocket> open_in(int netns_fd);

  // Sends the batch and waits for each acknowledgement. The error is that of the first request that failed.
  Status run(const Batch& batch);

  // Asks for one object, or with NLM_F_DUMP for a list: the messages that describe it, one behind the other.
  // A list that changed while it was told is asked for again. `request` holds one request. ENODEV, ENOENT …:
  // there is no such object.
  Result<std::vector<std::byte>> ask(const Batch& request);

 private:
  explicit RouteSocket(UniqueFd fd) : fd_(std::move(fd)) {}

  UniqueFd fd_;
};

}  // namespace cove::netlink
