// cove system df
#include <array>

#include "cli/containers/context.h"
#include "cli/containers/disk_usage.h"
#include "cli/containers/system.h"
#include "cli/containers/view_options.h"
#include "sys/clock.h"

namespace cove::cli {
namespace {

struct DiskUsageRequest {
  bool verbose = false;
  format::ListOptions list;
};

constexpr std::array kOptions{
    list_format_option<DiskUsageRequest>("Print table, table TEMPLATE, json, or what a Go template makes of "
                                         "each kind; with -v of all at once"),
    Option{.name = "verbose",
           .letter = 'v',
           .help = "Show each image, container and volume",
           .set = flag<&DiskUsageRequest::verbose>},
};

Result<std::string> kinds_text(const engine::Roots& roots, const format::ListOptions& options,
                               const format::Screen& screen) {
  const format::ListFormat list =
      COVE_TRY(format::ListFormat::parse(kDiskUseList, options).context("--format"));
  std::vector<format::Value> rows;
  rows.reserve(kDiskKinds.size());
  for (const DiskKind& kind : kDiskKinds)
    rows.push_back(disk_use_row(kind.type, COVE_TRY(kind.measure(roots, sys::real_time_nanoseconds()))));
  return list.print(rows, screen);
}

Result<std::string> objects_tables(const engine::Roots& roots, const format::Screen& screen) {
  std::string text;
  for (const DiskKind& kind : kDiskKinds) {
    const DiskUse use = COVE_TRY(kind.measure(roots, sys::real_time_nanoseconds()));
    const format::ListFormat list = COVE_TRY(format::ListFormat::parse(kind.list, {}));
    if (!text.empty()) text += '\n';
    text.append(kind.title).append("\n\n").append(COVE_TRY(list.print(use.rows, screen)));
  }
  return text;
}

// As docker has it, one object with a list for each kind.
Result<std::string> objects_text(const engine::Roots& roots, const std::string& format,
                                 const format::Screen& screen) {
  format::Value all = format::Value::record();
  for (const DiskKind& kind : kDiskKinds) {
    DiskUse use = COVE_TRY(kind.measure(roots, sys::real_time_nanoseconds()));
    all.set(kind.key, format::Value(format::Array(std::move(use.rows))));
  }
  return format::print_object(all, format, screen);
}

Result<std::string> usage_text(const Invocation& invocation, const DiskUsageRequest& request) {
  const engine::Roots roots = COVE_TRY(roots_of(invocation));
  const format::Screen screen = screen_of(invocation);
  if (!request.verbose) return kinds_text(roots, request.list, screen);
  if (request.list.format.empty() || request.list.format == "table") return objects_tables(roots, screen);
  return objects_text(roots, request.list.format, screen);
}

}  // namespace

constinit const OptionGroup kDiskUsageOptions{"Options", kOptions};

int disk_usage_command(const Invocation& invocation) {
  DiskUsageRequest request;
  const Parsed parsed = parse_command_line("system df", invocation, &request);
  if (parsed.exit_status) return *parsed.exit_status;
  const auto text = usage_text(invocation, request);
  return text ? print(*text) : fail_container(text.error());
}

}  // namespace cove::cli
