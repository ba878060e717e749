// What went wrong, as a value: a code, the kernel's errno, a chain of context, the way out.
//
// The lowest function names the operation and its object ("open /etc/passwd"); each level above adds only
// what it knows. Messages are lower-case and without a full stop. Log an error or return it, never both.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace cove {

template <typename T>
class Result;

// The kinds of failure that a caller or a user can tell apart. The names of those from `userns_disabled` on
// are stable: they are printed (error_id) and documented in docs/errors.md.
enum class ErrorCode : std::uint16_t {
  unspecified,
  invalid_argument,  // bad input; exit status 125
  not_found,
  permission,
  unsupported,  // the kernel or this build cannot do it
  system,       // a system call failed; see sys_errno()
  protocol,     // the processes of one launch disagreed
  internal,     // a bug in cove
  userns_disabled,
  userns_apparmor,
  userns_limit,
  newuidmap_missing,
  subid_missing,
  subid_too_small,
  cgroup_not_found,
  cgroup_not_delegated,
  cgroup_controller_missing,
  limit_unenforceable,
  overlay_userns,
  proc_mount_denied,
  bind_source_missing,
  rootfs_missing,
  user_unknown,
  seccomp_profile,
  seccomp_unsupported,
  keyring_quota,
  device_denied,
  exec_not_found,
  exec_interpreter_missing,
  exec_crlf_shebang,
  exec_wrong_architecture,
  exec_noexec_mount,
  exec_permission,
  exec_bad_format,
  landlock_unsupported,
  idmap_unsupported,
  disk_full,
  stale_resource,
};
inline constexpr ErrorCode kLastErrorCode = ErrorCode::stale_resource;

// The stable id of a code, as "E-USERNS-DISABLED"; empty for the codes that have none.
std::string_view error_id(ErrorCode code) noexcept;

// The way out that holds for every error of this code; empty if it depends on the case (see Error::hint).
std::string_view error_remedy(ErrorCode code) noexcept;

// Movable, one pointer wide. Made only on failure, so it may allocate. What it is made of is kept out of the
// header, and so out of each caller's code.
class Error {
 public:
  explicit Error(ErrorCode code, std::string message, int sys_errno = 0);
  Error(Error&&) noexcept = default;
  Error& operator=(Error&&) noexcept = default;
  Error(const Error& other);
  Error& operator=(const Error& other);
  ~Error() = default;

  // An error of the last system call: "<operation>: <strerror>".
  static Error from_errno(std::string operation, int sys_errno);

  [[nodiscard]] ErrorCode code() const noexcept;
  [[nodiscard]] int sys_errno() const noexcept;
  // The chain from the outermost context to the cause, joined by ": ".
  [[nodiscard]] std::string message() const;
  // What the user can do about it: this error's own hint, else the code's remedy; may be empty.
  [[nodiscard]] std::string hint() const;
  // "E-ID: message" or "message", without the hint.
  [[nodiscard]] std::string headline() const;

  // Puts `what` in front of the chain.
  Error& add_context(std::string_view what);
  Error& set_hint(std::string hint);
  Error& set_code(ErrorCode code);

 private:
  template <typename T>
  friend class Result;
  struct Detail;
  struct Deleter {
    void operator()(Detail* detail) const noexcept;
  };

  Error() noexcept = default;  // no error at all: for Result<void>
  [[nodiscard]] bool empty() const noexcept { return detail_ == nullptr; }

  std::unique_ptr<Detail, Deleter> detail_;
};

// The kernel's words for an errno, without a trailing full stop; thread-safe.
std::string errno_text(int sys_errno);

}  // namespace cove
