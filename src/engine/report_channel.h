// What the process that starts a container hears from the launcher, over a SOCK_SEQPACKET socket: warnings,
// and at the end either that it runs or why it does not. The end of the socket without either: the launcher
// or the monitor was killed.
#pragma once

#include <functional>
#include <string_view>

#include "base/result.h"

namespace cove::engine {

// --- the launcher's side; a descriptor that is no socket swallows everything ---
void report_warning(int socket, std::string_view text) noexcept;
void report_started(int socket) noexcept;
void report_failure(int socket, const Error& error) noexcept;

// --- the starter's side ---
// Waits for the outcome; warnings go to `warn` as they come.
Status await_start(int socket, const std::function<void(std::string_view)>& warn);

}  // namespace cove::engine
