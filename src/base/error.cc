#include "base/error.h"

#include <string.h>

#include <array>
#include <utility>

namespace cove {
namespace {

struct CodeText {
  ErrorCode code;
  std::string_view id;
  std::string_view remedy;
};

constexpr std::array kCodeTexts{
    CodeText{ErrorCode::userns_disabled, "E-USERNS-DISABLED",
             "this system forbids user namespaces to ordinary users; as root: sysctl -w "
             "kernel.unprivileged_userns_clone=1 (Debian), or run cove as root"},
    CodeText{
        ErrorCode::userns_apparmor, "E-USERNS-APPARMOR",
        "AppArmor restricts user namespaces here; load the profile that `cove doctor --apparmor-profile` "
        "prints, or as root: sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"},
    CodeText{
        ErrorCode::userns_limit, "E-USERNS-LIMIT",
        "the limit on user namespaces is reached or zero; as root: sysctl -w user.max_user_namespaces=15000"},
    CodeText{ErrorCode::newuidmap_missing, "E-NEWUIDMAP-MISSING",
             "install the package `uidmap`, or use --userns host or a mapping of your own id only"},
    CodeText{ErrorCode::subid_missing, "E-SUBID-MISSING",
             "as root: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 USER"},
    CodeText{ErrorCode::subid_too_small, "E-SUBID-TOO-SMALL",
             "ask for fewer ids, or as root enlarge your ranges in /etc/subuid and /etc/subgid"},
    CodeText{ErrorCode::cgroup_not_found, "E-CGROUP-NOT-FOUND", "mount cgroup v1 or v2 below /sys/fs/cgroup"},
    CodeText{
        ErrorCode::cgroup_not_delegated, "E-CGROUP-NOT-DELEGATED",
        "run it in a delegated scope: systemd-run --user --scope -p Delegate=yes cove run ...; or run as "
        "root; or waive the limits with --best-effort-limits"},
    CodeText{
        ErrorCode::cgroup_controller_missing, "E-CGROUP-CONTROLLER",
        "enable the controller (systemd: Delegate=cpu cpuset io memory pids in user@.service), or waive the "
        "limit with --best-effort-limits"},
    CodeText{ErrorCode::limit_unenforceable, "E-LIMIT",
             "leave the limit out, or accept that it may not hold with --best-effort-limits"},
    CodeText{ErrorCode::overlay_userns, "E-OVERLAY-USERNS",
             "the kernel must be 5.11 or newer for an overlay in a user namespace; use --rw"},
    CodeText{
        ErrorCode::proc_mount_denied, "E-PROC-MOUNT",
        "inside another container whose /proc or /sys is masked no new one can be mounted; use --pid host "
        "--network host, or start the outer container with --security-opt systempaths=unconfined"},
    CodeText{ErrorCode::bind_source_missing, "E-BIND-SOURCE",
             "create it first: cove never creates a host path"},
    CodeText{ErrorCode::rootfs_missing, "E-ROOTFS", "name an existing directory with --rootfs"},
    CodeText{ErrorCode::user_unknown, "E-USER",
             "name a user of the container's own /etc/passwd, or give a number: --user UID:GID"},
    CodeText{ErrorCode::seccomp_profile, "E-SECCOMP-PROFILE", ""},
    CodeText{ErrorCode::seccomp_unsupported, "E-SECCOMP-UNSUPPORTED", ""},
    CodeText{
        ErrorCode::keyring_quota, "E-KEYRING-QUOTA",
        "the kernel's key quota is used up (not the disk's); as root: sysctl -w kernel.keys.maxkeys=2000"},
    CodeText{ErrorCode::device_denied, "E-DEVICE", ""},
    CodeText{ErrorCode::exec_not_found, "E-EXEC-NOT-FOUND", "check the spelling and PATH inside the sandbox"},
    CodeText{ErrorCode::exec_interpreter_missing, "E-EXEC-INTERPRETER", ""},
    CodeText{ErrorCode::exec_crlf_shebang, "E-EXEC-CRLF",
             "the script has Windows line ends; convert it: sed -i 's/\\r$//' FILE"},
    CodeText{ErrorCode::exec_wrong_architecture, "E-EXEC-ARCH", ""},
    CodeText{ErrorCode::exec_noexec_mount, "E-EXEC-NOEXEC",
             "the file lies on a mount with noexec; mount it with exec or copy it elsewhere"},
    CodeText{ErrorCode::exec_permission, "E-EXEC-PERMISSION", "make it executable: chmod +x FILE"},
    CodeText{ErrorCode::exec_bad_format, "E-EXEC-FORMAT",
             "it is neither an ELF file nor a script with a #! line"},
    CodeText{ErrorCode::landlock_unsupported, "E-LANDLOCK",
             "boot with landlock in the lsm= list, Linux 5.13 or newer"},
    CodeText{ErrorCode::idmap_unsupported, "E-IDMAP", ""},
    CodeText{ErrorCode::disk_full, "E-DISK-FULL", "free some space, then run it again"},
    CodeText{ErrorCode::stale_resource, "E-STALE", "run `cove gc`"},
};

const CodeText* find_code(ErrorCode code) noexcept {
  for (const auto& text : kCodeTexts) {
    if (text.code == code) return &text;
  }
  return nullptr;
}

}  // namespace

std::string_view error_id(ErrorCode code) noexcept {
  const CodeText* text = find_code(code);
  return text != nullptr ? text->id : std::string_view{};
}

std::string_view error_remedy(ErrorCode code) noexcept {
  const CodeText* text = find_code(code);
  return text != nullptr ? text->remedy : std::string_view{};
}

struct Error::Detail {
  ErrorCode code;
  int sys_errno;
  std::string message;  // whole chain
  std::string hint;
};

void Error::Deleter::operator()(Detail* detail) const noexcept {
  delete detail;
}

Error::Error(ErrorCode code, std::string message, int sys_errno)
    : detail_(new Detail{code, sys_errno, std::move(message), {}}) {}

Error::Error(const Error& other) : detail_(other.empty() ? nullptr : new Detail(*other.detail_)) {}

Error& Error::operator=(const Error& other) {
  if (this != &other) *this = Error(other);
  return *this;
}

ErrorCode Error::code() const noexcept {
  return detail_->code;
}

int Error::sys_errno() const noexcept {
  return detail_->sys_errno;
}

Error Error::from_errno(std::string operation, int sys_errno) {
  operation += ": ";
  operation += errno_text(sys_errno);
  return Error(ErrorCode::system, std::move(operation), sys_errno);
}

std::string Error::message() const {
  return detail_->message;
}

std::string Error::hint() const {
  if (!detail_->hint.empty()) return detail_->hint;
  return std::string(error_remedy(detail_->code));
}

std::string Error::headline() const {
  const std::string_view id = error_id(detail_->code);
  if (id.empty()) return detail_->message;
  std::string line(id);
  line += ": ";
  line += detail_->message;
  return line;
}

Error& Error::add_context(std::string_view what) {
  std::string chain(what);
  chain += ": ";
  chain += detail_->message;
  detail_->message = std::move(chain);
  return *this;
}

Error& Error::set_hint(std::string hint) {
  detail_->hint = std::move(hint);
  return *this;
}

Error& Error::set_code(ErrorCode code) {
  detail_->code = code;
  return *this;
}

std::string errno_text(int sys_errno) {
  // Not strerror(3), which looks for translations.
  const char* text = strerrordesc_np(sys_errno);
  return text != nullptr ? text : "Unknown error " + std::to_string(sys_errno);
}

}  // namespace cove
