#include "sys/seccomp.h"

#include <linux/seccomp.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sys/call.h"

namespace cove::sys {
namespace {

Result<long> load(std::span<const struct sock_filter> program, unsigned flags) {
  if (program.empty() || program.size() > BPF_MAXINSNS) {
    return Error(ErrorCode::internal, fmt::format("seccomp filter of {} instructions", program.size()),
                 EINVAL);
  }
  // The kernel only reads the program; its structure has no const.
  const struct sock_fprog filter {
    static_cast<unsigned short>(program.size()), const_cast<struct sock_filter*>(program.data())
  };
  const long outcome = ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &filter);
  if (outcome < 0) return last_error("load seccomp filter of {} instructions", program.size());
  return outcome;
}

}  // namespace

Status load_seccomp_filter(std::span<const struct sock_filter> program, unsigned flags) {
  const long outcome = COVE_TRY(load(program, flags));
  // With SECCOMP_FILTER_FLAG_TSYNC: the id of a thread that could not take the filter over; then none has it.
  if (outcome > 0)
    return Error(ErrorCode::system, fmt::format("load seccomp filter: thread {} refuses it", outcome));
  return {};
}

Result<UniqueFd> load_seccomp_filter_with_listener(std::span<const struct sock_filter> program,
                                                   unsigned flags) {
  return UniqueFd(static_cast<int>(COVE_TRY(load(program, flags | SECCOMP_FILTER_FLAG_NEW_LISTENER))));
}

bool seccomp_action_available(uint32_t action) noexcept {
  return ::syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

}  // namespace cove::sys
