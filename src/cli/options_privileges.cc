// Who the command is and what it may do.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "cli/arguments.h"
#include "cli/environment.h"
#include "cli/numbers.h"
#include "cli/run_request.h"
#include "kernel/caps/capability.h"
#include "kernel/landlock/landlock.h"
#include "kernel/userdb/userdb.h"

namespace cove::cli {
namespace {

using sandbox::Options;
using sandbox::SeccompChoice;

constexpr std::string_view kSecurityOptions =
    "choose seccomp=FILE, seccomp=unconfined, seccomp=default, apparmor=PROFILE, apparmor=unconfined, "
    "no-new-privileges[=false] or systempaths=unconfined";

Result<std::string> parse_capability_name(std::string_view text) {
  if (!caps::parse_capability(text).ok()) {
    return value_error("not a capability",
                       "give a name of capabilities(7), as NET_ADMIN or CAP_NET_ADMIN, or ALL");
  }
  return std::string(text);
}

// NAME|UID[:GROUP|GID]; who that is is looked up inside.
Result<std::string> parse_user(std::string_view text) {
  COVE_TRY(userdb::parse_user(text));
  return std::string(text);
}

Result<std::string> parse_group(std::string_view text) {
  if (text.find_first_of(" \t\n/,:") != std::string_view::npos) {
    return value_error("not a group", "write a group's name or number");
  }
  return std::string(text);
}

Error decided_twice(std::string_view what) {
  return value_error(fmt::format("{} is decided already", what), "give each security option once");
}

Status set_seccomp(RunRequest& request, std::string_view value) {
  if (request.seccomp_given) return decided_twice("seccomp");
  request.seccomp_given = true;
  Options& options = request.options;
  if (value == "default" || value == "builtin") {
    options.seccomp = SeccompChoice::standard;
  } else if (value == "unconfined") {
    options.seccomp = SeccompChoice::unconfined;
  } else {
    options.seccomp = SeccompChoice::file;
    options.seccomp_file = COVE_TRY(request.caller.absolute_path(value));
  }
  return {};
}

Status set_no_new_privs(RunRequest& request, std::optional<std::string_view> value) {
  if (request.no_new_privs_given) return decided_twice("no-new-privileges");
  const auto truth = value ? parse_bool(*value) : true;
  if (!truth) {
    return value_error("no-new-privileges is neither true nor false",
                       "write no-new-privileges, or no-new-privileges=false");
  }
  request.no_new_privs_given = true;
  request.options.no_new_privs = *truth;
  return {};
}

// A name as profiles have in AppArmor, "docker-default", "/usr/bin/man", ":ns:profile"; what the kernel would
// take for the end of its order, or for more than one, is none.
Status set_apparmor(RunRequest& request, std::string_view value) {
  if (!request.options.apparmor.empty()) return decided_twice("apparmor");
  const bool printable =
      std::all_of(value.begin(), value.end(), [](unsigned char c) { return c > ' ' && c != 0x7f; });
  if (value.empty() || !printable) {
    return value_error("not the name of a profile", "give one that aa-status(8) lists, or unconfined");
  }
  request.options.apparmor = value;
  return {};
}

// Docker takes "key=value" and, for older scripts, "key:value".
Status add_security_option(RunRequest& request, std::string_view text) {
  const size_t end = text.find_first_of("=:");
  const std::string_view key = text.substr(0, end);
  const auto value = end == std::string_view::npos ? std::nullopt : std::optional(text.substr(end + 1));
  if (key == "seccomp" && value) return set_seccomp(request, *value);
  if (key == "no-new-privileges") return set_no_new_privs(request, value);
  if (key == "systempaths" && value == "unconfined") {
    if (request.system_paths_given) return decided_twice("systempaths");
    request.system_paths_given = true;
    request.options.unmask_paths = true;
    return {};
  }
  if (key == "apparmor" && value) return set_apparmor(request, *value);
  if (key == "label") {
    return value_error("SELinux labels are not available in this version",
                       "leave it out: the sandbox keeps the caller's own");
  }
  return value_error("not a security option", std::string(kSecurityOptions));
}

constexpr std::array kOptions{
    Option{.name = "cap-add",
           .placeholder = "NAME",
           .help = "Add a capability to Docker's 14, as NET_ADMIN, or ALL",
           .use = Use::repeat,
           .set = setter<&option_add<&Options::cap_adds, &parse_capability_name>>},
    Option{.name = "cap-drop",
           .placeholder = "NAME",
           .help = "Take a capability away, as NET_RAW, or ALL; --cap-add is applied after ALL",
           .use = Use::repeat,
           .set = setter<&option_add<&Options::cap_drops, &parse_capability_name>>},
    Option{
        .name = "group-add",
        .placeholder = "GROUP",
        .help = "Make the command a member of this group as well: a name of /etc/group inside, or a number",
        .use = Use::repeat,
        .set = setter<&option_add<&Options::group_adds, &parse_group>>},
    Option{.name = "landlock",
           .placeholder = "ro:PATH|rw:PATH",
           .help = "Forbid all files but those below the paths given, to read (ro) or to read and write (rw)",
           .use = Use::repeat,
           .set = setter<&option_add<&Options::landlock, &landlock::parse_rule>>},
    Option{
        .name = "privileged",
        .help =
            "Give the command all capabilities and devices and no seccomp filter: hardly a sandbox any more",
        .set = setter<&option_flag<&Options::privileged>>},
    Option{.name = "security-opt",
           .placeholder = "OPTION",
           .help = "seccomp=FILE, seccomp=unconfined, apparmor=PROFILE, no-new-privileges=false or "
                   "systempaths=unconfined (defaults: Docker's seccomp profile, the caller's AppArmor "
                   "profile, no new privileges, Docker's paths below /proc and /sys hidden)",
           .use = Use::repeat,
           .set = setter<&add_security_option>},
    Option{.name = "sysctl",
           .placeholder = "KEY=VALUE",
           .help = "Set a kernel parameter of the sandbox's own namespaces, as net.ipv4.ip_forward=1",
           .use = Use::repeat,
           .set = setter<&option_add<&Options::sysctls, &parse_sysctl>>},
    Option{.name = "user",
           .letter = 'u',
           .placeholder = "NAME|UID[:GROUP|GID]",
           .help = "Run as this user of the sandbox's own /etc/passwd (default 0, root inside)",
           .set = setter<&option_set<&Options::user, &parse_user>>},
};

}  // namespace

constinit const OptionGroup kPrivilegeOptions{"User and privileges", kOptions};

}  // namespace cove::cli
