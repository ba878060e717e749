#include "cli/caller.h"

#include <algorithm>

#include "base/strings.h"
#include "cli/numbers.h"
#include "sys/file.h"

namespace cove::cli {
namespace {

std::string without_empty_parts(std::string_view path) {
  std::string clean;
  clean.reserve(path.size());
  for (const std::string_view part : split(path, '/')) {
    if (part.empty() || part == ".") continue;
    clean += '/';
    clean += part;
  }
  return clean.empty() ? "/" : clean;
}

Status check_path_bytes(std::string_view path) {
  constexpr size_t kLongest = 4095;  // PATH_MAX with its NUL
  if (path.empty()) return value_error("the path is empty", "name a file or directory");
  if (path.find('\0') != std::string_view::npos)
    return value_error("a path holds no NUL byte", "leave it out");
  if (path.size() > kLongest) return value_error("the path is longer than 4095 bytes", "use a shorter one");
  return {};
}

}  // namespace

Result<std::string> Caller::absolute_path(std::string_view path) {
  COVE_TRY(check_path_bytes(path));
  if (path.front() == '/') return without_empty_parts(path);
  if (working_directory_.empty())
    working_directory_ = COVE_TRY(sys::read_link_at(AT_FDCWD, "/proc/self/cwd"));
  std::string joined = working_directory_;
  joined += '/';
  joined += path;
  return without_empty_parts(joined);
}

std::optional<std::string_view> Caller::variable(std::string_view name) const noexcept {
  if (environment_ == nullptr || name.empty()) return std::nullopt;
  for (char* const* entry = environment_; *entry != nullptr; ++entry) {
    const auto [known, value] = split_once(*entry, '=');
    if (known == name && value) return value;
  }
  return std::nullopt;
}

Result<std::string> parse_inside_directory(std::string_view path) {
  COVE_TRY(check_path_bytes(path));
  if (path.front() != '/') {
    return value_error("not an absolute path", "a path inside the sandbox begins with /, as /data");
  }
  const auto parts = split(path, '/');
  if (std::find(parts.begin(), parts.end(), "..") != parts.end()) {
    return value_error("a path inside the sandbox has no ..", "write the path without it");
  }
  return without_empty_parts(path);
}

Result<std::string> parse_target(std::string_view path) {
  std::string target = COVE_TRY(parse_inside_directory(path));
  if (target == "/")
    return value_error("nothing can be mounted on / itself", "use --rootfs for the root directory");
  return target;
}

}  // namespace cove::cli
