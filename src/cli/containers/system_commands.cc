// system check, gc, start, stop, install-unit; df, info and prune have files of their own
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/json_writer.h"
#include "base/log.h"
#include "base/strings.h"
#include "cli/containers/context.h"
#include "cli/containers/prune.h"
#include "cli/containers/system.h"
#include "cli/containers/unit.h"
#include "cli/output_options.h"
#include "engine/check.h"
#include "engine/operations.h"

namespace cove::cli {
namespace {

// --- check, gc ---

std::string json_of(const std::vector<engine::Finding>& findings) {
  JsonWriter json(JsonWriter::Layout::indented);
  json.begin_object().key("findings").begin_array();
  for (const engine::Finding& finding : findings) {
    json.begin_object().member("kind", finding.kind).member("subject", finding.subject);
    json.member("text", finding.text).member("mended", finding.mended);
    if (!finding.failure.empty()) json.member("failure", finding.failure);
    json.end_object();
  }
  json.end_array().end_object();
  return std::move(json).text() + "\n";
}

std::string text_of(const std::vector<engine::Finding>& findings) {
  std::string text;
  for (const engine::Finding& finding : findings) {
    text += fmt::format("{} {}: {}", finding.kind, finding.subject, finding.text);
    if (finding.mended) text += "; mended";
    if (!finding.failure.empty()) text += fmt::format("; not mended: {}", finding.failure);
    text += '\n';
  }
  return text;
}

// What `gc` has not mended is wrong still.
bool all_well(const std::vector<engine::Finding>& findings) {
  return std::all_of(findings.begin(), findings.end(),
                     [](const engine::Finding& finding) { return finding.mended; });
}

int look(const Invocation& invocation, std::string_view command, bool mend) {
  FormatRequest request;
  const Parsed parsed = parse_command_line(command, invocation, &request);
  if (parsed.exit_status) return *parsed.exit_status;
  const auto roots = roots_of(invocation);
  if (!roots) return fail(roots.error());
  const auto findings = engine::check(*roots, mend);
  if (!findings) return fail(findings.error());
  std::string text = request.format == OutputFormat::json ? json_of(*findings) : text_of(*findings);
  if (text.empty()) text = "all is as it is on record\n";
  const int printed = print(text);
  return printed != 0 ? printed : static_cast<int>(!all_well(*findings));
}

int check_command(const Invocation& invocation) {
  return look(invocation, "system check", false);
}

int system_gc_command(const Invocation& invocation) {
  return look(invocation, "system gc", true);
}

// --- start, stop ---

using AtBoot = Result<std::vector<engine::BootStep>> (*)(const engine::Roots& roots,
                                                         const std::vector<std::string>& containers);

// The names of those that it worked for; the exit status tells whether it did for all.
int for_all(const Invocation& invocation, std::string_view command, size_t most, AtBoot act) {
  const Parsed parsed = parse_operands(command, invocation, nullptr, 0, most);
  if (parsed.exit_status) return *parsed.exit_status;
  const auto roots = roots_of(invocation);
  if (!roots) return fail(roots.error());
  const auto steps = act(*roots, {parsed.operands.begin(), parsed.operands.end()});
  if (!steps) return fail_container(steps.error());
  int status = 0;
  std::string names;
  for (const engine::BootStep& step : *steps) {
    if (step.error.empty()) {
      names += step.name + "\n";
      continue;
    }
    warn(fmt::format("container {}: {}", step.name, step.error));
    status = kExitContainer;
  }
  const int printed = print(names);
  return printed != 0 ? printed : status;
}

int start_all_command(const Invocation& invocation) {
  return for_all(invocation, "system start", 0,
                 [](const engine::Roots& roots, const std::vector<std::string>& /*none*/) {
                   return engine::start_after_boot(roots, warn);
                 });
}

int stop_all_command(const Invocation& invocation) {
  return for_all(invocation, "system stop", SIZE_MAX, &engine::stop_for_shutdown);
}

// --- install-unit ---

struct UnitRequest {
  bool user = false;
};

constexpr std::array kUnit{
    Option{.name = "user",
           .help = "For the user's own service manager, not the machine's (default: as root no, else yes)",
           .set = flag<&UnitRequest::user>},
};
constexpr OptionGroup kUnitOptions{"Options", kUnit};

int install_unit_command(const Invocation& invocation) {
  UnitRequest request;
  request.user = ::geteuid() != 0;
  const Parsed parsed = parse_command_line("system install-unit", invocation, &request);
  if (parsed.exit_status) return *parsed.exit_status;
  const Caller caller(invocation.environment);
  const auto path = install_unit(caller, request.user);
  if (!path) return fail(path.error());
  const std::string_view manager = request.user ? "systemctl --user" : "systemctl";
  return print(fmt::format("{}\nTo have it started with every boot: {} daemon-reload && {} enable {}\n",
                           *path, manager, manager, kUnitName));
}

constexpr std::array kFormatGroups{&kFormatOptions<FormatRequest>};
constexpr std::array kPruneGroups{&kSystemPruneOptions};
constexpr std::array kUnitGroups{&kUnitOptions};
constexpr std::array kDiskUsageGroups{&kDiskUsageOptions};
constexpr std::array kInfoGroups{&kInfoOptions};

constexpr std::array kCommands{
    Command{
        .name = "system check",
        .summary = "Compare what is on record with what is there",
        .description =
            "Looks at the containers' records, names and sockets, the volumes, and at the kernel's "
            "processes, cgroups and mounts, and prints each lie and each leftover. The exit status is 1 if "
            "there is any. Nothing is changed; what somebody is at work on is left alone.",
        .groups = kFormatGroups,
        .run = &check_command},
    Command{
        .name = "system df",
        .summary = "Show how much disk containers and volumes take",
        .description =
            "RECLAIMABLE: what removing those that are not in use would free. Fields for --format: .Type, "
            ".TotalCount, .Active, .Size and .Reclaimable; with -v .Containers and .Volumes.",
        .groups = kDiskUsageGroups,
        .run = &disk_usage_command},
    Command{.name = "system gc",
            .summary = "Mend what `cove system check` finds",
            .description =
                "A record that cannot be read is put aside, below broken in the data directory, with all "
                "that its container has written.",
            .groups = kFormatGroups,
            .run = &system_gc_command},
    Command{.name = "system info",
            .summary = "Show what machine and store are; the same as `cove info`",
            .groups = kInfoGroups,
            .run = &system_info_command},
    Command{.name = "system install-unit",
            .summary = "Write a systemd unit that starts containers after a reboot",
            .description =
                "The unit calls `cove system start`, and `cove system stop` before the machine goes down.",
            .groups = kUnitGroups,
            .run = &install_unit_command},
    Command{.name = "system prune",
            .summary = "Remove all containers that do not run",
            .groups = kPruneGroups,
            .run = &system_prune_command},
    Command{.name = "system start",
            .summary = "Start what restart policies want to run after a reboot",
            .run = &start_all_command},
    Command{.name = "system stop",
            .operands_text = "[CONTAINER]...",
            .summary = "Stop containers that run, or all, as before a reboot",
            .description =
                "All at once, each within its own time (`--stop-timeout`). `cove system start` starts again "
                "those that their restart policy wants, as if they had run until then.",
            .operands = Operands::several,
            .run = &stop_all_command},
};

}  // namespace

constinit const CommandGroup kSystemCommands{kCommands};

}  // namespace cove::cli
