#include "kernel/probe/apparmor.h"

#include <fmt/format.h>

#include "base/strings.h"
#include "sys/file.h"

namespace cove::probe {
namespace {

// As a quoted string of apparmor.d(5), where the characters of patterns stand for themselves only after a
// backslash.
Result<std::string> quote_path(std::string_view path) {
  std::string quoted = "\"";
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) {
      return Error(ErrorCode::invalid_argument,
                   fmt::format("the path {} holds a control character", quote(path)));
    }
    if (std::string_view(R"("\*?[]{}^@)").find(c) != std::string_view::npos) quoted += '\\';
    quoted += c;
  }
  quoted += '"';
  return quoted;
}

}  // namespace

ProfileAbi installed_abi() {
  return sys::exists("/etc/apparmor.d/abi/4.0") ? ProfileAbi::since_4 : ProfileAbi::before_4;
}

Result<std::string> apparmor_profile(std::string_view path, ProfileAbi abi) {
  if (!path.starts_with('/')) {
    return Error(ErrorCode::invalid_argument,
                 fmt::format("the path {} of the program is not absolute", quote(path)));
  }
  const bool since_4 = abi == ProfileAbi::since_4;
  return fmt::format(
      "# {}. Save this as /etc/apparmor.d/cove, then as root:\n"
      "#   apparmor_parser -r /etc/apparmor.d/cove\n"
      "{}include <tunables/global>\n"
      "\n"
      "profile cove {} flags=(unconfined) {{\n"
      "{}  include if exists <local/cove>\n"
      "}}\n",
      since_4 ? "Lets cove make user namespaces; confines nothing else"
              : "Gives cove a name to AppArmor, confines nothing; AppArmor before 4.0, as here, restricts no "
                "user namespaces",
      since_4 ? "abi <abi/4.0>,\n" : "", COVE_TRY(quote_path(path)), since_4 ? "  userns,\n\n" : "");
}

}  // namespace cove::probe
