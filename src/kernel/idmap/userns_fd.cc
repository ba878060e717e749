#include "kernel/idmap/userns_fd.h"

#include <fmt/format.h>
#include <sched.h>
#include <signal.h>

#include <array>
#include <utility>

#include "kernel/idmap/map_text.h"
#include "kernel/idmap/userns.h"
#include "kernel/idmap/write.h"
#include "sys/file.h"
#include "sys/process.h"
#include "sys/pseudo_file.h"

namespace cove::idmap {
namespace {

// The child: it only is there. When the parent closes its end, or dies, it goes.
[[noreturn]] void hold_namespace(sys::PipePair pipe) noexcept {
  pipe.write_end.reset();
  std::array<char, 1> byte{};
  static_cast<void>(sys::read_some(pipe.read_end.get(), byte));
  sys::exit_now(0);
}

Result<UniqueFd> map_and_open(pid_t pid, const IdMaps& maps) {
  COVE_TRY(write_direct(pid, {maps, MapWriter::direct, false}));
  return sys::open_path(fmt::format("/proc/{}/ns/user", pid).c_str(), O_RDONLY);
}

}  // namespace

Result<UniqueFd> create_user_namespace(const IdMaps& maps) {
  COVE_TRY(check_ranges(maps.uids, "uid map"));
  COVE_TRY(check_ranges(maps.gids, "gid map"));
  sys::PipePair pipe = COVE_TRY(sys::make_pipe());
  Result<sys::CloneResult> child = sys::clone_process({.flags = CLONE_NEWUSER});
  if (!child.ok()) {
    Error error =
        explain_userns_failure(std::move(child).error(), read_userns_settings(), sys::is_effective_root());
    return error.add_context("make a user namespace for the id maps of a mount");
  }
  if (child->pid == 0) hold_namespace(std::move(pipe));
  Result<UniqueFd> opened = map_and_open(child->pid, maps);
  // Its number stays its own until it is waited for, whatever happened meanwhile.
  static_cast<void>(sys::signal_pidfd(child->pidfd.get(), SIGKILL));
  static_cast<void>(sys::wait_process(child->pid));
  return std::move(opened).context("user namespace for the id maps of a mount");
}

}  // namespace cove::idmap
