#include "monitor/plan.h"

#include <fmt/format.h>

#include "base/strings.h"

namespace cove::monitor {
namespace {

struct TextField {
  std::string_view key;
  std::string MonitorPlan::*member;
};
struct FlagField {
  std::string_view key;
  bool MonitorPlan::*member;
};
struct NumberField {
  std::string_view key;
  uint64_t MonitorPlan::*member;
};

constexpr TextField kTexts[] = {{"id", &MonitorPlan::id},  // NOLINT(modernize-avoid-c-arrays)
                                {"name", &MonitorPlan::name},
                                {"directory", &MonitorPlan::directory},
                                {"run", &MonitorPlan::run_directory},
                                {"log", &MonitorPlan::log_driver}};
constexpr FlagField kFlags[] = {{"tty", &MonitorPlan::tty},  // NOLINT(modernize-avoid-c-arrays)
                                {"interactive", &MonitorPlan::interactive},
                                {"attached", &MonitorPlan::starter_attached}};
constexpr NumberField kNumbers[] = {  // NOLINT(modernize-avoid-c-arrays)
    {"health", &MonitorPlan::health_interval_ms},
    {"health-start", &MonitorPlan::health_start_period_ms},
    {"health-start-interval", &MonitorPlan::health_start_interval_ms}};
constexpr std::string_view kLogOption = "log-opt";

bool take(std::string_view key, std::string_view value, MonitorPlan& plan) {
  for (const TextField& field : kTexts) {
    if (field.key != key) continue;
    plan.*field.member = value;
    return true;
  }
  for (const FlagField& field : kFlags) {
    if (field.key != key) continue;
    plan.*field.member = true;
    return true;
  }
  for (const NumberField& field : kNumbers) {
    if (field.key != key) continue;
    const auto number = parse_number<uint64_t>(value);
    plan.*field.member = number.value_or(0);
    return number.has_value();
  }
  if (key != kLogOption) return false;
  plan.log_options.emplace_back(value);
  return true;
}

}  // namespace

std::vector<std::string> print_arguments(const MonitorPlan& plan) {
  std::vector<std::string> argv{std::string(kMonitorName)};
  for (const TextField& field : kTexts) argv.push_back(fmt::format("{}={}", field.key, plan.*field.member));
  for (const std::string& option : plan.log_options) argv.push_back(fmt::format("{}={}", kLogOption, option));
  for (const FlagField& field : kFlags) {
    if (plan.*field.member) argv.push_back(fmt::format("{}=", field.key));
  }
  for (const NumberField& field : kNumbers) {
    if (plan.*field.member != 0) argv.push_back(fmt::format("{}={}", field.key, plan.*field.member));
  }
  return argv;
}

Result<MonitorPlan> parse_arguments(std::span<char* const> argv) {
  MonitorPlan plan;
  for (const std::string_view argument : argv.subspan(argv.empty() ? 0 : 1)) {
    const Halves halves = split_once(argument, '=');
    if (!halves.second || !take(halves.first, *halves.second, plan))
      return Error(ErrorCode::invalid_argument,
                   fmt::format("{} is nothing that a monitor is told", quote(argument)));
  }
  if (plan.id.empty() || plan.directory.empty() || plan.run_directory.empty())
    return Error(ErrorCode::invalid_argument, "a monitor is started by cove, not by hand");
  return plan;
}

}  // namespace cove::monitor
