#include "runtime/exec_input.h"

#include <array>
#include <cstring>

#include "kernel/seccomp/profile_json.h"
#include "sys/file.h"

namespace cove::runtime {
namespace {

constexpr const char* kFile = "exec.input";
constexpr mode_t kFileMode = 0600;
constexpr size_t kMostBytes = size_t{4} << 20;

// Then the instructions, then the configuration.
struct Head {
  std::array<char, 8> magic{'c', 'o', 'v', 'e', 'x', 'e', 'c', '1'};
  uint32_t flags = 0;
  uint32_t instructions = 0;
};

template <typename T>
void append(std::string& text, const T* data, size_t count) {
  text.append(reinterpret_cast<const char*>(data), sizeof(T) * count);
}

bool depends_on_process(const seccomp::Profile& profile) {
  for (const seccomp::SyscallRule& rule : profile.syscalls) {
    if (!rule.includes.capabilities.empty() || !rule.excludes.capabilities.empty()) return true;
  }
  return false;
}

bool may_be_kept(const spec::Spec& spec, const launch::LockdownPlan& lockdown) {
  if (!spec.linux_config.seccomp || lockdown.seccomp.empty() || lockdown.seccomp_listener) return false;
  const auto profile = seccomp::parse_profile(spec.linux_config.seccomp->profile);
  return profile && !depends_on_process(*profile);
}

}  // namespace

std::string print_exec_input(const ExecInput& input) {
  Head head;
  head.flags = input.filter->flags;
  head.instructions = static_cast<uint32_t>(input.filter->instructions.size());
  std::string text;
  append(text, &head, 1);
  append(text, input.filter->instructions.data(), input.filter->instructions.size());
  return text + spec::print_compact_spec(input.spec);
}

std::optional<ExecInput> parse_exec_input(std::string_view text) {
  Head head;
  const std::array<char, 8> magic = head.magic;
  if (text.size() < sizeof head) return std::nullopt;
  std::memcpy(&head, text.data(), sizeof head);
  text.remove_prefix(sizeof head);
  if (head.magic != magic || head.instructions == 0 || head.instructions > BPF_MAXINSNS) return std::nullopt;
  const size_t bytes = head.instructions * sizeof(sock_filter);
  if (text.size() < bytes) return std::nullopt;
  seccomp::Program program;
  program.flags = head.flags;
  program.instructions.resize(head.instructions);
  std::memcpy(program.instructions.data(), text.data(), bytes);
  Result<spec::Spec> spec = spec::parse_spec(text.substr(bytes));
  if (!spec || !spec->process) return std::nullopt;
  return ExecInput{*std::move(spec), std::move(program)};
}

Result<ExecInput> read_exec_input(const ContainerDirectory& directory) {
  if (const auto text = sys::read_file_at(directory.fd(), kFile, kMostBytes)) {
    if (auto kept = parse_exec_input(*text)) return *std::move(kept);
  }
  return ExecInput{COVE_TRY(directory.read_config()), std::nullopt};
}

void keep_exec_input(const ContainerDirectory& directory, const spec::Spec& spec,
                     const launch::LockdownPlan& lockdown) noexcept {
  if (!may_be_kept(spec, lockdown)) return;
  ExecInput input;
  input.spec.oci_version = spec.oci_version;
  input.spec.process = spec.process;
  input.spec.annotations = spec.annotations;
  input.filter = seccomp::Program{lockdown.seccomp, lockdown.seccomp_flags, false};
  static_cast<void>(sys::replace_file_at(directory.fd(), kFile, print_exec_input(input), kFileMode));
}

}  // namespace cove::runtime
