#include "sys/bpf.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <string_view>

#include "base/strings.h"
#include "sys/call.h"

namespace cove::sys {
namespace {

// By which our own program is told from others on the same cgroup; at most 15 characters.
constexpr std::string_view kProgramName = "cove_devices";

long call_bpf(int command, union bpf_attr& attributes) noexcept {
  return ::syscall(SYS_bpf, command, &attributes, sizeof attributes);
}

void set_name(union bpf_attr& attributes) noexcept {
  kProgramName.copy(static_cast<char*>(attributes.prog_name), kProgramName.size());
}

bool is_ours(int program_fd) noexcept {
  struct bpf_prog_info info {};
  union bpf_attr attributes {};
  attributes.info.bpf_fd = static_cast<uint32_t>(program_fd);
  attributes.info.info_len = sizeof info;
  attributes.info.info = reinterpret_cast<uint64_t>(&info);
  if (call_bpf(BPF_OBJ_GET_INFO_BY_FD, attributes) != 0) return false;
  return std::string_view(static_cast<const char*>(info.name)) == kProgramName;
}

// Our program on this cgroup; not valid() if there is none.
Result<UniqueFd> find_device_program(int cgroup_fd) {
  constexpr size_t kMost = 64;  // BPF_CGROUP_MAX_PROGS
  std::array<uint32_t, kMost> ids{};
  union bpf_attr query {};
  query.query.target_fd = static_cast<uint32_t>(cgroup_fd);
  query.query.attach_type = BPF_CGROUP_DEVICE;
  query.query.prog_ids = reinterpret_cast<uint64_t>(ids.data());
  query.query.prog_cnt = ids.size();
  if (call_bpf(BPF_PROG_QUERY, query) != 0) return last_error("list the device programs of the cgroup");
  for (size_t i = 0; i < query.query.prog_cnt; ++i) {
    union bpf_attr attributes {};
    attributes.prog_id = ids.at(i);
    UniqueFd program(static_cast<int>(call_bpf(BPF_PROG_GET_FD_BY_ID, attributes)));
    if (program.valid() && is_ours(program.get())) return program;
  }
  return UniqueFd();
}

}  // namespace

Result<UniqueFd> load_device_program(std::span<const struct bpf_insn> program) {
  constexpr const char* kLicense = "Apache-2.0";  // no GPL-only helper is called
  union bpf_attr attributes {};
  attributes.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
  attributes.insns = reinterpret_cast<uint64_t>(program.data());
  attributes.insn_cnt = static_cast<uint32_t>(program.size());
  attributes.license = reinterpret_cast<uint64_t>(kLicense);
  set_name(attributes);
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

Status replace_device_program(int cgroup_fd, int program_fd) {
  const UniqueFd old = COVE_TRY(find_device_program(cgroup_fd));
  if (!old.valid()) return attach_device_program(cgroup_fd, program_fd);
  union bpf_attr attributes {};
  attributes.target_fd = static_cast<uint32_t>(cgroup_fd);
  attributes.attach_bpf_fd = static_cast<uint32_t>(program_fd);
  attributes.attach_type = BPF_CGROUP_DEVICE;
  attributes.attach_flags = BPF_F_ALLOW_MULTI | BPF_F_REPLACE;
  attributes.replace_bpf_fd = static_cast<uint32_t>(old.get());
  if (call_bpf(BPF_PROG_ATTACH, attributes) != 0)
    return last_error("replace the device program of the cgroup");
  return {};
}

}  // namespace cove::sys
