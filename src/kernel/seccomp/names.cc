#include "kernel/seccomp/names.h"

#include <fmt/format.h>
#include <linux/seccomp.h>
#include <string.h>

#include <array>
#include <span>

namespace cove::seccomp {
namespace {

template <typename T>
struct Word {
  std::string_view name;
  T value;
};

constexpr std::array<Word<Action>, 9> kActions{{
    {"SCMP_ACT_ALLOW", Action::allow},
    {"SCMP_ACT_ERRNO", Action::error},
    {"SCMP_ACT_KILL_THREAD", Action::kill_thread},
    {"SCMP_ACT_KILL", Action::kill_thread},
    {"SCMP_ACT_KILL_PROCESS", Action::kill_process},
    {"SCMP_ACT_LOG", Action::log},
    {"SCMP_ACT_NOTIFY", Action::notify},
    {"SCMP_ACT_TRACE", Action::trace},
    {"SCMP_ACT_TRAP", Action::trap},
}};

constexpr std::array<Word<Comparison>, 7> kComparisons{{
    {"SCMP_CMP_NE", Comparison::not_equal},
    {"SCMP_CMP_LT", Comparison::less},
    {"SCMP_CMP_LE", Comparison::less_equal},
    {"SCMP_CMP_EQ", Comparison::equal},
    {"SCMP_CMP_GE", Comparison::greater_equal},
    {"SCMP_CMP_GT", Comparison::greater},
    {"SCMP_CMP_MASKED_EQ", Comparison::masked_equal},
}};

constexpr std::array<Word<Architecture>, 20> kArchitectures{{
    {"SCMP_ARCH_X86_64", Architecture::x86_64},
    {"SCMP_ARCH_X86", Architecture::x86},
    {"SCMP_ARCH_X32", Architecture::x32},
    {"SCMP_ARCH_AARCH64", Architecture::aarch64},
    {"SCMP_ARCH_ARM", Architecture::arm},
    {"SCMP_ARCH_LOONGARCH64", Architecture::loongarch64},
    {"SCMP_ARCH_MIPS", Architecture::mips},
    {"SCMP_ARCH_MIPS64", Architecture::mips64},
    {"SCMP_ARCH_MIPS64N32", Architecture::mips64n32},
    {"SCMP_ARCH_MIPSEL", Architecture::mipsel},
    {"SCMP_ARCH_MIPSEL64", Architecture::mipsel64},
    {"SCMP_ARCH_MIPSEL64N32", Architecture::mipsel64n32},
    {"SCMP_ARCH_PARISC", Architecture::parisc},
    {"SCMP_ARCH_PARISC64", Architecture::parisc64},
    {"SCMP_ARCH_PPC", Architecture::ppc},
    {"SCMP_ARCH_PPC64", Architecture::ppc64},
    {"SCMP_ARCH_PPC64LE", Architecture::ppc64le},
    {"SCMP_ARCH_RISCV64", Architecture::riscv64},
    {"SCMP_ARCH_S390", Architecture::s390},
    {"SCMP_ARCH_S390X", Architecture::s390x},
}};

constexpr std::array<Word<unsigned>, 4> kFlags{{
    {"SECCOMP_FILTER_FLAG_TSYNC", SECCOMP_FILTER_FLAG_TSYNC},
    {"SECCOMP_FILTER_FLAG_LOG", SECCOMP_FILTER_FLAG_LOG},
    {"SECCOMP_FILTER_FLAG_SPEC_ALLOW", SECCOMP_FILTER_FLAG_SPEC_ALLOW},
    {"SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV", SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV},
}};

template <typename Words>
auto find_word(const Words& words, std::string_view name) noexcept
    -> std::optional<decltype(words[0].value)> {
  for (const auto& word : words) {
    if (word.name == name) return word.value;
  }
  return std::nullopt;
}

template <typename Words>
std::string_view name_of(const Words& words, decltype(words[0].value) value) noexcept {
  for (const auto& word : words) {
    if (word.value == value) return word.name;
  }
  return {};
}

template <typename Words>
std::string join_names(const Words& words) {
  std::string text;
  for (const auto& word : words) {
    if (!text.empty()) text += ", ";
    text += word.name;
  }
  return text;
}

}  // namespace

std::optional<Action> parse_action(std::string_view name) noexcept {
  return find_word(kActions, name);
}
std::string_view print_action(Action action) noexcept {
  return name_of(kActions, action);
}

std::optional<Comparison> parse_comparison(std::string_view name) noexcept {
  return find_word(kComparisons, name);
}

std::optional<Architecture> parse_architecture(std::string_view name) noexcept {
  return find_word(kArchitectures, name);
}
std::string_view print_architecture(Architecture architecture) noexcept {
  return name_of(kArchitectures, architecture);
}

std::optional<unsigned> parse_flag(std::string_view name) noexcept {
  return find_word(kFlags, name);
}

std::string known_actions() {
  return join_names(kActions);
}
std::string known_comparisons() {
  return join_names(kComparisons);
}
std::string known_architectures() {
  return join_names(kArchitectures);
}
std::string known_flags() {
  return join_names(kFlags);
}

std::string describe_verdict(Verdict verdict) {
  switch (verdict.action) {
    case Action::kill_thread:
      return "kill thread";
    case Action::kill_process:
      return "kill process";
    case Action::trap:
      return "trap";
    case Action::error: {
      const char* name = strerrorname_np(verdict.data);
      return name != nullptr ? fmt::format("errno {}", name) : fmt::format("errno {}", verdict.data);
    }
    case Action::notify:
      return "notify";
    case Action::trace:
      return fmt::format("trace {}", verdict.data);
    case Action::log:
      return "log";
    case Action::allow:
      return "allow";
  }
  return "?";
}

}  // namespace cove::seccomp
