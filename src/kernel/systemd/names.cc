#include "kernel/systemd/names.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/strings.h"

namespace cove::systemd {
namespace {

constexpr size_t kLongestUnit = 255;
constexpr std::string_view kSlice = ".slice";

bool is_unit_character(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ':' || c == '-' ||
         c == '_' || c == '.' || c == '\\' || c == '@';
}

bool is_unit_name(std::string_view name) noexcept {
  return !name.empty() && name.size() <= kLongestUnit && name.front() != '.' &&
         std::all_of(name.begin(), name.end(), is_unit_character);
}

Error refuse(std::string_view text, std::string_view why) {
  return Error(ErrorCode::invalid_argument, fmt::format("linux.cgroupsPath: {} {}", quote(text), why));
}

}  // namespace

Result<UnitName> parse_unit_name(std::string_view cgroups_path, std::string_view id,
                                 std::string_view default_prefix, bool user_instance) {
  const std::string text =
      cgroups_path.empty() ? fmt::format(":{}:{}", default_prefix, id) : std::string(cgroups_path);
  const auto parts = split(text, ':');
  if (parts.size() != 3) {
    Error error = refuse(text, "is not SLICE:PREFIX:NAME, as cgroups by way of systemd need it");
    error.set_hint("use the cgroupfs driver for a path (leave out --systemd-cgroup)");
    return error;
  }
  UnitName name;
  name.slice = parts[0].empty() ? (user_instance ? "user.slice" : "system.slice") : std::string(parts[0]);
  COVE_TRY(expand_slice(name.slice));
  if (parts[2].ends_with(kSlice))
    return refuse(text, "names a slice, which can't hold a container's processes");
  name.unit = fmt::format("{}{}{}.scope", parts[1], parts[1].empty() ? "" : "-", parts[2]);
  if (parts[2].empty() || !is_unit_name(name.unit))
    return refuse(name.unit, "is not a name that systemd allows");
  return name;
}

Result<std::string> expand_slice(std::string_view slice) {
  if (!slice.ends_with(kSlice) || !is_unit_name(slice)) return refuse(slice, "is not the name of a slice");
  const std::string_view name = slice.substr(0, slice.size() - kSlice.size());
  if (name == "-") return std::string();
  std::string path;
  std::string prefix;
  for (const std::string_view part : split(name, '-')) {
    if (part.empty()) return refuse(slice, "is not the name of a slice");
    if (!prefix.empty()) prefix += '-';
    prefix += part;
    path += fmt::format("/{}{}", prefix, kSlice);
  }
  return path;
}

}  // namespace cove::systemd
