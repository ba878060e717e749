// /etc/hosts, /etc/hostname and /etc/resolv.conf, as Docker makes them: files in the container's directory
// that are mounted over those of its root file system.
#pragma once

#include "base/result.h"
#include "engine/store.h"
#include "sandbox/options.h"

namespace cove::engine {

// Writes them and adds the mounts to the options, but for targets that the user has mounted something on.
// `hosts` and `hostname` are written once, so that what was changed inside lasts.
Status use_etc_files(const Container& container, sandbox::Options& options);

// The text of resolv.conf: the machine's own, with what --dns and its like replace. `host`: the machine's.
std::string resolver_text(const NameSettings& names, std::string_view host, bool own_network);

}  // namespace cove::engine
