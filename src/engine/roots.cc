#include "engine/roots.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include "sys/file.h"
#include "sys/identity.h"

namespace cove::engine {
namespace {

Status check_absolute(std::string_view name, std::string_view path) {
  if (path.starts_with('/')) return {};
  Error error(ErrorCode::invalid_argument, fmt::format("{} is not an absolute path: {}", name, path));
  error.set_hint(fmt::format("set {} to a directory's full path, or unset it", name));
  return error;
}

Result<std::optional<std::string>> absolute_variable(const Variable& variable, std::string_view name) {
  const auto value = variable(name);
  if (!value || value->empty()) return std::optional<std::string>();
  COVE_TRY(check_absolute(name, *value));
  return std::optional(std::string(*value));
}

Result<std::string> user_data(const Variable& variable) {
  if (auto xdg = COVE_TRY(absolute_variable(variable, "XDG_DATA_HOME"))) return *xdg + "/cove";
  if (auto home = COVE_TRY(absolute_variable(variable, "HOME"))) return *home + "/.local/share/cove";
  Error error(ErrorCode::not_found, "there is no home directory to keep containers in");
  error.set_hint("set HOME, or COVE_DATA_ROOT");
  return error;
}

// /tmp is everybody's: the directory there must be ours alone.
Result<std::string> temporary_run_directory() {
  std::string path = fmt::format("/tmp/cove-{}", sys::effective_uid());
  COVE_TRY(sys::make_directories(path, 0700));
  const struct stat info = COVE_TRY(sys::stat_at(AT_FDCWD, path.c_str(), AT_SYMLINK_NOFOLLOW));
  if (S_ISDIR(info.st_mode) && info.st_uid == sys::effective_uid() && (info.st_mode & 077) == 0) return path;
  Error error(ErrorCode::permission, fmt::format("{} belongs to somebody else, or is open to others", path));
  error.set_hint("set XDG_RUNTIME_DIR or COVE_RUN_ROOT to a directory of your own");
  return error;
}

Result<std::string> user_run(const Variable& variable) {
  if (auto xdg = COVE_TRY(absolute_variable(variable, "XDG_RUNTIME_DIR"))) return *xdg + "/cove";
  return temporary_run_directory();
}

}  // namespace

Result<Roots> find_roots(const Variable& variable) {
  const bool root = sys::effective_uid() == 0;
  Roots roots;
  auto data = COVE_TRY(absolute_variable(variable, "COVE_DATA_ROOT"));
  auto run = COVE_TRY(absolute_variable(variable, "COVE_RUN_ROOT"));
  roots.data = data ? *data : root ? "/var/lib/cove" : COVE_TRY(user_data(variable));
  roots.run = run ? *run : root ? "/run/cove" : COVE_TRY(user_run(variable));
  return roots;
}

}  // namespace cove::engine
