#include "sys/kernel_version.h"

#include <sys/utsname.h>

#include <algorithm>

#include "base/strings.h"
#include "sys/call.h"

namespace cove::sys {
namespace {

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Takes the digits off the front of `text`.
std::optional<unsigned> take_number(std::string_view& text) noexcept {
  const auto end = std::find_if_not(text.begin(), text.end(), is_digit);
  const auto size = static_cast<size_t>(end - text.begin());
  const auto number = parse_number<unsigned>(text.substr(0, size));
  text.remove_prefix(size);
  return number;
}

}  // namespace

std::optional<KernelVersion> parse_kernel_release(std::string_view release) noexcept {
  const auto version = take_number(release);
  if (!version.has_value() || !release.starts_with('.')) return std::nullopt;
  release.remove_prefix(1);
  const auto patchlevel = take_number(release);
  if (!patchlevel.has_value()) return std::nullopt;
  return KernelVersion{*version, *patchlevel};
}

Result<KernelVersion> running_kernel() {
  struct utsname names {};
  if (::uname(&names) != 0) return last_error("uname");
  const auto version = parse_kernel_release(names.release);
  if (!version.has_value()) {
    return Error(ErrorCode::unsupported,
                 fmt::format("uname: kernel release {} has no version", quote(names.release)));
  }
  return *version;
}

Result<MachineNames> machine_names() {
  struct utsname names {};
  if (::uname(&names) != 0) return last_error("uname");
  return MachineNames{names.release, names.machine, names.nodename};
}

}  // namespace cove::sys
