// Running a filter without the kernel: for tests, fuzzing and explanations. Pure.
// Source: kernel/seccomp.c seccomp_check_filter(), net/core/filter.c bpf_check_classic().
#pragma once

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <cstdint>
#include <span>

#include "base/result.h"

namespace cove::seccomp {

// Whether the kernel would take the program, as far as filters made by cove or libseccomp go: 1 …
// BPF_MAXINSNS instructions, all of the kinds they use, loads of aligned words of seccomp_data, every jump
// inside the program, a return at the end. ErrorCode::internal names the instruction.
Status check_program(std::span<const sock_filter> program);

// What the filter returns for a call. A program that check_program() refuses may give
// SECCOMP_RET_KILL_PROCESS.
[[nodiscard]] uint32_t evaluate(std::span<const sock_filter> program, const seccomp_data& call) noexcept;

}  // namespace cove::seccomp
