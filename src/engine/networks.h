// Containers and their networks: src/network/ does it, here it is put on record, told in events and in
// /etc/hosts. Called by the process that the user started, and by the helpers of the monitor.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/launch.h"
#include "engine/store.h"
#include "network/attach.h"
#include "network/egress_table.h"

namespace cove::engine {

network::Roots network_roots(const Roots& roots);

// What is changed for the whole machine is told to the user, and is an event.
network::Note network_note(const Roots& roots, const Warn& warn);

// For launch::LaunchCallbacks: with its events, and the addresses in the container's /etc/hosts.
Status attach_container(const Roots& roots, const Container& container, pid_t pid, int netns_fd,
                        const Warn& warn);
// Nothing of it needs to be there.
Status detach_container(const Roots& roots, const Record& record);

// What --egress refused, as events: so many of them, and how many there were besides.
void tell_denied(const Roots& roots, const std::vector<network::Denied>& denied, std::string_view id,
                 std::string_view name) noexcept;

// Whether it has one while it runs.
[[nodiscard]] bool has_attachment(const Record& record) noexcept;
// What a container has of networks now; an empty one if that is nothing.
network::Attachment attachment_of(const Roots& roots, std::string_view id);

// --- what is done with those that there are, running or not. Under the container's lock, which they take ---

// The record has the network from now on; one that runs gets its interface. ErrorCode::invalid_argument: its
// network namespace is another's.
Status connect_network(const Roots& roots, std::string_view reference,
                       const network::EndpointRequest& request, const Warn& warn);
// `force`: one that is gone already is no error.
Status disconnect_network(const Roots& roots, std::string_view reference, std::string_view name, bool force);

// Gives what was added, of one that runs.
Result<std::vector<network::PublishedPort>> publish(const Roots& roots, std::string_view reference,
                                                    const std::vector<network::PortRequest>& ports);
// By the port of this machine, of one that runs; else as -p had it.
Status unpublish(const Roots& roots, std::string_view reference,
                 const std::vector<network::PortRequest>& ports);

}  // namespace cove::engine
