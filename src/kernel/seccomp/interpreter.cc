#include "kernel/seccomp/interpreter.h"

#include <fmt/format.h>
#include <string.h>

#include <optional>

namespace cove::seccomp {
namespace {

constexpr uint16_t kLoadWord = BPF_LD | BPF_W | BPF_ABS;
constexpr uint16_t kAnd = BPF_ALU | BPF_AND | BPF_K;
constexpr uint16_t kReturn = BPF_RET | BPF_K;
constexpr uint16_t kGoto = BPF_JMP | BPF_JA;

// The outcome of a conditional jump's comparison; nothing if it is none.
std::optional<bool> compare(uint16_t code, uint32_t accumulator, uint32_t operand) noexcept {
  switch (code) {
    case BPF_JMP | BPF_JEQ | BPF_K:
      return accumulator == operand;
    case BPF_JMP | BPF_JGT | BPF_K:
      return accumulator > operand;
    case BPF_JMP | BPF_JGE | BPF_K:
      return accumulator >= operand;
    case BPF_JMP | BPF_JSET | BPF_K:
      return (accumulator & operand) != 0;
    default:
      return std::nullopt;
  }
}

bool loadable(uint32_t offset) noexcept {
  return offset % sizeof(uint32_t) == 0 && offset <= sizeof(seccomp_data) - sizeof(uint32_t);
}

// How far an instruction can jump, or why it is wrong.
Result<uint64_t> furthest_jump(const sock_filter& instruction) {
  switch (instruction.code) {
    case kLoadWord:
      if (!loadable(instruction.k))
        return Error(ErrorCode::internal, fmt::format("load from {}", instruction.k));
      return uint64_t{0};
    case kAnd:
    case kReturn:
      return uint64_t{0};
    case kGoto:
      return uint64_t{instruction.k};
    default:
      break;
  }
  if (!compare(instruction.code, 0, 0).has_value()) {
    return Error(ErrorCode::internal, fmt::format("code {:#x}", instruction.code));
  }
  return uint64_t{instruction.jt > instruction.jf ? instruction.jt : instruction.jf};
}

}  // namespace

Status check_program(std::span<const sock_filter> program) {
  if (program.empty() || program.size() > BPF_MAXINSNS) {
    return Error(ErrorCode::internal, fmt::format("{} instructions", program.size()));
  }
  for (size_t i = 0; i < program.size(); ++i) {
    const uint64_t jump = COVE_TRY(furthest_jump(program[i]).context(fmt::format("instruction {}", i)));
    if (program[i].code != kReturn && i + 1 + jump >= program.size()) {
      return Error(ErrorCode::internal, fmt::format("instruction {}: goes past the end", i));
    }
  }
  return {};
}

uint32_t evaluate(std::span<const sock_filter> program, const seccomp_data& call) noexcept {
  uint32_t accumulator = 0;
  for (size_t i = 0; i < program.size(); ++i) {
    const sock_filter& instruction = program[i];
    if (instruction.code == kReturn) return instruction.k;
    if (instruction.code == kLoadWord) {
      if (!loadable(instruction.k)) break;
      memcpy(&accumulator, reinterpret_cast<const char*>(&call) + instruction.k, sizeof accumulator);
    } else if (instruction.code == kAnd) {
      accumulator &= instruction.k;
    } else if (instruction.code == kGoto) {
      i += instruction.k;
    } else if (const auto outcome = compare(instruction.code, accumulator, instruction.k)) {
      i += *outcome ? instruction.jt : instruction.jf;
    } else {
      break;
    }
  }
  return SECCOMP_RET_KILL_PROCESS;
}

}  // namespace cove::seccomp
