// Networks of ordinary users: a program of its own, pasta(1) or slirp4netns(1), carries what a network
// namespace sends and gets through sockets of its user's. Called by the process that the user started, the
// helpers of the monitor, and the keeper.
//
// The program is the child of a guard, a small process of cove's (guard.cc), which ends it when process 1 of
// the sandbox or container is gone, whoever else was killed. It is on record in RUN/attached/OWNER, so that
// detach() ends it where the guard was killed, too.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "network/attach.h"
#include "network/attachment.h"
#include "network/request.h"

namespace cove::network {

// Empty: there is none in the caller's PATH, or where such programs lie.
std::string find_user_program(UserProgram program);
// pasta, or slirp4netns where that is missing. ErrorCode::not_found names the packages.
Result<UserProgram> choose_user_program();
// Whether the caller may make the interface: the programs need /dev/net/tun. ErrorCode::permission.
Status check_tun();

// Who answers for names inside where this machine asks a server at its own loopback.
IpAddress user_name_server(UserProgram program) noexcept;

// What attach(), detach() and check_request() do for it.
Status check_user_request(const Request& request);
Result<Attachment> attach_user(const Roots& roots, const Request& request, const Subject& subject);
Status detach_user(const Roots& roots, const Attachment& attachment);

// The arguments of the program, from argv[0] on, for a namespace that has process `pid`. `explicit_hosts`
// tells of each port whether its address was asked for. Pure.
std::vector<std::string> pasta_arguments(pid_t pid, const std::vector<PublishedPort>& ports,
                                         const std::vector<bool>& explicit_hosts);
std::vector<std::string> slirp_arguments(pid_t pid, const std::string& api_socket);

// What slirp4netns is asked for, for one of the ports of `port`, and its answer. Pure.
std::string slirp_port_question(const PublishedPort& port, unsigned offset);
Status understand_slirp_answer(std::string_view answer);

}  // namespace cove::network
