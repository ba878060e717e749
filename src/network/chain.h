// `--network cni:NAME`: the plugins of a CNI configuration make the network of a sandbox or a container. The
// program cove-cni runs them, and keeps what it needs to undo that (src/cni/chain.h). Called by the parent,
// the keeper and the monitor.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "network/attach.h"

namespace cove::network {

inline constexpr std::string_view kChainPrefix = "cni:";

// Whether the request is for one, which then is all that it has.
[[nodiscard]] bool is_chain(const Request& request) noexcept;
// Whether the configuration is there, with its plugins, and can have what is asked for.
Status check_chain(const Roots& roots, const Request& request);
Result<Attachment> attach_chain(const Roots& roots, const Request& request, const Subject& subject);
Status detach_chain(const Roots& roots, const std::string& owner);

// Owners whose plugins were called, and who are not attached.
Result<std::vector<std::string>> forgotten_chains(const Roots& roots);

}  // namespace cove::network
