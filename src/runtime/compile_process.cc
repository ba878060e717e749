// The process: what runs, as whom, scheduled how.
#include <fmt/format.h>
#include <sched.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/strings.h"
#include "runtime/compile.h"
#include "runtime/number_list.h"

namespace cove::runtime {
namespace {

constexpr int kSchedDeadline = 6;  // SCHED_DEADLINE

template <typename T>
using Words = std::span<const std::pair<std::string_view, T>>;

template <typename T>
Result<T> look_up(Words<T> words, std::string_view word, std::string_view place) {
  for (const auto& [name, value] : words) {
    if (name == word) return value;
  }
  return Error(ErrorCode::invalid_argument, fmt::format("{}: unknown value {}", place, quote(word)));
}

constexpr std::pair<std::string_view, uint32_t> kPolicies[] = {
    {"SCHED_OTHER", SCHED_OTHER},       {"SCHED_FIFO", SCHED_FIFO}, {"SCHED_RR", SCHED_RR},
    {"SCHED_BATCH", SCHED_BATCH},       {"SCHED_ISO", 4},           {"SCHED_IDLE", SCHED_IDLE},
    {"SCHED_DEADLINE", kSchedDeadline},
};
constexpr std::pair<std::string_view, uint64_t> kSchedulerFlags[] = {
    {"SCHED_FLAG_RESET_ON_FORK", 0x01},  {"SCHED_FLAG_RECLAIM", 0x02},
    {"SCHED_FLAG_DL_OVERRUN", 0x04},     {"SCHED_FLAG_KEEP_POLICY", 0x08},
    {"SCHED_FLAG_KEEP_PARAMS", 0x10},    {"SCHED_FLAG_UTIL_CLAMP_MIN", 0x20},
    {"SCHED_FLAG_UTIL_CLAMP_MAX", 0x40},
};
constexpr std::pair<std::string_view, int> kIoClasses[] = {
    {"IOPRIO_CLASS_RT", 1}, {"IOPRIO_CLASS_BE", 2}, {"IOPRIO_CLASS_IDLE", 3}};

Result<launch::SchedulerPlan> to_scheduler(const spec::Scheduler& scheduler) {
  launch::SchedulerPlan plan;
  plan.policy = COVE_TRY(look_up<uint32_t>(kPolicies, scheduler.policy, "process.scheduler.policy"));
  for (const std::string& flag : scheduler.flags)
    plan.flags |= COVE_TRY(look_up<uint64_t>(kSchedulerFlags, flag, "process.scheduler.flags"));
  plan.nice = scheduler.nice.value_or(0);
  plan.priority = static_cast<uint32_t>(scheduler.priority.value_or(0));
  plan.runtime_ns = scheduler.runtime.value_or(0);
  plan.deadline_ns = scheduler.deadline.value_or(0);
  plan.period_ns = scheduler.period.value_or(0);
  return plan;
}

Result<int> to_io_priority(const spec::IoPriority& priority) {
  constexpr int kClassShift = 13;
  const int io_class =
      COVE_TRY(look_up<int>(kIoClasses, priority.priority_class, "process.ioPriority.class"));
  return (io_class << kClassShift) | priority.priority.value_or(0);
}

}  // namespace

bool keeps_groups(const spec::Spec& spec) {
  const auto found =
      std::find_if(spec.annotations.begin(), spec.annotations.end(),
                   [](const auto& annotation) { return annotation.first == "run.oci.keep_original_groups"; });
  return found != spec.annotations.end() && found->second == "1";
}

Status compile_process(const ProcessContext& context, launch::LaunchPlan& plan) {
  const spec::Process& process = context.process;
  launch::ProcessPlan& out = plan.process;
  out.argv = process.args;
  out.env = process.env;
  out.cwd = process.cwd;
  out.exact_user = launch::ExactUser{process.user.uid, process.user.gid, process.user.additional_gids};
  out.keep_groups = context.keep_groups;
  if (process.user.umask) out.umask = *process.user.umask & 0777;
  if (process.scheduler) out.scheduler = COVE_TRY(to_scheduler(*process.scheduler));
  if (process.io_priority) out.io_priority = COVE_TRY(to_io_priority(*process.io_priority));
  if (process.terminal) out.stdio = launch::StdioMode::tty;
  if (process.console_size) {
    out.console_size = {static_cast<uint16_t>(process.console_size->height),
                        static_cast<uint16_t>(process.console_size->width)};
  }
  return {};
}

}  // namespace cove::runtime
