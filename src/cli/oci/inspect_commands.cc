// state, list, ps, events
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/json_writer.h"
#include "base/strings.h"
#include "cli/oci/command.h"
#include "cli/oci/tables.h"
#include "sys/file.h"
#include "sys/program.h"

namespace cove::cli::oci {
namespace {

using spec::State;

// Go's text/tabwriter, as runc uses it: columns of at least 12, three spaces apart.
std::string print_table(const std::vector<std::array<std::string, 6>>& rows) {
  constexpr size_t kLeast = 12;
  constexpr size_t kGap = 3;
  std::array<size_t, 6> widths{};
  for (const auto& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max({widths[i], row[i].size() + kGap, kLeast});
  }
  std::string out;
  for (const auto& row : rows) {
    for (size_t i = 0; i + 1 < row.size(); ++i) out += fmt::format("{:<{}}", row[i], widths[i]);
    out += row.back() + "\n";
  }
  return out;
}

std::string print_list(const std::vector<State>& states) {
  std::vector<std::array<std::string, 6>> rows{{"ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"}};
  for (const State& state : states) {
    rows.push_back({state.id, fmt::format("{}", state.pid), std::string(spec::status_name(state.status)),
                    state.bundle, state.created, state.owner});
  }
  return print_table(rows);
}

std::string print_list_json(const std::vector<State>& states) {
  // runc prints null for none.
  if (states.empty()) return "null\n";
  std::string out = "[";
  for (const State& state : states) {
    if (out.size() > 1) out += ",";
    out += spec::print_state(state, true);
  }
  return out + "]\n";
}

Result<std::string> find_ps() {
  for (const char* path : {"/usr/bin/ps", "/bin/ps", "/usr/local/bin/ps"}) {
    if (sys::exists(path)) return std::string(path);
  }
  Error error(ErrorCode::not_found, "ps: there is no such program on this machine");
  error.set_hint("install it (Debian: procps), or use --format json");
  return error;
}

// The lines of ps(1)'s table whose process is one of `pids`, with the heading.
Result<std::string> filter_ps(std::string_view table, const std::vector<pid_t>& pids) {
  const auto heading = next_line(table);
  if (!heading) return Error(ErrorCode::unsupported, "ps: it printed nothing");
  const auto words_of = [](std::string_view line) {
    std::vector<std::string_view> words = split(line, ' ');
    std::erase(words, std::string_view{});
    return words;
  };
  const std::vector<std::string_view> titles = words_of(*heading);
  const auto column = static_cast<size_t>(std::find(titles.begin(), titles.end(), "PID") - titles.begin());
  if (column == titles.size()) return Error(ErrorCode::invalid_argument, "ps: its table has no column PID");
  std::string out = std::string(*heading) + "\n";
  while (const auto line = next_line(table)) {
    const std::vector<std::string_view> words = words_of(*line);
    const auto pid = column < words.size() ? parse_number<pid_t>(words[column]) : std::nullopt;
    if (pid && std::binary_search(pids.begin(), pids.end(), *pid)) out += std::string(*line) + "\n";
  }
  return out;
}

Result<std::string> run_ps(std::vector<std::string> arguments, char* const* environment) {
  constexpr size_t kMostOutput = size_t{64} << 20;
  if (arguments.empty()) arguments.emplace_back("-ef");
  sys::ProgramRequest request;
  request.path = COVE_TRY(find_ps());
  request.argv = std::move(arguments);
  request.argv.insert(request.argv.begin(), "ps");
  for (char* const* variable = environment; variable != nullptr && *variable != nullptr; ++variable)
    request.env.emplace_back(*variable);
  const sys::SpawnedProgram program = COVE_TRY(sys::spawn_program(request));
  sys::ProgramOutcome outcome = COVE_TRY(sys::finish_program(program, kMostOutput, sys::kNoTimeout));
  if (outcome.status == 0) return std::move(outcome.output);
  return Error(ErrorCode::system, fmt::format("ps: {}", trim(outcome.output)));
}

std::string print_pids(const std::vector<pid_t>& pids) {
  JsonWriter json(JsonWriter::Layout::compact);
  json.begin_array();
  for (const pid_t pid : pids) json.value(pid);
  return json.end_array().text() + "\n";
}

}  // namespace

Result<int> state_command(Context& context, const OciCommand& command, Arguments arguments) {
  NoOptions none;
  const auto id = COVE_TRY(parse_id(command, arguments, &none));
  if (!id) return 0;
  const State state = COVE_TRY(runtime::state(context.settings, *id));
  COVE_TRY(write_output(spec::print_state(state)));
  return 0;
}

Result<int> list_command(Context& context, const OciCommand& command, Arguments arguments) {
  ListRequest request;
  const auto operands = COVE_TRY(parse(command, arguments, &request));
  if (!operands) return 0;
  const std::vector<State> states = COVE_TRY(runtime::list(context.settings, context.warner()));
  if (request.quiet) {
    std::string ids;
    for (const State& state : states) ids += state.id + "\n";
    COVE_TRY(write_output(ids));
    return 0;
  }
  COVE_TRY(write_output(request.format == "json" ? print_list_json(states) : print_list(states)));
  return 0;
}

Result<int> ps_command(Context& context, const OciCommand& command, Arguments arguments) {
  PsRequest request;
  const auto operands = COVE_TRY(parse(command, arguments, &request));
  if (!operands) return 0;
  const std::vector<pid_t> pids = COVE_TRY(runtime::processes(context.settings, operands->front()));
  if (request.format == "json") {
    COVE_TRY(write_output(print_pids(pids)));
    return 0;
  }
  const std::string table = COVE_TRY(run_ps({operands->begin() + 1, operands->end()}, context.environment));
  const std::string filtered = COVE_TRY(filter_ps(table, pids));
  COVE_TRY(write_output(filtered));
  return 0;
}

Result<int> events_command(Context& context, const OciCommand& command, Arguments arguments) {
  EventsRequest request;
  const auto id = COVE_TRY(parse_id(command, arguments, &request));
  if (!id) return 0;
  const runtime::Emit emit = [](std::string_view line) { return write_output(std::string(line) + "\n"); };
  COVE_TRY(request.stats ? runtime::print_stats(context.settings, *id, emit)
                         : runtime::watch_events(context.settings, *id, request.interval, emit));
  return 0;
}

}  // namespace cove::cli::oci
