// A seccomp profile as JSON: what is accepted compiles to a program that the kernel takes, and that decides
// as the rules say, or is refused with a reason.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "kernel/seccomp/compile.h"
#include "kernel/seccomp/describe.h"
#include "kernel/seccomp/interpreter.h"
#include "kernel/seccomp/naive_oracle.h"
#include "kernel/seccomp/profile_json.h"

namespace cove::seccomp {
namespace {

constexpr size_t kMaxProbedRules = 300;  // the naive oracle is slow

void require(bool holds) {
  if (!holds) std::abort();
}

void require_reason(const Error& error) {
  require(!error.message().empty());
  require(error.code() == ErrorCode::seccomp_profile || error.code() == ErrorCode::seccomp_unsupported);
}

// Arguments at the edges of the rules for a call.
void probe(const std::vector<sock_filter>& program, const testing::NaiveOracle& oracle, seccomp_data call) {
  require(evaluate(program, call) == oracle.decide(call).result);
  const auto abi = oracle.abi_of(call);
  if (!abi.has_value()) return;
  const auto possible = possible_results(program, *abi, static_cast<uint32_t>(call.nr));
  require(std::is_sorted(possible.begin(), possible.end()));
  for (const testing::NaiveRule& rule : oracle.rules_for(*abi, static_cast<uint32_t>(call.nr))) {
    for (const ArgumentRule& argument : rule.arguments) {
      for (const uint64_t value :
           {argument.value - 1, argument.value, argument.value + 1, argument.value_two}) {
        call.args[argument.index] = value;
        const uint32_t result = evaluate(program, call);
        require(result == oracle.decide(call).result);
        require(std::binary_search(possible.begin(), possible.end(), result));
      }
    }
  }
}

void check_decisions(const Profile& profile, CompileContext context) {
  context.newer_calls_enosys = false;
  const auto program = compile(profile, context);
  if (!program.ok()) return;
  const testing::NaiveOracle oracle(profile, context);
  for (const uint32_t arch :
       {uint32_t{AUDIT_ARCH_X86_64}, uint32_t{AUDIT_ARCH_I386}, uint32_t{AUDIT_ARCH_AARCH64}}) {
    for (const uint32_t number : oracle.named_numbers()) {
      seccomp_data call{};
      call.arch = arch;
      call.nr = static_cast<int>(number);
      probe(program->instructions, oracle, call);
    }
  }
}

void check_profile(const Profile& profile, const CompileContext& context) {
  const auto program = compile(profile, context);
  const auto summary = summarize(profile, context);
  require(program.ok() == summary.ok());
  if (!program.ok()) {
    require_reason(program.error());
    return;
  }
  require(check_program(program->instructions).ok());
  require(summary->instructions == program->instructions.size());
  require(!print_summary(*summary).empty());
  size_t rules = 0;
  for (const SyscallRule& rule : profile.syscalls)
    rules += rule.names.size() * std::max<size_t>(1, rule.arguments.size());
  if (rules <= kMaxProbedRules) check_decisions(profile, context);
}

}  // namespace
}  // namespace cove::seccomp

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace cove::seccomp;
  const auto profile = parse_profile({reinterpret_cast<const char*>(data), size});
  if (!profile.ok()) {
    require_reason(profile.error());
    return 0;
  }
  CompileContext context;
  check_profile(profile.value(), context);
  context.capabilities = cove::caps::kDockerDefault;
  context.kernel = {6, 18};
  check_profile(profile.value(), context);
  return 0;
}
