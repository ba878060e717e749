#include "kernel/cgroup/states.h"

#include <array>
#include <cerrno>

#include "base/strings.h"
#include "kernel/cgroup/cgroup_files.h"

namespace cove::cgroup {
namespace {

bool reached(int directory_fd, int version, bool frozen) {
  std::array<char, 256> buffer;
  const ssize_t got =
      sys::read_pseudo(directory_fd, version == 2 ? "cgroup.events" : "freezer.state", buffer);
  if (got < 0) return false;
  const std::string_view text(buffer.data(), static_cast<size_t>(got));
  if (version == 2) return find_counter(text, "frozen") == (frozen ? 1U : 0U);
  return trim(text) == (frozen ? "FROZEN" : "THAWED");
}

}  // namespace

Status set_frozen(int directory_fd, int version, bool frozen, unsigned timeout_ms) {
  const char* file = version == 2 ? "cgroup.freeze" : "freezer.state";
  const std::string_view v2_value = frozen ? "1" : "0";
  const std::string_view v1_value = frozen ? "FROZEN" : "THAWED";
  const char* what = frozen ? "freeze the cgroup" : "thaw the cgroup";
  Patience patience(timeout_ms);
  do {
    // v1: a task that came while freezing may need another push (freezer-subsystem.rst).
    const int failed = sys::write_pseudo(directory_fd, file, version == 2 ? v2_value : v1_value);
    if (failed != 0) return Error::from_errno(what, failed);
    if (reached(directory_fd, version, frozen)) return {};
  } while (patience.wait());
  return Error::from_errno(what, ETIMEDOUT);
}

}  // namespace cove::cgroup
