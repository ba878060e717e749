#include "cli/containers/unit.h"

#include <fcntl.h>
#include <fmt/format.h>

#include "sys/file.h"

namespace cove::cli {
namespace {

// In double quotes, where systemd reads \ and %.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char letter : text) {
    if (letter == '\\' || letter == '"') out += '\\';
    if (letter == '%' || letter == '$') out += letter;
    out += letter;
  }
  return out + '"';
}

std::string variable_line(std::string_view name, const std::string& value) {
  if (value.empty()) return {};
  std::string assignment = quoted(fmt::format("{}={}", name, value));
  // Unlike in ExecStart, $ stands for itself here.
  for (size_t at = assignment.find("$$"); at != std::string::npos; at = assignment.find("$$", at + 1))
    assignment.erase(at, 1);
  return fmt::format("Environment={}\n", assignment);
}

Result<std::string> unit_directory(const Caller& caller, bool user) {
  if (!user) return std::string("/etc/systemd/system");
  const auto config = caller.variable("XDG_CONFIG_HOME");
  if (config && config->starts_with('/')) return fmt::format("{}/systemd/user", *config);
  const auto home = caller.variable("HOME");
  if (home && home->starts_with('/')) return fmt::format("{}/.config/systemd/user", *home);
  Error error(ErrorCode::not_found, "there is no home directory to put the unit into");
  error.set_hint("set HOME or XDG_CONFIG_HOME");
  return error;
}

}  // namespace

std::string unit_text(const UnitSettings& settings) {
  std::string text =
      "[Unit]\n"
      "Description=Containers of cove that are to run after a reboot\n";
  if (!settings.user) text += "After=local-fs.target network.target\n";
  text +=
      "\n[Service]\n"
      "Type=oneshot\n"
      "RemainAfterExit=yes\n";
  text += variable_line("COVE_DATA_ROOT", settings.data_root);
  text += variable_line("COVE_RUN_ROOT", settings.run_root);
  text += fmt::format("ExecStart={0} system start\nExecStop={0} system stop\n", quoted(settings.program));
  // ExecStop is called only after a success: so one container that can't be started is none of the service.
  // Each container's own time-out ends the stop. The containers outlive a start that fails, and have cgroups
  // below the service's own.
  text +=
      "SuccessExitStatus=1\n"
      "TimeoutStopSec=infinity\n"
      "KillMode=process\n"
      "Delegate=yes\n"
      "TasksMax=infinity\n"
      "\n[Install]\n";
  text += fmt::format("WantedBy={}\n", settings.user ? "default.target" : "multi-user.target");
  return text;
}

Result<std::string> install_unit(const Caller& caller, bool user) {
  UnitSettings settings;
  settings.program = COVE_TRY(sys::read_link_at(AT_FDCWD, "/proc/self/exe"));
  settings.data_root = caller.variable("COVE_DATA_ROOT").value_or("");
  settings.run_root = caller.variable("COVE_RUN_ROOT").value_or("");
  settings.user = user;
  const std::string directory = COVE_TRY(unit_directory(caller, user));
  COVE_TRY(sys::make_directories(directory, 0755));
  std::string path = fmt::format("{}/{}", directory, kUnitName);
  COVE_TRY(sys::replace_file(path.c_str(), unit_text(settings), 0644));
  return path;
}

}  // namespace cove::cli
