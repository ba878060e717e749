// Staying with a container: the user's terminal or streams are attached to it until it ends or he leaves.
#pragma once

#include <string>

#include "base/result.h"
#include "base/unique_fd.h"
#include "engine/record.h"
#include "engine/roots.h"

namespace cove::cli {

struct Attachment {
  bool interactive = true;  // standard input too, if the container keeps its own open
  bool sig_proxy = true;    // pass signals on, unless the container has a terminal
  std::string detach_keys;  // bytes; empty: the record's, else kDetachKeys
};

// `socket` leads to the container's monitor; prepare_session() has been called. Gives the container's exit
// status, or 0 if the user has detached. If the monitor is killed: says so, and waits for the end.
Result<int> stay_attached(const engine::Roots& roots, const engine::Record& record, UniqueFd socket,
                          const Attachment& attachment);

// Starts the container with a client that is attached from the beginning, and stays.
Result<int> start_attached(const engine::Roots& roots, const engine::Record& record,
                           const Attachment& attachment);

}  // namespace cove::cli
