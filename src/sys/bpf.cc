#include "sys/bpf.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <string_view>

#include "base/strings.h"
#include "sys/call.h"

namespace cove::sys {
namespace {

long call_bpf(int command, union bpf_attr& attributes) noexcept {
  return ::syscall(SYS_bpf, command, &attributes, sizeof attributes);
}

}  // namespace

Result<UniqueFd> load_device_program(std::span<const struct bpf_insn> program) {
  constexpr const char* kLicense = "Apache-2.0";  // no GPL-only helper is called
  union bpf_attr attributes {};
  attributes.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
  attributes.insns = reinterpret_cast<uint64_t>(program.data());
  attributes.insn_cnt = static_cast<uint32_t>(program.size());
  attributes.license = reinterpret_cast<uint64_t>(kLicense);
  const long fd = call_bpf(BPF_PROG_LOAD, attributes);
  if (fd >= 0) return UniqueFd(static_cast<int>(fd));
  Error error = last_error("load the device program");
  // Again, with a log: writing it costs the verifier time that a start should not pay.
  std::array<char, 4096> log{};
  attributes.log_buf = reinterpret_cast<uint64_t>(log.data());
  attributes.log_size = log.size();
  attributes.log_level = 1;
  const UniqueFd unexpected(static_cast<int>(call_bpf(BPF_PROG_LOAD, attributes)));
  const std::string_view text = trim(log.data());
  if (!text.empty()) {
    const size_t last = text.rfind('\n');
    error.add_context(fmt::format("verifier says {}",
                                  quote(last == std::string_view::npos ? text : text.substr(last + 1))));
  }
  return error;
}

Status attach_device_program(int cgroup_fd, int program_fd) {
  union bpf_attr attributes {};
  attributes.target_fd = static_cast<uint32_t>(cgroup_fd);
  attributes.attach_bpf_fd = static_cast<uint32_t>(program_fd);
  attributes.attach_type = BPF_CGROUP_DEVICE;
  attributes.attach_flags = BPF_F_ALLOW_MULTI;
  if (call_bpf(BPF_PROG_ATTACH, attributes) != 0)
    return last_error("attach the device program to the cgroup");
  return {};
}

}  // namespace cove::sys
