// cove logs
#include <fcntl.h>
#include <fmt/format.h>

#include <array>
#include <cerrno>

#include "base/strings.h"
#include "cli/containers/context.h"
#include "cli/containers/view_options.h"
#include "cli/format/time_value.h"
#include "cli/numbers.h"
#include "engine/life.h"
#include "engine/log_choice.h"
#include "engine/store.h"
#include "logs/print.h"
#include "logs/reader.h"
#include "sys/clock.h"
#include "sys/file.h"
#include "sys/process.h"

namespace cove::cli {
namespace {

struct LogsRequest {
  bool follow = false;
  bool timestamps = false;
  std::optional<uint64_t> tail;
  std::optional<int64_t> since;
  std::optional<int64_t> until;
};

Status set_tail(LogsRequest& request, std::string_view value) {
  request.tail.reset();
  // Docker takes a negative number for all lines, too.
  if (value == "all" || (value.starts_with('-') && parse_number<uint64_t>(value.substr(1)))) return {};
  request.tail = parse_number<uint64_t>(value);
  if (!request.tail) return value_error(fmt::format("{} is no number", quote(value)), "give a number or all");
  return {};
}

template <auto Member>
Status set_time(LogsRequest& request, std::string_view value) {
  request.*Member = COVE_TRY(format::parse_time(value, sys::real_time_nanoseconds()));
  return {};
}

Status refuse_details(LogsRequest&, std::string_view value) {
  if (value != "true") return {};
  return value_error("cove's logs hold nothing but lines and their times",
                     "labels and variables are in `cove inspect`");
}

constexpr std::array kLogs{
    Option{.name = "details",
           .help = "Refused: there is nothing more in cove's logs than lines and their times",
           .set = setter<&refuse_details>},
    Option{.name = "follow",
           .letter = 'f',
           .help = "Go on with what is yet to come, until the container ends",
           .set = flag<&LogsRequest::follow>},
    Option{.name = "since",
           .placeholder = "TIME",
           .help = "Print lines that are not older: 10m (ago), 2026-11-24T15:04:05Z, or seconds since 1970",
           .set = setter<&set_time<&LogsRequest::since>>},
    Option{.name = "tail",
           .letter = 'n',
           .placeholder = "NUMBER|all",
           .help = "Print so many of the last lines only (default all)",
           .set = setter<&set_tail>},
    Option{.name = "timestamps",
           .letter = 't',
           .help = "Print the time before each line",
           .set = flag<&LogsRequest::timestamps>},
    Option{.name = "until",
           .placeholder = "TIME",
           .help = "Print lines that are not newer; the forms of --since",
           .set = setter<&set_time<&LogsRequest::until>>},
};

// Of whoever writes the log; none if nobody does any more.
UniqueFd open_writer(const engine::State& state) {
  if (!engine::monitor_lives(state)) return {};
  Result<UniqueFd> monitor = sys::open_pidfd(state.monitor);
  // Between the two its number may have become another's.
  return monitor && engine::monitor_lives(state) ? std::move(*monitor) : UniqueFd();
}

Status print_logs(const engine::Roots& roots, std::string_view reference, const LogsRequest& request) {
  const engine::Container container = COVE_TRY(engine::open_container(roots, reference, false));
  const engine::Record& record = container.record;
  const UniqueFd writer = request.follow ? open_writer(container.state) : UniqueFd();
  logs::ReadOptions options;
  options.driver = COVE_TRY(engine::parse_log_choice(record.logs)).driver;
  options.identity = {record.id, record.name};
  options.tail = request.tail;
  options.since = request.since;
  options.until = request.until;
  options.follow = writer.valid();
  options.ended_fd = writer.get();
  const UniqueFd directory =
      COVE_TRY(sys::open_at(container.directory.fd(), "logs", O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
  logs::LogReader reader = COVE_TRY(logs::LogReader::open(directory.get(), options));
  logs::PrintOptions print;
  print.timestamps = request.timestamps;
  return logs::print_log(reader, print);
}

}  // namespace

constinit const OptionGroup kLogsOptions{"Options", kLogs};

int logs_command(const Invocation& invocation) {
  LogsRequest request;
  const Parsed parsed = parse_operands("logs", invocation, &request, 1, 1);
  if (parsed.exit_status) return *parsed.exit_status;
  const auto roots = roots_of(invocation);
  if (!roots) return fail_container(roots.error());
  const Status printed = print_logs(*roots, parsed.operands.front(), request);
  // Whoever read it has had enough.
  if (!printed && printed.error().sys_errno() == EPIPE) return kExitContainer;
  return printed ? 0 : fail_container(printed.error());
}

}  // namespace cove::cli
