// A profile in words, for `cove explain`. Pure.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "kernel/seccomp/compile.h"
#include "kernel/seccomp/syscall_table.h"

namespace cove::seccomp {

// Calls that share a verdict which is neither "allow" nor the default.
struct VerdictGroup {
  std::string verdict;                  // "errno ENOSYS"
  std::vector<std::string_view> names;  // by number
};

// What becomes of the known system calls of one ABI.
struct AbiSummary {
  Abi abi = Abi::x86_64;
  unsigned allowed = 0;                       // whatever the arguments
  unsigned refused = 0;                       // get the default verdict
  std::vector<std::string_view> by_argument;  // names, by number
  std::vector<VerdictGroup> otherwise;
};

struct Summary {
  Verdict default_verdict;
  std::vector<AbiSummary> abis;  // the native one first; calls through others kill the thread
  size_t instructions = 0;
  bool newer_calls_enosys = false;
};

// Errors as of compile().
Result<Summary> summarize(const Profile& profile, const CompileContext& context);

// "x86_64", "x32", "i386".
[[nodiscard]] std::string_view abi_name(Abi abi) noexcept;

// One line: "default errno EPERM; x86_64: 306 calls allowed, 3 by argument (socket, clone, personality), 1
// errno ENOSYS (clone3), 70 refused; …". A long list of names is left out.
[[nodiscard]] std::string print_summary(const Summary& summary);

}  // namespace cove::seccomp
