// Running a filter without the kernel: for tests, fuzzing and explanations. Pure.
// Source: kernel/seccomp.c seccomp_check_filter(), net/core/filter.c bpf_check_classic().
#pragma once

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "kernel/seccomp/syscall_table.h"

namespace cove::seccomp {

// Whether the kernel would take the program, as far as filters made by cove or libseccomp go: 1 …
// BPF_MAXINSNS instructions, all of the kinds they use, loads of aligned words of seccomp_data, every jump
// inside the program, a return at the end. ErrorCode::internal names the instruction.
Status check_program(std::span<const sock_filter> program);

// What the filter returns for a call. A program that check_program() refuses may give
// SECCOMP_RET_KILL_PROCESS.
[[nodiscard]] uint32_t evaluate(std::span<const sock_filter> program, const seccomp_data& call) noexcept;

// Everything that the filter can return for the calls of one number, sorted; their arguments and the place
// that they are made from count as unknown. At least one; SECCOMP_RET_KILL_PROCESS stands for a program that
// check_program() refuses.
std::vector<uint32_t> possible_results(std::span<const sock_filter> program, Abi abi, uint32_t number);

// Whether some calls of this number get through (SECCOMP_RET_ALLOW, _LOG), or are handed to the supervisor.
// For a start whose last steps run under the filter: those that never get through make it impossible, and a
// supervisor cannot answer for the very call that hands it its descriptor.
[[nodiscard]] bool filter_allows(std::span<const sock_filter> program, Abi abi, uint32_t number);
[[nodiscard]] bool filter_notifies(std::span<const sock_filter> program, Abi abi, uint32_t number);

}  // namespace cove::seccomp
