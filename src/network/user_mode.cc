#include "network/user_mode.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>

#include "base/strict_json.h"
#include "base/strings.h"
#include "kernel/procfs/process.h"
#include "network/guard.h"
#include "network/ports.h"
#include "sys/file.h"
#include "sys/process.h"
#include "sys/program.h"
#include "sys/socket.h"

namespace cove::network {
namespace {

constexpr const char* kTun = "/dev/net/tun";
constexpr std::string_view kMapped = "169.254.1.1";  // nobody's: an address that is local to a link
constexpr std::string_view kSlirpServer = "10.0.2.3";
constexpr int kPatienceMs = 10'000;

Error with_hint(ErrorCode code, std::string text, std::string hint) {
  Error error(code, std::move(text));
  error.set_hint(std::move(hint));
  return error;
}

Error missing(std::string_view what) {
  return with_hint(ErrorCode::not_found, fmt::format("{}: this machine lacks the program", what),
                   "install the package passt (for pasta) or slirp4netns, or choose --network none or host");
}

std::string api_socket(const Roots& roots, std::string_view owner) {
  return fmt::format("{}/attached/{}.sock", roots.run, owner);
}

std::string range_text(uint16_t first, uint16_t count) {
  return count == 1 ? fmt::format("{}", first) : fmt::format("{}-{}", first, first + count - 1);
}

// Each is tried, so that one that is taken is told of before anything runs.
Result<std::vector<PublishedPort>> choose(const Roots& roots, const Request& request) {
  std::vector<PortRequest> requests = request.ports;
  for (PortRequest& port : requests) {
    if (!port.host.given()) port.host = {AF_INET, 0};
  }
  // Where they lead to is for the program to know: it has the interface's address from this machine.
  Endpoint endpoint;
  endpoint.ipv4 = {AF_INET, 1};
  if (request.program == UserProgram::pasta) endpoint.ipv6 = {AF_INET6, 1};
  std::vector<PublishedPort> ports = COVE_TRY(choose_ports(requests, {endpoint, {}, {}, roots}));
  for (PublishedPort& port : ports) port.address = {};
  return ports;
}

Result<std::string> ask_slirp(const std::string& socket_path, std::string_view question) {
  const UniqueFd socket = COVE_TRY(sys::connect_stream(socket_path));
  COVE_TRY(sys::send_datagram(socket.get(), std::as_bytes(std::span(question))));
  COVE_TRY(sys::end_sending(socket.get()));
  if (!sys::wait_readable(socket.get(), kPatienceMs))
    return Error(ErrorCode::system, "slirp4netns does not answer", ETIMEDOUT);
  constexpr size_t kMostBytes = 4096;
  return sys::read_all(socket.get(), "slirp4netns's answer", kMostBytes);
}

Status forward_by_slirp(const std::string& socket_path, const std::vector<PublishedPort>& ports) {
  for (const PublishedPort& port : ports) {
    for (unsigned i = 0; i < port.count; ++i) {
      const std::string answer = COVE_TRY(ask_slirp(socket_path, slirp_port_question(port, i)));
      COVE_TRY(understand_slirp_answer(answer).context(fmt::format("-p: port {}", port.host_port + i)));
    }
  }
  return {};
}

Status start(const Roots& roots, const Request& request, const Subject& subject, Attachment& attachment) {
  std::vector<bool> explicit_hosts;
  for (const PortRequest& port : request.ports) explicit_hosts.push_back(port.host.given());
  const bool pasta = request.program == UserProgram::pasta;
  const std::string socket_path = api_socket(roots, subject.owner);
  GuardTask task;
  task.path = find_user_program(request.program);
  task.argv = pasta ? pasta_arguments(subject.pid, attachment.ports, explicit_hosts)
                    : slirp_arguments(subject.pid, attachment.ports.empty() ? "" : socket_path);
  task.background = pasta;
  task.subject = subject.pid;
  const GuardedProcess started = COVE_TRY(start_guarded(task));
  attachment.program_pid = started.pid;
  attachment.program_start_time = started.start_time;
  COVE_TRY(write_attachment(roots, attachment));
  return pasta ? Status() : forward_by_slirp(socket_path, attachment.ports);
}

}  // namespace

std::string find_user_program(UserProgram program) {
  constexpr std::string_view kUsual = "/usr/local/bin:/usr/bin:/bin";
  const char* path = ::getenv("PATH");  // NOLINT(concurrency-mt-unsafe): whoever asks has one thread
  const std::string_view name = user_program_name(program);
  for (const std::string_view place : {std::string_view(path == nullptr ? "" : path), kUsual}) {
    const sys::ProgramSearch found = sys::find_program(name, place, sys::PathEntries::absolute);
    if (!found.path.empty()) return found.path;
  }
  return {};
}

Result<UserProgram> choose_user_program() {
  for (const UserProgram program : {UserProgram::pasta, UserProgram::slirp4netns}) {
    if (!find_user_program(program).empty()) return program;
  }
  return missing("a network of an ordinary user is made by pasta or slirp4netns");
}

Status check_tun() {
  if (sys::may_access(kTun, R_OK | W_OK)) return {};
  return with_hint(ErrorCode::permission, fmt::format("{} may not be opened, or is not there", kTun),
                   "as root: modprobe tun; chmod 666 /dev/net/tun");
}

IpAddress user_name_server(UserProgram program) noexcept {
  if (program == UserProgram::none) return {};
  const auto address = parse_address(program == UserProgram::pasta ? kMapped : kSlirpServer);
  return address ? *address : IpAddress{};
}

Status check_user_request(const Request& request) {
  const std::string option = fmt::format("--network {}", user_program_name(request.program));
  if (find_user_program(request.program).empty()) return missing(option);
  return check_tun().context(option);
}

std::vector<std::string> pasta_arguments(pid_t pid, const std::vector<PublishedPort>& ports,
                                         const std::vector<bool>& explicit_hosts) {
  // Without these two it would lead to whatever listens at this machine's loopback. And the gateway is the
  // real one, not another name for this machine.
  std::vector<std::string> argv{
      "pasta",       "--config-net",  "--quiet",           "-T", "none", "-U", "none",
      "--no-map-gw", "--dns-forward", std::string(kMapped)};
  bool tcp = false;
  bool udp = false;
  for (size_t i = 0; i < ports.size(); ++i) {
    const PublishedPort& port = ports[i];
    (port.protocol == Protocol::tcp ? tcp : udp) = true;
    argv.emplace_back(port.protocol == Protocol::tcp ? "-t" : "-u");
    argv.push_back(fmt::format("{}{}{}:{}", explicit_hosts[i] ? print_address(port.host) : "",
                               explicit_hosts[i] ? "/" : "", range_text(port.host_port, port.count),
                               range_text(port.port, port.count)));
  }
  // Its default is what happens to listen inside.
  if (!tcp) argv.insert(argv.end(), {"-t", "none"});
  if (!udp) argv.insert(argv.end(), {"-u", "none"});
  argv.push_back(fmt::format("{}", pid));
  return argv;
}

std::vector<std::string> slirp_arguments(pid_t pid, const std::string& api_socket_path) {
  std::vector<std::string> argv{"slirp4netns",
                                "--configure",
                                "--mtu=65520",
                                "--disable-host-loopback",
                                "--enable-sandbox",
                                "--enable-seccomp",
                                fmt::format("--ready-fd={}", kGuardReadyFd)};
  if (!api_socket_path.empty()) argv.push_back("--api-socket=" + api_socket_path);
  argv.push_back(fmt::format("{}", pid));
  argv.emplace_back("eth0");
  return argv;
}

std::string slirp_port_question(const PublishedPort& port, unsigned offset) {
  return fmt::format(
      R"({{"execute":"add_hostfwd","arguments":{{"proto":"{}","host_addr":"{}","host_port":{},"guest_port":{}}}}})",
      protocol_name(port.protocol), print_address(port.host), port.host_port + offset, port.port + offset);
}

Status understand_slirp_answer(std::string_view answer) {
  const auto parsed = json::parse(answer);
  const auto* object = parsed ? std::get_if<json::Object>(&parsed->data) : nullptr;
  if (object != nullptr && !object->empty() && object->front().key == "return") return {};
  return Error(ErrorCode::system, fmt::format("slirp4netns refuses it: {}", quote(trim(answer))));
}

Result<Attachment> attach_user(const Roots& roots, const Request& request, const Subject& subject) {
  COVE_TRY(check_user_request(request));
  Attachment attachment;
  attachment.owner = subject.owner;
  attachment.name = subject.name;
  attachment.pid = subject.pid;
  attachment.start_time = COVE_TRY(procfs::read_stat(subject.pid)).start_time;
  attachment.program = request.program;
  attachment.ports = COVE_TRY(choose(roots, request));
  COVE_TRY(write_attachment(roots, attachment));
  Status started = start(roots, request, subject, attachment);
  if (started) return attachment;
  static_cast<void>(detach_user(roots, attachment));
  Error error = std::move(started).error();
  if (error.hint().empty())
    error.set_hint("it needs a default route of this machine; --network none and host do without");
  return error;
}

Status detach_user(const Roots& roots, const Attachment& attachment) {
  if (attachment.program_pid != 0) {
    const auto process = procfs::open_process(attachment.program_pid, attachment.program_start_time);
    if (process && !process->stat.dead()) {
      COVE_TRY(sys::signal_pidfd(process->pidfd.get(), SIGKILL));
      static_cast<void>(sys::wait_readable(process->pidfd.get(), kPatienceMs));
    }
  }
  static_cast<void>(sys::remove_file_at(AT_FDCWD, api_socket(roots, attachment.owner).c_str()));
  return remove_attachment(roots, attachment.owner);
}

}  // namespace cove::network
