#include "kernel/seccomp/interpreter.h"

#include <fmt/format.h>
#include <linux/audit.h>
#include <string.h>

#include <algorithm>
#include <cstddef>
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

// What is known where an instruction is reached, over all ways to it.
struct Knowledge {
  bool reached = false;
  std::optional<uint32_t> accumulator;  // nothing: it depends on the arguments
};

// Runs a program for one call number with everything else left open. Jumps only go forward, so one pass will
// do.
class Explorer {
 public:
  Explorer(std::span<const sock_filter> program, Abi abi, uint32_t number)
      : program_(program),
        arch_(abi == Abi::i386 ? AUDIT_ARCH_I386 : AUDIT_ARCH_X86_64),
        number_(number),
        known_(program.size()) {}

  std::vector<uint32_t> run() {
    reach(0, uint32_t{0});
    for (size_t i = 0; i < program_.size(); ++i) {
      if (known_[i].reached) step(i);
    }
    std::sort(results_.begin(), results_.end());
    results_.erase(std::unique(results_.begin(), results_.end()), results_.end());
    return std::move(results_);
  }

 private:
  void reach(size_t at, std::optional<uint32_t> accumulator) {
    if (at >= program_.size()) {
      results_.push_back(SECCOMP_RET_KILL_PROCESS);
    } else if (!known_[at].reached) {
      known_[at] = {true, accumulator};
    } else if (known_[at].accumulator != accumulator) {
      known_[at].accumulator.reset();
    }
  }

  [[nodiscard]] std::optional<uint32_t> load(uint32_t offset) const {
    if (offset == offsetof(seccomp_data, nr)) return number_;
    if (offset == offsetof(seccomp_data, arch)) return arch_;
    return std::nullopt;
  }

  void step(size_t at) {
    const sock_filter& instruction = program_[at];
    const std::optional<uint32_t> accumulator = known_[at].accumulator;
    if (instruction.code == kReturn) {
      results_.push_back(instruction.k);
    } else if (instruction.code == kLoadWord && loadable(instruction.k)) {
      reach(at + 1, load(instruction.k));
    } else if (instruction.code == kAnd) {
      reach(at + 1, accumulator ? std::optional(*accumulator & instruction.k) : std::nullopt);
    } else if (instruction.code == kGoto) {
      reach(at + 1 + instruction.k, accumulator);
    } else if (const auto outcome = compare(instruction.code, accumulator.value_or(0), instruction.k)) {
      if (!accumulator || *outcome) reach(at + 1 + instruction.jt, accumulator);
      if (!accumulator || !*outcome) reach(at + 1 + instruction.jf, accumulator);
    } else {
      results_.push_back(SECCOMP_RET_KILL_PROCESS);
    }
  }

  std::span<const sock_filter> program_;
  uint32_t arch_;
  uint32_t number_;
  std::vector<Knowledge> known_;
  std::vector<uint32_t> results_;
};

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

std::vector<uint32_t> possible_results(std::span<const sock_filter> program, Abi abi, uint32_t number) {
  return Explorer(program, abi, number).run();
}

bool filter_allows(std::span<const sock_filter> program, Abi abi, uint32_t number) {
  const std::vector<uint32_t> results = possible_results(program, abi, number);
  return std::any_of(results.begin(), results.end(), [](uint32_t result) {
    return result == SECCOMP_RET_ALLOW || result == SECCOMP_RET_LOG;
  });
}

bool filter_notifies(std::span<const sock_filter> program, Abi abi, uint32_t number) {
  const std::vector<uint32_t> results = possible_results(program, abi, number);
  return std::find(results.begin(), results.end(), SECCOMP_RET_USER_NOTIF) != results.end();
}

}  // namespace cove::seccomp
