#include "runtime/criu_call.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "base/strings.h"
#include "kernel/cgroup/v2_options.h"
#include "launch/exec_diagnosis.h"
#include "sys/file.h"
#include "sys/identity.h"
#include "sys/process.h"
#include "sys/socket.h"

namespace cove::runtime {
namespace {

constexpr const char* kSearchPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
constexpr unsigned kFirstFreeFd = 3;

std::string_view command_name(criu::RequestKind kind) {
  switch (kind) {
    case criu::RequestKind::restore:
      return "restore";
    case criu::RequestKind::pre_dump:
      return "pre-dump";
    default:
      return "dump";
  }
}

std::span<const std::byte> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

Result<std::string> find_criu(const Settings& settings) {
  Result<std::string> program = launch::find_executable(settings.criu, {kSearchPath});
  if (program) return program;
  Error error = std::move(program).error();
  error.add_context("criu");
  error.set_hint("checkpoint and restore are criu's work: install it, or name it with --criu");
  return error;
}

// In the child: what a failure is told to, and how.
struct Teller {
  criu::RequestKind kind;
  int socket;
  void tell(const Error& error) const {
    static_cast<void>(sys::send_datagram(socket, bytes_of(criu::print_failure(kind, error.message()))));
  }
};

// The directory of `path` as this process has it, under the number of `fd`.
Status open_again(const std::string& path, int fd) {
  const UniqueFd again = COVE_TRY(sys::open_path(path.c_str(), O_RDONLY | O_DIRECTORY));
  return sys::duplicate_fd_to(again.get(), fd);
}

// What criu has to say stands in its log; the container's streams are its business only if it passes them on.
Status leave_streams(criu::RequestKind kind) {
  if (kind == criu::RequestKind::restore) return {};
  const UniqueFd null = COVE_TRY(sys::open_path("/dev/null", O_RDWR));
  for (int fd = 0; fd < static_cast<int>(kFirstFreeFd); ++fd) COVE_TRY(sys::duplicate_fd_to(null.get(), fd));
  return {};
}

// Becomes criu, which serves one request and ends. Only what the request names stays open. criu mounts
// something below its directories, so they must be of its own mount namespace; and it takes their numbers for
// those of the process that made its socket: hence both are made here, and the socket's other end goes to the
// parent.
Status become_criu(std::string program, const CriuCall& call, Teller& parent) {
  COVE_TRY(sys::reset_signals());
  if (call.prepare) COVE_TRY(call.prepare());
  COVE_TRY(leave_streams(call.request.kind));
  COVE_TRY(sys::close_on_exec_from(kFirstFreeFd));
  COVE_TRY(open_again(call.places.images_path, call.places.images.get()));
  COVE_TRY(open_again(call.places.work_path, call.places.work.get()));
  for (const criu::InheritedFd& inherited : call.request.inherited)
    COVE_TRY(sys::duplicate_fd_to(inherited.fd, inherited.fd));
  const sys::SocketPair sockets = COVE_TRY(sys::make_seqpacket_pair());
  const int others = sockets.first.get();
  const int own = sockets.second.get();
  COVE_TRY(sys::duplicate_fd_to(own, own));
  COVE_TRY(sys::send_datagram(parent.socket, bytes_of("criu"), {&others, 1}));
  parent.socket = own;
  std::string command = "swrk";
  std::string number = fmt::format("{}", own);
  std::string path = kSearchPath;
  const std::array<char*, 4> argv{program.data(), command.data(), number.data(), nullptr};
  const std::array<char*, 2> env{path.data(), nullptr};
  return sys::execute(program.c_str(), argv.data(), env.data());
}

// One request's conversation.
class Conversation {
 public:
  // `child`: the socket of the process that becomes criu.
  Conversation(const CriuCall& call, UniqueFd child) : call_(call), socket_(std::move(child)) {}

  // The last answer; nothing if criu went away without one.
  Result<std::optional<criu::Response>> hold();
  // There is no more to come: then criu ends.
  void end() noexcept { static_cast<void>(sys::end_sending(socket_.get())); }
  [[nodiscard]] const Status& refusal() const noexcept { return refusal_; }

 private:
  Status answer(const criu::Response& told, std::span<UniqueFd> fds);
  Result<std::optional<criu::Response>> receive();
  Status send_request();

  const CriuCall& call_;
  UniqueFd socket_;
  std::array<std::byte, size_t{64} << 10> buffer_;
  std::vector<UniqueFd> fds_;  // that came with the last datagram
  Status refusal_;             // the first failure of a callback
};

Status Conversation::answer(const criu::Response& told, std::span<UniqueFd> fds) {
  Status status = call_.notified ? call_.notified(told, fds) : Status();
  const std::string answer = criu::print_notified(status.ok());
  if (!status && refusal_.ok()) refusal_ = std::move(status);
  return sys::send_datagram(socket_.get(), bytes_of(answer));
}

Status Conversation::send_request() {
  criu::Request request = call_.request;
  request.images_fd = call_.places.images.get();
  request.work_fd = call_.places.work.get();
  return sys::send_datagram(socket_.get(), bytes_of(criu::print_request(request))).context("criu");
}

Result<std::optional<criu::Response>> Conversation::receive() {
  sys::Datagram datagram = COVE_TRY(sys::receive_datagram(socket_.get(), buffer_).context("criu"));
  fds_ = std::move(datagram.fds);
  if (datagram.size == 0) return std::optional<criu::Response>();
  return std::optional(
      COVE_TRY(criu::parse_response({reinterpret_cast<const char*>(buffer_.data()), datagram.size})));
}

Result<std::optional<criu::Response>> Conversation::hold() {
  sys::Datagram first = COVE_TRY(sys::receive_datagram(socket_.get(), buffer_).context("criu"));
  if (first.size == 0) return std::optional<criu::Response>();
  // Without a socket it is a failure.
  if (first.fds.empty())
    return std::optional(
        COVE_TRY(criu::parse_response({reinterpret_cast<const char*>(buffer_.data()), first.size})));
  socket_ = std::move(first.fds.front());
  COVE_TRY(send_request());
  while (true) {
    std::optional<criu::Response> response = COVE_TRY(receive());
    if (!response || response->kind != criu::RequestKind::notify) return response;
    COVE_TRY(answer(*response, fds_));
  }
}

std::string end_of(int status) {
  return WIFEXITED(status) ? fmt::format("exit status {}", WEXITSTATUS(status))
                           : fmt::format("signal {}", WTERMSIG(status));
}

Error failure(const CriuCall& call, const std::string& program, const std::optional<criu::Response>& response,
              int status) {
  constexpr size_t kMostLog = size_t{256} << 20;
  const std::string log_path = fmt::format("{}/{}", call.places.work_path, call.request.log_file);
  const Result<std::string> text = sys::read_regular_file(log_path.c_str(), kMostLog);
  std::string reason = text ? criu_errors(*text) : std::string();
  if (reason.empty() && response) reason = trim(response->message);
  if (reason.empty() && response) reason = fmt::format("errno {}", response->errno_value);
  const std::string end = response ? "" : fmt::format(" ({})", end_of(status));
  Error error(ErrorCode::system, fmt::format("criu {} failed{}{}{}", command_name(call.request.kind), end,
                                             reason.empty() ? "" : ": ", reason));
  error.set_hint(
      fmt::format("`{} check` tells what it lacks on this kernel; its log is {}", program, log_path));
  return error;
}

}  // namespace

std::string criu_errors(std::string_view log) {
  constexpr size_t kMost = 3;
  std::vector<std::string_view> errors;
  while (const auto line = next_line(log)) {
    if (line->find("Error") != std::string_view::npos) errors.push_back(trim(*line));
  }
  std::string text;
  for (size_t i = errors.size() - std::min(errors.size(), kMost); i < errors.size(); ++i)
    text += fmt::format("{}{}", text.empty() ? "" : "; ", errors[i]);
  return text;
}

Status may_call_criu(std::string_view verb) {
  if (sys::effective_uid() == 0) return {};
  Error error(ErrorCode::permission, fmt::format("{} needs root, as criu does", verb));
  error.set_hint("run the container and its checkpoint as root");
  return error;
}

Result<criu::Response> call_criu(const Settings& settings, const CriuCall& call) {
  const std::string program = COVE_TRY(find_criu(settings));
  settings.trace("run {} {}; its log is {}/{}", program, command_name(call.request.kind),
                 call.places.work_path, call.request.log_file);
  const std::string v2_options = cgroup::read_v2_options();
  sys::SocketPair sockets = COVE_TRY(sys::make_seqpacket_pair());
  const pid_t pid = COVE_TRY(sys::fork_process());
  if (pid == 0) {
    Teller parent{call.request.kind, sockets.second.get()};
    parent.tell(become_criu(program, call, parent).error());
    sys::exit_now(1);
  }
  sockets.second.reset();
  Conversation conversation(call, std::move(sockets.first));
  Result<std::optional<criu::Response>> response = conversation.hold();
  conversation.end();
  const int status = COVE_TRY(sys::wait_process(pid)).status;
  // criu has mounted cgroup v2 for itself, without options.
  const Status restored = cgroup::restore_v2_options(v2_options);
  if (!restored && call.warn) call.warn("criu has changed cgroup v2: " + restored.error().message());
  if (!conversation.refusal()) return conversation.refusal().error();
  // A socket that breaks is its death, too.
  if (!response) return failure(call, program, std::nullopt, status);
  if (!*response || !(*response)->success) return failure(call, program, *response, status);
  return **std::move(response);
}

}  // namespace cove::runtime
