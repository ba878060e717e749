// A conversation with nf_tables in one network namespace: batches, and questions. Called by the parent.
// Source: linux/netfilter/nfnetlink.h.
#pragma once

#include <linux/netfilter.h>

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "kernel/nft/batch.h"
#include "kernel/nft/flow.h"
#include "kernel/nft/objects.h"

namespace cove::nft {

class Socket {
 public:
  // In the caller's own network namespace. EPROTONOSUPPORT: this kernel has no nf_tables.
  static Result<Socket> open();

  // Carries it out as a whole, or not at all. The error is that of the first message that failed.
  Status run(Batch& batch);

  Result<bool> has_table(std::string_view name, uint8_t family = NFPROTO_INET);
  // Of the family inet. ENOENT: there is no such table or set.
  Result<std::vector<FoundElement>> elements(std::string_view table, std::string_view set);
  Result<std::vector<FoundChain>> chains();  // of all tables and families

  // Connections that conntrack knows, of a family (AF_INET, AF_INET6) and protocol (IPPROTO_*); to this port
  // alone, if it is not 0.
  Result<std::vector<Flow>> flows(uint8_t family, uint8_t protocol, uint16_t port);
  // It is forgotten: its next packet begins it anew. ENOENT: it is already.
  Status forget_flow(uint8_t family, const Flow& flow);

  [[nodiscard]] int fd() const noexcept { return fd_.get(); }

 private:
  explicit Socket(UniqueFd fd) : fd_(std::move(fd)) {}
  Result<std::vector<std::byte>> ask(const MessageWriter& question, std::string_view what);

  UniqueFd fd_;
};

}  // namespace cove::nft
