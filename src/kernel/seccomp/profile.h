// A seccomp profile as plain data: linux.seccomp of the OCI runtime specification with Docker's extensions
// (archMap, name, includes, excludes). Made by parse_profile() or default_profile(), turned into a filter by
// compile(). Sources: OCI runtime-spec config-linux.md "Seccomp"; seccomp(2); Docker's profile format.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kernel/caps/capability.h"
#include "sys/kernel_version.h"

namespace cove::seccomp {

// SCMP_ACT_*. SCMP_ACT_KILL is kill_thread. `notify` hands the call to a supervisor, which whoever loads the
// filter has to provide: without one it fails with ENOSYS.
enum class Action : uint8_t { kill_thread, kill_process, trap, error, notify, trace, log, allow };

// What happens to a call. `data` is the errno for Action::error, the tracer's message for Action::trace, else
// 0.
struct Verdict {
  Action action = Action::allow;
  uint16_t data = 0;

  friend bool operator==(const Verdict&, const Verdict&) = default;
};
// SECCOMP_RET_* with its data, as the filter returns it.
[[nodiscard]] uint32_t return_value(Verdict verdict) noexcept;

// SCMP_CMP_*: how an argument is compared with `value`; for masked_equal `value` is the mask and `value_two`
// what the masked argument must equal.
enum class Comparison : uint8_t { not_equal, less, less_equal, equal, greater_equal, greater, masked_equal };

inline constexpr unsigned kArgumentCount = 6;

struct ArgumentRule {
  uint8_t index = 0;  // below kArgumentCount
  Comparison comparison = Comparison::equal;
  uint64_t value = 0;
  uint64_t value_two = 0;
};

// When a rule counts (includes) or does not (excludes). Everything empty: no condition.
struct RuleFilter {
  caps::CapabilitySet capabilities;              // includes: all of them held; excludes: one of them
  std::vector<std::string> architectures;        // Docker's names, as "amd64"; one of them is the machine's
  std::optional<sys::KernelVersion> min_kernel;  // the kernel is at least this
};

struct SyscallRule {
  std::vector<std::string> names;  // at least one; unknown ones are ignored
  Verdict verdict;
  std::vector<ArgumentRule> arguments;  // all must hold; see compile() for an index that occurs twice
  RuleFilter includes;
  RuleFilter excludes;
};

// SCMP_ARCH_*, all that the specification knows; an x86_64 kernel can only ever meet the first three.
enum class Architecture : uint8_t {
  x86_64,
  x86,
  x32,
  aarch64,
  arm,
  loongarch64,
  mips,
  mips64,
  mips64n32,
  mipsel,
  mipsel64,
  mipsel64n32,
  parisc,
  parisc64,
  ppc,
  ppc64,
  ppc64le,
  riscv64,
  s390,
  s390x,
};

// Docker's archMap: what to add on a machine whose native architecture is `architecture`.
struct ArchitectureMapping {
  Architecture architecture = Architecture::x86_64;
  std::vector<Architecture> sub_architectures;
};

struct Profile {
  Verdict default_verdict;
  std::vector<Architecture> architectures;            // besides the native one, which always counts
  std::vector<ArchitectureMapping> architecture_map;  // instead of `architectures`
  unsigned flags = 0;  // SECCOMP_FILTER_FLAG_TSYNC, _LOG, _SPEC_ALLOW, _WAIT_KILLABLE_RECV
  std::vector<SyscallRule> syscalls;
  // Who supervises the calls of Action::notify: an absolute path of a Unix socket, and what he is told. For
  // the caller; compile() does not look at them. The second is empty if the first is.
  std::string listener_path;
  std::string listener_metadata;
  // What parse_profile() had to ignore, as "syscalls[3].arg": worth a warning.
  std::vector<std::string> unknown_keys;
};

}  // namespace cove::seccomp
