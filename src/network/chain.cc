#include "network/chain.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/strings.h"
#include "kernel/procfs/procfs.h"
#include "sys/file.h"
#include "sys/program.h"

namespace cove::network {
namespace {

constexpr std::string_view kProgram = "cove-cni";
constexpr uint64_t kPatienceMs = 600'000;
constexpr size_t kMostOutput = size_t{1} << 16;

// What it prints, or the error that it prints: words, and what can be done about it.
Result<std::string> call(const Roots& roots, std::string_view verb, const std::vector<std::string>& words,
                         const std::vector<PortRequest>& ports = {}) {
  sys::ProgramRequest program;
  program.path = COVE_TRY(sys::find_companion(kProgram));
  program.argv = {std::string(kProgram), "chain", std::string(verb), roots.run};
  program.argv.insert(program.argv.end(), words.begin(), words.end());
  for (const PortRequest& port : ports) program.argv.push_back(print_port_request(port));
  program.own_env = true;
  const sys::SpawnedProgram started = COVE_TRY(sys::spawn_program(program));
  sys::ProgramOutcome outcome = COVE_TRY(sys::finish_program(started, kMostOutput, kPatienceMs));
  if (WIFEXITED(outcome.status) && WEXITSTATUS(outcome.status) == 0) return std::move(outcome.output);
  const Halves halves = split_once(outcome.output, '\n');
  Error error(ErrorCode::system,
              halves.first.empty() ? fmt::format("{} has failed", kProgram) : std::string(halves.first));
  error.set_hint(std::string(trim(halves.second.value_or(""))));
  return error;
}

std::string name_of(const Request& request) {
  return request.networks.front().network.substr(kChainPrefix.size());
}

// A line "10.1.2.3/24" for each address.
void note_addresses(std::string_view text, Endpoint& endpoint) {
  while (const auto line = next_line(text)) {
    const Halves halves = split_once(*line, '/');
    const Result<IpAddress> address = parse_address(halves.first);
    const auto length = parse_number<uint8_t>(halves.second.value_or(""));
    if (!address || !length || *length > address->bits()) continue;
    const bool six = address->family == AF_INET6;
    (six ? endpoint.ipv6 : endpoint.ipv4) = *address;
    (six ? endpoint.length6 : endpoint.length4) = *length;
  }
}

}  // namespace

bool is_chain(const Request& request) noexcept {
  return !request.networks.empty() && request.networks.front().network.starts_with(kChainPrefix);
}

Status check_chain(const Roots& roots, const Request& request) {
  const EndpointRequest& endpoint = request.networks.front();
  EndpointRequest plain;
  plain.network = endpoint.network;
  bool fits = request.networks.size() == 1 && endpoint == plain;
  // The plugins take the port that they are told.
  for (const PortRequest& port : request.ports)
    fits = fits && port.host_port != 0 && port.host_count == port.count;
  if (!fits) {
    Error error(
        ErrorCode::invalid_argument,
        fmt::format("--network {}: it is the only network, has addresses of its own, and ports with a "
                    "number on both sides",
                    endpoint.network));
    error.set_hint("leave out other networks, --ip, --mac-address and --network-alias; write -p 8080:80");
    return error;
  }
  COVE_TRY(call(roots, "check", {"-", name_of(request), "-"}).context("--network"));
  return {};
}

Result<Attachment> attach_chain(const Roots& roots, const Request& request, const Subject& subject) {
  Attachment attachment;
  attachment.owner = subject.owner;
  attachment.name = subject.name;
  attachment.pid = subject.pid;
  attachment.start_time = COVE_TRY(procfs::read_stat(subject.pid)).start_time;
  Endpoint endpoint;
  endpoint.network = endpoint.network_name = request.networks.front().network;
  endpoint.driver = Driver::foreign;
  endpoint.interface = "eth0";
  attachment.endpoints.push_back(endpoint);
  COVE_TRY(write_attachment(roots, attachment));
  // By our descriptor: the process's number may become another's.
  const std::string netns = fmt::format("/proc/{}/fd/{}", getpid(), subject.netns_fd);
  const auto added = call(roots, "add", {subject.owner, name_of(request), netns}, request.ports);
  Status noted;
  if (added) {
    note_addresses(*added, attachment.endpoints.front());
    noted = write_attachment(roots, attachment);
    if (noted) return attachment;
  }
  if (detach_chain(roots, subject.owner)) static_cast<void>(remove_attachment(roots, subject.owner));
  return added ? std::move(noted).error() : Error(added.error());
}

Status detach_chain(const Roots& roots, const std::string& owner) {
  COVE_TRY(call(roots, "del", {owner, "-", "-"}));
  return {};
}

Result<std::vector<std::string>> forgotten_chains(const Roots& roots) {
  auto owners = sys::list_directory(AT_FDCWD, (roots.run + "/cni").c_str());
  if (!owners && owners.error().sys_errno() == ENOENT) return std::vector<std::string>();
  if (!owners) return owners;
  std::erase_if(*owners, [&](const std::string& owner) {
    return !is_owner(owner) || sys::exists(fmt::format("{}/attached/{}", roots.run, owner).c_str());
  });
  return owners;
}

}  // namespace cove::network
