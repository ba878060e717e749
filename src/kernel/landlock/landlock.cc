#include "kernel/landlock/landlock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/landlock.h>
#include <sys/stat.h>

#include "base/strings.h"
#include "sys/file.h"
#include "sys/landlock.h"

namespace cove::landlock {
namespace {

constexpr uint64_t bit(unsigned number) {
  return uint64_t{1} << number;
}

// By bit number, since the build machine's headers may be older than the kernel: 13 refer (ABI 2), 14
// truncate (ABI 3), 15 ioctl_dev (ABI 5).
constexpr uint64_t kFirstAbi = bit(13) - 1;
constexpr uint64_t kRefer = bit(13);
constexpr uint64_t kTruncate = bit(14);
constexpr uint64_t kIoctlDev = bit(15);

constexpr uint64_t kRead =
    LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
// What makes sense for a file that is not a directory; the kernel refuses the rest there.
constexpr uint64_t kFileOnly = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE |
                               LANDLOCK_ACCESS_FS_WRITE_FILE | kTruncate | kIoctlDev;

}  // namespace

Result<Rule> parse_rule(std::string_view text) {
  const Halves halves = split_once(text, ':');
  const bool known = halves.first == "ro" || halves.first == "rw";
  const bool path =
      halves.second && halves.second->starts_with('/') && halves.second->find('\0') == std::string_view::npos;
  if (!known || !path) {
    Error error(ErrorCode::invalid_argument, fmt::format("landlock rule {}", quote(text)));
    error.set_hint("write ro:PATH or rw:PATH with an absolute path inside the sandbox");
    return error;
  }
  return Rule{halves.first == "ro" ? Access::read_only : Access::read_write, std::string(*halves.second)};
}

std::string print_rule(const Rule& rule) {
  return fmt::format("{}:{}", rule.access == Access::read_only ? "ro" : "rw", rule.path);
}

uint64_t handled_access(int abi) noexcept {
  uint64_t access = abi >= 1 ? kFirstAbi : 0;
  if (abi >= 2) access |= kRefer;
  if (abi >= 3) access |= kTruncate;
  if (abi >= 5) access |= kIoctlDev;
  return access;
}

uint64_t allowed_access(Access access, bool directory, uint64_t handled) noexcept {
  const uint64_t wanted = access == Access::read_only ? kRead : handled;
  return wanted & handled & (directory ? ~uint64_t{0} : kFileOnly);
}

std::string_view protection_gap(int abi) noexcept {
  if (abi < 3) return "files outside the rw rules can still be truncated, and device ioctls are not denied";
  if (abi < 5) return "device ioctls are not denied";
  return {};
}

int supported_abi() noexcept {
  return sys::landlock_abi();
}

Status apply(std::span<const Rule> rules) {
  const int abi = sys::landlock_abi();
  if (abi == 0) return Error(ErrorCode::landlock_unsupported, "this kernel has no Landlock");
  const uint64_t handled = handled_access(abi);
  const UniqueFd ruleset = COVE_TRY(sys::landlock_create(handled));
  for (const Rule& rule : rules) {
    const UniqueFd path =
        COVE_TRY(sys::open_path(rule.path.c_str(), O_PATH).context("landlock rule " + print_rule(rule)));
    const struct stat info = COVE_TRY(sys::stat_fd(path.get()));
    COVE_TRY(sys::landlock_allow(ruleset.get(), path.get(),
                                 allowed_access(rule.access, S_ISDIR(info.st_mode), handled))
                 .context(print_rule(rule)));
  }
  return sys::landlock_restrict(ruleset.get());
}

}  // namespace cove::landlock
