#include "network/names.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <functional>

#include "base/strings.h"
#include "network/lease.h"
#include "network/orphan.h"
#include "sys/file.h"
#include "sys/process.h"
#include "sys/program.h"
#include "sys/socket.h"

namespace cove::network {
namespace {

constexpr int kPatienceMs = 10'000;
constexpr size_t kMaxAnswer = 1024;

std::string socket_path(const Roots& roots) {
  return fmt::format("{}/{}", roots.run, kResolverSocket);
}

Result<UniqueFd> lock_resolver(const Roots& roots) {
  COVE_TRY(sys::make_directories(roots.run, 0711));
  UniqueFd fd = COVE_TRY(sys::open_path((socket_path(roots) + ".lock").c_str(), O_RDWR | O_CREAT, 0600));
  COVE_TRY(sys::lock_exclusive(fd.get(), true));
  return fd;
}

// What comes over the socket of a resolver. ECONNRESET: it is gone.
Result<std::string> hear(int socket) {
  if (!sys::wait_readable(socket, kPatienceMs)) {
    Error error(ErrorCode::system, fmt::format("the process {} does not answer", kResolverName), ETIMEDOUT);
    error.set_hint("kill it; the next one that is attached starts another");
    return error;
  }
  std::array<char, kMaxAnswer> answer{};
  const sys::Datagram got =
      COVE_TRY(sys::receive_datagram(socket, std::as_writable_bytes(std::span(answer))));
  if (got.size == 0) return Error::from_errno(fmt::format("ask the process {}", kResolverName), ECONNRESET);
  return std::string(answer.data(), got.size);
}

Status understand(const std::string& answer) {
  if (answer == kServed) return {};
  const Halves halves = split_once(answer, '\n');
  Error error(ErrorCode::stale_resource, std::string(halves.first), EADDRINUSE);
  if (halves.second) error.set_hint(std::string(*halves.second));
  return error;
}

Result<UniqueFd> reach(const Roots& roots) {
  const UniqueFd directory = COVE_TRY(sys::open_path(roots.run.c_str(), O_RDONLY | O_DIRECTORY));
  return sys::connect_at(directory.get(), kResolverSocket);
}

bool runs(const Roots& roots) {
  return reach(roots).ok();
}

Result<std::string> ask(const Roots& roots, std::string_view owner) {
  const UniqueFd socket = COVE_TRY(reach(roots));
  COVE_TRY(sys::send_datagram(socket.get(), std::as_bytes(std::span(owner))));
  return hear(socket.get());
}

bool is_gone(const Error& error) {
  const int code = error.sys_errno();
  return code == ENOENT || code == ECONNREFUSED || code == ECONNRESET || code == EPIPE;
}

Status start(const Roots& roots, const UniqueFd& lock) {
  const std::string program = COVE_TRY(sys::find_companion(kResolverName));
  sys::SocketPair ready = COVE_TRY(sys::make_seqpacket_pair());
  COVE_TRY(start_orphan([&] {
    return sys::spawn_with_fds(program.c_str(), {std::string(kResolverName), roots.data, roots.run},
                               {-1, -1, -1, ready.second.get(), lock.get()});
  }));
  ready.second.reset();
  return understand(COVE_TRY(hear(ready.first.get())));
}

Result<bool> needs_names(const Roots& roots, const Attachment& attachment) {
  if (attachment.holder) return false;  // its engine says who is asked
  for (const Endpoint& endpoint : attachment.endpoints) {
    if (endpoint.driver == Driver::bridge && attachment.egress.has_names()) return true;
    if (endpoint.driver != Driver::bridge || endpoint.network_name == kDefaultNetwork) continue;
    if (has_names(COVE_TRY(open_network(roots, endpoint.network)))) return true;
  }
  return false;
}

// Those that live and need names.
Result<std::vector<std::string>> owners(const Roots& roots) {
  std::vector<std::string> found;
  for (std::string& owner : COVE_TRY(list_attached(roots))) {
    const auto attachment = read_attachment(roots, owner);
    if (!attachment || !*attachment || !lives(**attachment)) continue;
    const auto needed = needs_names(roots, **attachment);
    if (needed && *needed) found.push_back(std::move(owner));
  }
  return found;
}

}  // namespace

bool has_names(const Network& network) noexcept {
  return network.driver == Driver::bridge && network.name != kDefaultNetwork && !network.nameless;
}

IpAddress name_server(const Roots& roots, const std::vector<std::string>& networks, bool listed) {
  for (const std::string& reference : networks) {
    const auto network = open_network(roots, reference);
    if (!network || !(has_names(*network) || (listed && network->driver == Driver::bridge))) continue;
    if (const Pool* pool = network->pool(AF_INET); pool != nullptr) return pool->gateway;
  }
  return {};
}

IpAddress name_server(const Roots& roots, const Attachment& attachment) {
  std::vector<std::string> networks;
  for (const Endpoint& endpoint : attachment.endpoints) networks.push_back(endpoint.network);
  return name_server(roots, networks, attachment.egress.has_names());
}

Status serve_names(const Roots& roots, std::string_view owner) {
  const auto attachment = COVE_TRY(read_attachment(roots, owner));
  if (!attachment || !COVE_TRY(needs_names(roots, *attachment))) return {};
  const UniqueFd lock = COVE_TRY(lock_resolver(roots));
  Result<std::string> answer = ask(roots, owner);
  if (answer ? *answer == kReplaced : is_gone(answer.error())) {
    COVE_TRY(start(roots, lock).context("start the resolver"));
    answer = ask(roots, owner);
  }
  return understand(COVE_TRY(std::move(answer)));
}

Status serve_all_names(const Roots& roots) {
  for (const std::string& owner : COVE_TRY(owners(roots))) COVE_TRY(serve_names(roots, owner));
  return {};
}

Result<std::vector<Litter>> find_resolver_litter(const Roots& roots, bool mend) {
  std::vector<Litter> litter;
  const std::string path = socket_path(roots);
  const auto found = [&](std::string text, const std::function<Status()>& mending) {
    Litter one{path, std::move(text), {}};
    const Status mended = mend ? mending() : Status();
    if (!mended) one.failure = mended.error().message();
    litter.push_back(std::move(one));
  };
  const bool needed = !COVE_TRY(owners(roots)).empty();
  const bool seen = sys::stat_at(AT_FDCWD, path.c_str(), AT_SYMLINK_NOFOLLOW).ok();
  if (!needed && !seen) return litter;
  UniqueFd lock = COVE_TRY(lock_resolver(roots));
  if (runs(roots)) return litter;
  if (needed) {
    lock.reset();
    found("nobody answers for names on networks: the process that did was killed",
          [&] { return serve_all_names(roots); });
  } else if (sys::stat_at(AT_FDCWD, path.c_str(), AT_SYMLINK_NOFOLLOW)) {
    found("of a process that answered for names, and was killed",
          [&] { return sys::remove_file_at(AT_FDCWD, path.c_str()); });
  }
  return litter;
}

}  // namespace cove::network
