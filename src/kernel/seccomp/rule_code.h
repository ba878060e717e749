// The code for a decision that depends on arguments. Internal to kernel/seccomp.
#pragma once

#include "kernel/seccomp/assembler.h"
#include "kernel/seccomp/policy.h"

namespace cove::seccomp {

// Code that loads what it needs of the arguments and returns the decision's result.
Label add_decision(Assembler& assembler, const std::vector<Rule>& rules, const Decision& decision);

}  // namespace cove::seccomp
