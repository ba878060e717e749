// socketcall(2) and ipc(2): on i386 one call stands for many, told apart by its first argument. Pure.
// Sources: linux/net.h, linux/ipc.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace cove::seccomp {

struct MultiplexedCall {
  uint32_t number = 0;  // of socketcall or ipc on i386
  uint32_t code = 0;    // its first argument
};

// Where else the call `name` can be made on i386.
[[nodiscard]] std::optional<MultiplexedCall> find_multiplexed(std::string_view name) noexcept;

}  // namespace cove::seccomp
