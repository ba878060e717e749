#include "kernel/idmap/userns.h"

#include <cerrno>
#include <string>
#include <string_view>
#include <utility>

#include "base/strings.h"
#include "sys/file.h"

namespace cove::idmap {
namespace {

std::optional<uint64_t> read_setting(const char* path) {
  const Result<std::string> text = sys::read_file(path);
  if (!text.ok()) return std::nullopt;
  return parse_number<uint64_t>(trim(text.value()));
}

constexpr std::string_view kUnknownCause =
    "something forbids user namespaces here: most often the seccomp filter of the container around it "
    "(docker: "
    "--security-opt seccomp=unconfined), a chroot, or SELinux";

}  // namespace

UsernsSettings read_userns_settings() {
  return {read_setting("/proc/sys/kernel/unprivileged_userns_clone"),
          read_setting("/proc/sys/user/max_user_namespaces"),
          read_setting("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")};
}

Error explain_userns_failure(Error error, const UsernsSettings& settings, bool privileged) {
  const int cause = error.sys_errno();
  if (cause == ENOSPC || cause == EUSERS) {
    error.set_code(ErrorCode::userns_limit);
    if (settings.max_namespaces.value_or(0) > 0) {
      error.set_hint(
          "too many user namespaces of this user live, or they are nested deeper than 32; end some, or as "
          "root "
          "raise user.max_user_namespaces");
    }
    return error;
  }
  if (cause == EINVAL && !settings.max_namespaces) {
    error.set_code(ErrorCode::userns_disabled)
        .set_hint("this kernel is built without user namespaces (CONFIG_USER_NS)");
    return error;
  }
  if (cause != EPERM && cause != EACCES) return error;
  const bool explained = !error.hint().empty();  // by the one who saw it happen
  if (!privileged && settings.unprivileged_clone == 0) {
    error.set_code(ErrorCode::userns_disabled);
  } else if (!privileged && settings.apparmor_restricted.value_or(0) != 0) {
    error.set_code(ErrorCode::userns_apparmor);
  } else {
    error.set_code(ErrorCode::userns_disabled);
    if (!explained) error.set_hint(std::string(kUnknownCause));
  }
  return error;
}

}  // namespace cove::idmap
