// cove version
#include <fmt/format.h>

#include <string>

#include "base/json_writer.h"
#include "cli/command.h"
#include "cli/output_options.h"

namespace cove::cli {
namespace {

#ifdef COVE_FAULT_INJECTION
constexpr bool kFaultInjection = true;
#else
constexpr bool kFaultInjection = false;
#endif
#ifdef __PIE__
constexpr bool kPositionIndependent = true;
#else
constexpr bool kPositionIndependent = false;
#endif

std::string version_json() {
  JsonWriter json;
  json.begin_object();
  json.member("name", "cove").member("version", COVE_VERSION);
  json.key("build").begin_object();
  json.member("compiler", __VERSION__);
  json.member("position_independent", kPositionIndependent);
  json.member("fault_injection", kFaultInjection);
  json.end_object().end_object();
  return std::move(json).text() + "\n";
}

}  // namespace

int version_command(const Invocation& invocation) {
  FormatRequest request;
  if (const Parsed parsed = parse_command_line("version", invocation, &request); parsed.exit_status) {
    return *parsed.exit_status;
  }
  if (request.format == OutputFormat::json) return print(version_json());
  return print(fmt::format("cove {}\n", COVE_VERSION));
}

}  // namespace cove::cli
