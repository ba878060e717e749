#include "kernel/probe/apparmor.h"

#include <fmt/format.h>

#include "base/strings.h"

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

Result<std::string> apparmor_profile(std::string_view path) {
  if (!path.starts_with('/')) {
    return Error(ErrorCode::invalid_argument,
                 fmt::format("the path {} of the program is not absolute", quote(path)));
  }
  return fmt::format(
      "# Lets cove make user namespaces; confines nothing else. Save this as /etc/apparmor.d/cove, then as "
      "root:\n"
      "#   apparmor_parser -r /etc/apparmor.d/cove\n"
      "abi <abi/4.0>,\n"
      "include <tunables/global>\n"
      "\n"
      "profile cove {} flags=(unconfined) {{\n"
      "  userns,\n"
      "\n"
      "  include if exists <local/cove>\n"
      "}}\n",
      COVE_TRY(quote_path(path)));
}

}  // namespace cove::probe
