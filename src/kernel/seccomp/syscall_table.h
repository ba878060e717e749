// System call names and numbers of the ABIs that an x86_64 kernel serves. Made at build time from the
// kernel's headers and new_syscalls.txt. Pure; may be used anywhere.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace cove::seccomp {

// The order is the one of the generated table.
enum class Abi : uint8_t { x86_64, x32, i386 };
inline constexpr size_t kAbiCount = 3;
inline constexpr std::array kAllAbis{Abi::x86_64, Abi::x32, Abi::i386};

// What tells x32 from x86_64: both report AUDIT_ARCH_X86_64 (__X32_SYSCALL_BIT of asm/unistd.h).
inline constexpr uint32_t kX32Bit = 0x40000000;

// One name's numbers, by ABI, as seccomp_data.nr shows them: those of x32 carry kX32Bit.
class SyscallNumbers {
 public:
  constexpr explicit SyscallNumbers(const std::array<int16_t, kAbiCount>& numbers) : numbers_(numbers) {}

  [[nodiscard]] constexpr std::optional<uint32_t> number(Abi abi) const {
    const int16_t number = numbers_[static_cast<size_t>(abi)];
    if (number < 0) return std::nullopt;
    return static_cast<uint32_t>(number) | (abi == Abi::x32 ? kX32Bit : 0);
  }

 private:
  std::array<int16_t, kAbiCount> numbers_;  // without kX32Bit; -1: the ABI has no such call
};

// Nothing if no ABI has a call of this name.
[[nodiscard]] std::optional<SyscallNumbers> find_syscall(std::string_view name) noexcept;

// The number in one ABI.
[[nodiscard]] std::optional<uint32_t> syscall_number(Abi abi, std::string_view name) noexcept;

// The name of a number (with kX32Bit for x32); empty if the ABI has no such call.
[[nodiscard]] std::string_view syscall_name(Abi abi, uint32_t number) noexcept;

// All names, in ASCII order: 0 … syscall_count() - 1.
[[nodiscard]] size_t syscall_count() noexcept;
[[nodiscard]] std::string_view syscall_name_at(size_t index) noexcept;

}  // namespace cove::seccomp
