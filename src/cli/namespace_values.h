// The values of the options that choose namespaces.
#pragma once

#include <string_view>

#include "base/result.h"
#include "cli/caller.h"
#include "sandbox/options.h"

namespace cove::cli {

// host | private | ns:PATH | pid:N
Result<sandbox::NamespaceChoice> parse_namespace(std::string_view text, Caller& caller);

// auto | keep-id | host | INSIDE:OUTSIDE:COUNT[,…] | ns:PATH | pid:N
Result<sandbox::UsernsChoice> parse_userns(std::string_view text, Caller& caller);

// none | host | ns:PATH | pid:N | NAME | name=NAME,KEY=VALUE…, into the fields of the options. Another
// network than the first is added.
Status parse_network(std::string_view text, Caller& caller, sandbox::Options& options);

// monotonic=DURATION | boottime=DURATION; each once.
Status parse_time_offset(std::string_view text, sandbox::Options& options);

}  // namespace cove::cli
