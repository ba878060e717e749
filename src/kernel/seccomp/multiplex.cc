#include "kernel/seccomp/multiplex.h"

#include <linux/ipc.h>
#include <linux/net.h>

#include <array>

#include "kernel/seccomp/name_index.h"
#include "kernel/seccomp/syscall_table.h"

namespace cove::seccomp {
namespace {

enum class Multiplexer : uint8_t { socketcall, ipc };

struct Row {
  std::string_view name;
  Multiplexer multiplexer;
  uint32_t code;
};

constexpr std::array<Row, 32> kRows{{
    {"accept", Multiplexer::socketcall, SYS_ACCEPT},
    {"accept4", Multiplexer::socketcall, SYS_ACCEPT4},
    {"bind", Multiplexer::socketcall, SYS_BIND},
    {"connect", Multiplexer::socketcall, SYS_CONNECT},
    {"getpeername", Multiplexer::socketcall, SYS_GETPEERNAME},
    {"getsockname", Multiplexer::socketcall, SYS_GETSOCKNAME},
    {"getsockopt", Multiplexer::socketcall, SYS_GETSOCKOPT},
    {"listen", Multiplexer::socketcall, SYS_LISTEN},
    {"recv", Multiplexer::socketcall, SYS_RECV},
    {"recvfrom", Multiplexer::socketcall, SYS_RECVFROM},
    {"recvmmsg", Multiplexer::socketcall, SYS_RECVMMSG},
    {"recvmsg", Multiplexer::socketcall, SYS_RECVMSG},
    {"send", Multiplexer::socketcall, SYS_SEND},
    {"sendmmsg", Multiplexer::socketcall, SYS_SENDMMSG},
    {"sendmsg", Multiplexer::socketcall, SYS_SENDMSG},
    {"sendto", Multiplexer::socketcall, SYS_SENDTO},
    {"setsockopt", Multiplexer::socketcall, SYS_SETSOCKOPT},
    {"shutdown", Multiplexer::socketcall, SYS_SHUTDOWN},
    {"socket", Multiplexer::socketcall, SYS_SOCKET},
    {"socketpair", Multiplexer::socketcall, SYS_SOCKETPAIR},
    {"msgctl", Multiplexer::ipc, MSGCTL},
    {"msgget", Multiplexer::ipc, MSGGET},
    {"msgrcv", Multiplexer::ipc, MSGRCV},
    {"msgsnd", Multiplexer::ipc, MSGSND},
    {"semctl", Multiplexer::ipc, SEMCTL},
    {"semget", Multiplexer::ipc, SEMGET},
    {"semop", Multiplexer::ipc, SEMOP},
    {"semtimedop", Multiplexer::ipc, SEMTIMEDOP},
    {"shmat", Multiplexer::ipc, SHMAT},
    {"shmctl", Multiplexer::ipc, SHMCTL},
    {"shmdt", Multiplexer::ipc, SHMDT},
    {"shmget", Multiplexer::ipc, SHMGET},
}};

constexpr auto kIndex = [] {
  NameIndex<kRows.size() * 2> index;
  for (size_t i = 0; i < kRows.size(); ++i) index.add(kRows[i].name, static_cast<uint16_t>(i));
  return index;
}();

}  // namespace

std::optional<MultiplexedCall> find_multiplexed(std::string_view name) noexcept {
  const auto place = kIndex.find(name, [](size_t i) { return kRows[i].name; });
  if (!place.has_value()) return std::nullopt;
  const Row& row = kRows[*place];
  const auto number = syscall_number(Abi::i386, row.multiplexer == Multiplexer::ipc ? "ipc" : "socketcall");
  if (!number.has_value()) return std::nullopt;
  return MultiplexedCall{*number, row.code};
}

}  // namespace cove::seccomp
