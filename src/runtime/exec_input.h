// What each exec needs of a container's configuration. The first one keeps it beside the configuration, with
// the filter that it has made of the seccomp profile: reading a profile as Docker's and compiling it is a
// fifth of what an exec takes.
#pragma once

#include <optional>

#include "base/result.h"
#include "kernel/seccomp/compile.h"
#include "launch/plan.h"
#include "runtime/store.h"
#include "spec/runtime_spec.h"

namespace cove::runtime {

struct ExecInput {
  spec::Spec spec;  // with a filter: process and annotations alone
  std::optional<seccomp::Program>
      filter;  // as it was kept; none: spec.linux_config.seccomp is to be compiled
};

// What was kept, or else the configuration.
Result<ExecInput> read_exec_input(const ContainerDirectory& directory);

// Keeps what an exec has compiled, if the next one may have the same: not where the filter hands calls to an
// agent, nor where it depends on a process's capabilities. Whoever cannot write does without.
void keep_exec_input(const ContainerDirectory& directory, const spec::Spec& spec,
                     const launch::LockdownPlan& lockdown) noexcept;

// The text of a file, and its inverse; nothing where it is not whole. Its numbers are this machine's: a run
// directory does not outlive a boot.
std::string print_exec_input(const ExecInput& input);
std::optional<ExecInput> parse_exec_input(std::string_view text);

}  // namespace cove::runtime
