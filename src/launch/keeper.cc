#include "launch/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>

#include <array>

#include "kernel/cgroup/cgroup.h"
#include "sys/file.h"
#include "sys/poll.h"
#include "sys/process.h"
#include "sys/socket.h"
#include "sys/tty.h"

namespace cove::launch {
namespace {

enum class Order : uint8_t { watch, guard_terminal, dismiss };

struct Packet {
  Order order;
  struct termios terminal;
};

struct Watched {
  UniqueFd process;
  UniqueFd terminal;
  struct termios original {};
};

constexpr int kSocketNumber = 3;
// How long what was killed may take to end, and to let go of its locks.
constexpr int kPatienceMs = 2000;
constexpr uint64_t kPatienceNs = uint64_t{kPatienceMs} * 1'000'000;

// Nothing of cove's may be kept open by the keeper: no pipe, no terminal, no mount.
Status shed_everything(int socket) {
  COVE_TRY(sys::block_all_signals());  // Ctrl-C in the terminal is meant for cove; we still have to clean up
  COVE_TRY(sys::start_session());
  COVE_TRY(sys::change_directory("/"));
  if (socket != kSocketNumber) COVE_TRY(sys::duplicate_fd_to(socket, kSocketNumber));
  sys::close_range(0, kSocketNumber - 1);
  sys::close_range(kSocketNumber + 1, ~0U);
  return sys::set_process_name("cove-keeper");
}

void clean_up(const KeeperDuties& duties, const Watched& watched) noexcept {
  if (watched.process.valid()) {
    static_cast<void>(sys::signal_pidfd(watched.process.get(), SIGKILL));
    // Until it has ended it may mount the overlay still, and it holds the lock on the work directory.
    static_cast<void>(sys::wait_readable(watched.process.get(), kPatienceMs));
  }
  static_cast<void>(cgroup::kill_processes(duties.cgroups));
  static_cast<void>(cgroup::remove_directories(duties.cgroups));
  remove_work_directories(duties.work_directories, kPatienceNs);
  if (duties.more) duties.more();
  if (watched.terminal.valid()) {
    static_cast<void>(sys::set_terminal_attributes(watched.terminal.get(), TCSANOW, watched.original));
  }
}

[[noreturn]] void keep(int socket, const KeeperDuties& duties) noexcept {
  Watched watched;
  if (!shed_everything(socket)) sys::exit_now(1);
  while (true) {
    Packet packet{};
    Result<sys::Datagram> datagram =
        sys::receive_datagram(kSocketNumber, {reinterpret_cast<std::byte*>(&packet), sizeof packet});
    if (!datagram || datagram->size == 0) {
      clean_up(duties, watched);
      sys::exit_now(0);
    }
    if (packet.order == Order::dismiss) sys::exit_now(0);
    if (datagram->fds.empty()) continue;
    if (packet.order == Order::watch) {
      watched.process = std::move(datagram->fds.front());
    } else {
      watched.terminal = std::move(datagram->fds.front());
      watched.original = packet.terminal;
    }
  }
}

Status send(int socket, const Packet& packet, std::span<const int> fds) {
  return sys::send_datagram(socket, {reinterpret_cast<const std::byte*>(&packet), sizeof packet}, fds);
}

Packet make_packet(Order order) {
  Packet packet;
  memset(&packet, 0, sizeof packet);  // the padding is sent too
  packet.order = order;
  return packet;
}

}  // namespace

Result<Keeper> Keeper::arm(const KeeperDuties& duties) {
  sys::SocketPair pair = COVE_TRY(sys::make_seqpacket_pair());
  const pid_t pid = COVE_TRY(sys::fork_process());
  if (pid == 0) keep(pair.second.get(), duties);
  return Keeper(std::move(pair.first), pid);
}

Status Keeper::watch(int pidfd) {
  return send(socket_.get(), make_packet(Order::watch), {&pidfd, 1}).context("tell the keeper");
}

Status Keeper::guard_terminal(int fd, const struct termios& original) {
  Packet packet = make_packet(Order::guard_terminal);
  packet.terminal = original;
  return send(socket_.get(), packet, {&fd, 1}).context("tell the keeper");
}

void Keeper::dismiss() noexcept {
  if (!armed()) return;
  static_cast<void>(send(socket_.get(), make_packet(Order::dismiss), {}));
  socket_.reset();
  static_cast<void>(sys::wait_process(pid_));
}

namespace {

bool lock_until(int fd, uint64_t deadline_ns) noexcept {
  constexpr uint64_t kPauseNs = 10'000'000;
  while (!sys::lock_exclusive(fd, false)) {
    const uint64_t now = sys::monotonic_nanoseconds();
    if (now >= deadline_ns || !sys::poll_until({}, now + kPauseNs)) return false;
  }
  return true;
}

}  // namespace

Result<UniqueFd> claim_work_directory(const std::string& directory) {
  for (int tries = 0; tries < 100; ++tries) {
    const Status made = sys::make_directory_at(AT_FDCWD, directory.c_str(), 0700);
    // One that a killed launch left is as good as new.
    if (!made && made.error().sys_errno() != EEXIST) return Error(made.error());
    Result<UniqueFd> opened = sys::open_path(directory.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (!opened) continue;  // removed in between
    if (!sys::lock_exclusive(opened->get(), false)) break;
    const Result<struct stat> held = sys::stat_fd(opened->get());
    const Result<struct stat> there = sys::stat_at(AT_FDCWD, directory.c_str());
    if (held && there && held->st_ino == there->st_ino) return opened;
  }
  Error error(ErrorCode::invalid_argument, directory + ": another sandbox writes to this upper layer");
  error.set_hint("wait for it to end, or use another directory: an upper layer has one writer at a time");
  return error;
}

void remove_work_directories(const std::vector<std::string>& directories, uint64_t patience_ns) noexcept {
  const uint64_t deadline = sys::monotonic_nanoseconds() + patience_ns;
  for (const std::string& directory : directories) {
    const Result<UniqueFd> opened = sys::open_path(directory.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (!opened || !lock_until(opened->get(), deadline)) continue;
    // Overlayfs makes these below it; they are empty when no overlay is mounted.
    for (const char* name : {"/work", "/index"}) {
      static_cast<void>(sys::remove_directory_at(AT_FDCWD, (directory + name).c_str()));
    }
    static_cast<void>(sys::remove_directory_at(AT_FDCWD, directory.c_str()));
  }
}

}  // namespace cove::launch
