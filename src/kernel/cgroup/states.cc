#include "kernel/cgroup/states.h"

#include <array>
#include <cerrno>
#include <span>

#include "base/strings.h"
#include "kernel/cgroup/cgroup_files.h"

namespace cove::cgroup {
namespace {

// The beginning of a file; empty if it can't be read.
std::string_view read_text(int directory_fd, const char* file, std::span<char> buffer) noexcept {
  const ssize_t got = sys::read_pseudo(directory_fd, file, buffer);
  return {buffer.data(), got > 0 ? static_cast<size_t>(got) : 0};
}

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

std::optional<FreezerState> read_freezer(int directory_fd, int version) {
  std::array<char, 256> buffer;
  if (version == 1) return parse_freezer_state(read_text(directory_fd, "freezer.state", buffer));
  const auto asked = parse_counter(read_text(directory_fd, "cgroup.freeze", buffer));
  const auto reached = find_counter(read_text(directory_fd, "cgroup.events", buffer), "frozen");
  if (!asked && !reached) return std::nullopt;
  // An ancestor's freezing shows in the second file only.
  if (reached == 1U) return FreezerState::frozen;
  return asked == 1U ? FreezerState::freezing : FreezerState::thawed;
}

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
