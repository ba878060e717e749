#include <cstring>

#include "engine/operations.h"
#include "monitor/attach.h"
#include "sys/process.h"

namespace cove::engine {
namespace {

// The monitor says it when the end is on record; nothing: it went without a word.
Result<std::optional<int>> hear_end(int socket) {
  monitor::Packet packet;
  packet.kind = monitor::Kind::only_end;
  COVE_TRY(monitor::send_packet(socket, packet, 0));
  while (true) {
    const std::optional<size_t> size = COVE_TRY(monitor::receive_packet(socket, packet));
    if (!size) return std::optional<int>();
    int32_t status = 0;
    if (packet.kind != monitor::Kind::ended || *size != sizeof status) continue;
    std::memcpy(&status, packet.payload, sizeof status);
    return std::optional(static_cast<int>(status));
  }
}

void await_process(const State& state) {
  const Result<UniqueFd> process = sys::open_pidfd(state.pid);
  while (process && process_lives(state)) {
    constexpr int kLongMs = 60'000;
    if (sys::wait_readable(process->get(), kLongMs)) return;
  }
}

// Between two tries, with a monitor that takes no more clients.
void await_monitor(const State& state) {
  constexpr int kStepMs = 50;
  const Result<UniqueFd> monitor = sys::open_pidfd(state.monitor);
  if (monitor) static_cast<void>(sys::wait_readable(monitor->get(), kStepMs));
}

// Until something has changed. Gives the exit status if it has ended for good.
Result<std::optional<int>> await_change(const Roots& roots, const Container& container) {
  const State& state = container.state;
  if (state.phase == Phase::running || state.phase == Phase::restarting) {
    if (Result<UniqueFd> socket = connect_attach(container)) {
      const Result<std::optional<int>> heard = hear_end(socket->get());
      if (heard && *heard) return *heard;
    }
  }
  if (state.phase == Phase::restarting && monitor_lives(state)) {
    await_monitor(state);
    return std::optional<int>();
  }
  if (state.phase == Phase::running) {
    await_process(state);
    constexpr int kPatienceMs = 10'000;
    COVE_TRY(await_record(roots, state, container.record.id, kPatienceMs));
    return std::optional<int>();
  }
  // Once it can be locked, whoever was at work on it is done or dead.
  Container locked = COVE_TRY(open_container(roots, container.record.id, true));
  COVE_TRY(reconcile(roots, locked));
  return std::optional<int>();
}

}  // namespace

Result<int> wait(const Roots& roots, std::string_view reference) {
  Container container = COVE_TRY(open_container(roots, reference, false));
  while (container.state.phase != Phase::created && container.state.phase != Phase::exited) {
    const std::optional<int> ended = COVE_TRY(await_change(roots, container));
    if (ended) return *ended;
    container = COVE_TRY(open_container(roots, container.record.id, false));
  }
  return container.state.exit_code.value_or(0);
}

}  // namespace cove::engine
