// Runs while cove is built: writes the compiled default profile, once for each set of capabilities worth it,
// as the initializers that default_filter.cc includes.
#include <fmt/format.h>

#include <array>
#include <string>

#include "base/log.h"
#include "kernel/seccomp/compile.h"
#include "kernel/seccomp/default_profile.h"
#include "sys/file.h"

namespace cove::seccomp {
namespace {

// The oldest kernel that cove runs on; the profile's rules for kernels know nothing newer.
constexpr sys::KernelVersion kOldestKernel{5, 12};

struct Variant {
  std::string_view name;
  caps::CapabilitySet capabilities;
};
constexpr std::array<Variant, 2> kVariants{{
    {"kWithDockersCapabilities", caps::kDockerDefault},
    {"kWithoutCapabilities", {}},
}};

Result<std::string> generate() {
  const Profile profile = default_profile();
  std::string arrays;
  std::string table = "constexpr BuiltinFilter kBuiltinFilters[] = {\n";
  for (const Variant& variant : kVariants) {
    CompileContext context;
    context.capabilities = variant.capabilities;
    context.kernel = kOldestKernel;
    const Program program = COVE_TRY(compile(profile, context));
    arrays += fmt::format("constexpr sock_filter {}[] = {{\n", variant.name);
    for (const sock_filter& instruction : program.instructions) {
      arrays += fmt::format("    {{{:#x}, {}, {}, {:#x}}},\n", instruction.code, instruction.jt,
                            instruction.jf, instruction.k);
    }
    arrays += "};\n";
    const auto deciding = variant.capabilities & default_profile_capabilities();
    table += fmt::format("    {{{:#x}, {}, {}}},\n", deciding.bits(), variant.name, program.flags);
  }
  return arrays + table + "};\n" +
         fmt::format("constexpr uint64_t kDecidingCapabilities = {:#x};\n",
                     default_profile_capabilities().bits());
}

Status run(const char* output) {
  return sys::replace_file(output, COVE_TRY(generate()), 0644);
}

}  // namespace
}  // namespace cove::seccomp

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const auto outcome = cove::seccomp::run(argv[1]);
  if (!outcome.ok()) cove::log_error(outcome.error());
  return outcome.ok() ? 0 : 1;
}
