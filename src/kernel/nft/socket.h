// A conversation with nf_tables in one network namespace: batches, and questions. Called by the parent.
// Source: linux/netfilter/nfnetlink.h.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "kernel/nft/batch.h"
#include "kernel/nft/objects.h"

namespace cove::nft {

class Socket {
 public:
  // In the caller's own network namespace. EPROTONOSUPPORT: this kernel has no nf_tables.
  static Result<Socket> open();

  // Carries it out as a whole, or not at all. The error is that of the first message that failed.
  Status run(Batch& batch);

  Result<bool> has_table(std::string_view name);  // of the family inet
  // ENOENT: there is no such table or set.
  Result<std::vector<FoundElement>> elements(std::string_view table, std::string_view set);
  Result<std::vector<FoundChain>> chains();  // of all tables and families

 private:
  explicit Socket(UniqueFd fd) : fd_(std::move(fd)) {}
  Result<std::vector<std::byte>> ask(const MessageWriter& question, std::string_view what);

  UniqueFd fd_;
};

}  // namespace cove::nft
