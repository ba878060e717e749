// For tests: the same profile as a filter of libseccomp, built as runc builds it.
#pragma once

#include <seccomp.h>
#include <sys/mman.h>
#include <unistd.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/unique_fd.h"
#include "kernel/seccomp/compile.h"
#include "kernel/seccomp/naive_oracle.h"

namespace cove::seccomp::testing {

struct LibseccompFilter {
  std::vector<sock_filter> instructions;
  std::vector<std::string> refused;  // names whose rule libseccomp did not take
};

inline uint32_t libseccomp_architecture(Abi abi) {
  switch (abi) {
    case Abi::x86_64:
      return SCMP_ARCH_X86_64;
    case Abi::x32:
      return SCMP_ARCH_X32;
    case Abi::i386:
      return SCMP_ARCH_X86;
  }
  return 0;
}

inline scmp_compare libseccomp_operator(Comparison comparison) {
  switch (comparison) {
    case Comparison::not_equal:
      return SCMP_CMP_NE;
    case Comparison::less:
      return SCMP_CMP_LT;
    case Comparison::less_equal:
      return SCMP_CMP_LE;
    case Comparison::equal:
      return SCMP_CMP_EQ;
    case Comparison::greater_equal:
      return SCMP_CMP_GE;
    case Comparison::greater:
      return SCMP_CMP_GT;
    case Comparison::masked_equal:
      return SCMP_CMP_MASKED_EQ;
  }
  return _SCMP_CMP_MIN;
}

inline std::vector<Abi> extra_abis(const Profile& profile) {
  std::vector<Architecture> architectures = profile.architectures;
  for (const ArchitectureMapping& mapping : profile.architecture_map) {
    if (mapping.architecture == Architecture::x86_64) architectures = mapping.sub_architectures;
  }
  std::vector<Abi> abis;
  for (const Architecture architecture : architectures) {
    if (architecture == Architecture::x86) abis.push_back(Abi::i386);
    if (architecture == Architecture::x32) abis.push_back(Abi::x32);
  }
  return abis;
}

inline std::vector<sock_filter> export_program(scmp_filter_ctx filter) {
  const UniqueFd file(::memfd_create("bpf", MFD_CLOEXEC));
  if (seccomp_export_bpf(filter, file.get()) != 0) return {};
  const off_t size = ::lseek(file.get(), 0, SEEK_END);
  std::vector<sock_filter> program(static_cast<size_t>(size) / sizeof(sock_filter));
  if (::pread(file.get(), program.data(), static_cast<size_t>(size), 0) != size) return {};
  return program;
}

// Names that libseccomp does not know are left out.
inline LibseccompFilter build_with_libseccomp(const Profile& profile, const CompileContext& context) {
  LibseccompFilter result;
  // The newest interface, whatever the kernel that the test runs on can do: nothing is loaded.
  seccomp_api_set(6);
  const std::unique_ptr<void, decltype(&seccomp_release)> filter(
      seccomp_init(return_value(profile.default_verdict)), &seccomp_release);
  if (filter == nullptr) return result;
  // A binary tree over the call numbers, as runc asks for. Without it libseccomp 2.5.4 forgets to load the
  // number if the first rule is for a call that only another ABI has.
  if (seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2) != 0) return result;
  for (const Abi abi : extra_abis(profile)) {
    const int outcome = seccomp_arch_add(filter.get(), libseccomp_architecture(abi));
    if (outcome != 0 && outcome != -EEXIST) return result;
  }
  for (const SyscallRule& rule : naive_rules(profile, context)) {
    std::vector<scmp_arg_cmp> conditions;
    for (const ArgumentRule& argument : rule.arguments) {
      conditions.push_back(
          {argument.index, libseccomp_operator(argument.comparison), argument.value, argument.value_two});
    }
    for (const std::string& name : rule.names) {
      const int number = seccomp_syscall_resolve_name(name.c_str());
      if (number == __NR_SCMP_ERROR) continue;
      const int outcome = seccomp_rule_add_array(filter.get(), return_value(rule.verdict), number,
                                                 static_cast<unsigned>(conditions.size()), conditions.data());
      if (outcome != 0) result.refused.push_back(name);
    }
  }
  result.instructions = export_program(filter.get());
  return result;
}

}  // namespace cove::seccomp::testing
