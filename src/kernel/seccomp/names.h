// The words of profiles, both ways: actions, comparisons, architectures and flags. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "kernel/seccomp/profile.h"

namespace cove::seccomp {

// "SCMP_ACT_ALLOW" and so on; SCMP_ACT_KILL is SCMP_ACT_KILL_THREAD.
[[nodiscard]] std::optional<Action> parse_action(std::string_view name) noexcept;
[[nodiscard]] std::string_view print_action(Action action) noexcept;

// "SCMP_CMP_EQ" and so on.
[[nodiscard]] std::optional<Comparison> parse_comparison(std::string_view name) noexcept;

// "SCMP_ARCH_X86_64" and so on.
[[nodiscard]] std::optional<Architecture> parse_architecture(std::string_view name) noexcept;
[[nodiscard]] std::string_view print_architecture(Architecture architecture) noexcept;

// "SECCOMP_FILTER_FLAG_LOG" and so on: the flag's bit.
[[nodiscard]] std::optional<unsigned> parse_flag(std::string_view name) noexcept;

// For messages: every word of its kind, "SCMP_CMP_NE, SCMP_CMP_LT, …".
[[nodiscard]] std::string known_actions();
[[nodiscard]] std::string known_comparisons();
[[nodiscard]] std::string known_architectures();
[[nodiscard]] std::string known_flags();

// "allow", "errno EPERM", "errno 38", "kill thread": for people.
[[nodiscard]] std::string describe_verdict(Verdict verdict);

}  // namespace cove::seccomp
