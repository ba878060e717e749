// cove run
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/log.h"
#include "cli/command.h"
#include "cli/containers/context.h"
#include "cli/containers/run_container.h"
#include "cli/run_request.h"
#include "engine/etc_files.h"
#include "engine/networks.h"
#include "launch/fault.h"
#include "launch/init.h"
#include "launch/launch.h"
#include "network/attach.h"
#include "network/names.h"
#include "network/user_mode.h"
#include "sandbox/defaults.h"
#include "sandbox/plan_compiler.h"
#include "sandbox/report.h"
#include "sandbox/report_limits.h"
#include "sandbox/report_sink.h"
#include "supervise/signals.h"
#include "supervise/supervise.h"
#include "sys/file.h"
#include "sys/process.h"

namespace cove::cli {
namespace {

// One run, from the parsed options to the exit status. Whatever happens, a report that was asked for is
// written.
class Run {
 public:
  Run(const sandbox::Options& options, launch::FaultPlan fault, const Invocation& invocation)
      : options_(options), fault_(std::move(fault)), invocation_(invocation) {}

  int execute();

 private:
  Status prepare();
  Status supervise();
  Status prepare_networks();
  launch::LaunchCallbacks callbacks();
  void note_denied();
  void note_failure(const Error& error, std::string_view step);
  void print_timings() const;
  void say_what_ended_it() const;
  Status write_report() const;

  const sandbox::Options& options_;
  launch::FaultPlan fault_;
  const Invocation& invocation_;
  network::Roots networks_;  // only where there are any
  std::optional<sandbox::ReportSink> sink_;
  std::optional<sandbox::HostFacts> facts_;  // holds the lease of the id range until the end
  launch::LaunchPlan plan_;
  std::vector<launch::StepTiming> timings_;
  std::vector<std::string> waived_;
  std::vector<network::Denied> denied_;
  supervise::Outcome outcome_;
};

#ifdef COVE_FAULT_INJECTION
// COVE_FAULT=STEP:fail or STEP:kill breaks that step on purpose; COVE_FAULT=list prints the steps' names.
std::optional<int> take_fault(const Invocation& invocation, launch::FaultPlan& fault) {
  const std::optional<std::string_view> value = Caller(invocation.environment).variable("COVE_FAULT");
  if (!value) return std::nullopt;
  if (*value == "list") {
    std::string names;
    for (const std::string_view name : launch::parent_step_names()) names += fmt::format("parent:{}\n", name);
    for (const std::string_view name : launch::init_step_names()) names += fmt::format("child:{}\n", name);
    return print(names);
  }
  fault = launch::parse_fault(*value);
  return std::nullopt;
}
#endif

Status Run::prepare() {
  if (options_.report) sink_ = COVE_TRY(sandbox::ReportSink::open(*options_.report).context("--report"));
  plan_.id = COVE_TRY(sandbox::new_id());  // the report of a run that fails from here on names it too
  facts_ = COVE_TRY(sandbox::gather_facts(options_, plan_.id));
  COVE_TRY(prepare_networks());
  plan_ = COVE_TRY(sandbox::compile_plan(options_, *facts_));
  plan_.fault = fault_;
  waived_ = plan_.waived;
  for (const std::string& warning : plan_.warnings) log_warning(warning);
  if (!plan_.is_fresh(launch::NamespaceKind::pid)) COVE_TRY(sys::set_child_subreaper());
  COVE_TRY(supervise::block_for_supervision());
  return {};
}

// What can be known to be wrong is told before anything is made.
Status Run::prepare_networks() {
  // Whether they can be had at all is for the plan to say.
  const bool named = options_.network == sandbox::NetworkChoice::named && facts_->privileged;
  const bool user_mode = options_.network == sandbox::NetworkChoice::user_mode && !facts_->privileged;
  if (!named && !user_mode) return {};
  const engine::Roots roots = COVE_TRY(roots_of(invocation_));
  networks_ = {roots.data, roots.run};
  COVE_TRY(network::check_request(networks_, options_.networks));
  std::vector<std::string> names;
  for (const network::EndpointRequest& endpoint : options_.networks.networks)
    names.push_back(endpoint.network);
  const network::IpAddress resolver =
      network::name_server(networks_, names, options_.networks.egress.has_names());
  const network::IpAddress stand_in = network::user_name_server(options_.networks.program);
  if (!resolver.given() && !stand_in.given()) return {};
  const Result<std::string> machine = sys::read_file("/etc/resolv.conf");
  facts_->resolv_conf =
      engine::resolver_text({}, machine ? *machine : std::string_view(),
                            {network::print_address(resolver), true, network::print_address(stand_in)});
  return {};
}

// In the keeper, too, if this process is killed: then events tell, and no report.
void Run::note_denied() {
  if (!options_.networks.egress.restricted) return;
  const auto attachment = network::read_attachment(networks_, plan_.id);
  if (!attachment || !*attachment) return;
  denied_ = network::denied_of(**attachment);
  engine::tell_denied({networks_.data, networks_.run}, denied_, plan_.id, options_.name.value_or(""));
}

launch::LaunchCallbacks Run::callbacks() {
  launch::LaunchCallbacks callbacks;
  if (plan_.networks.empty()) return callbacks;
  callbacks.attach_networks = [this](pid_t pid, int netns_fd) -> Status {
    const network::Subject subject{plan_.id,
                                   options_.name.value_or(""),
                                   pid,
                                   netns_fd,
                                   options_.hostname.value_or(""),
                                   {},
                                   options_.networks.egress,
                                   options_.networks.rate};
    COVE_TRY(network::attach(networks_, options_.networks, subject, log_warning));
    return network::serve_names(networks_, plan_.id);
  };
  callbacks.detach_networks = [this] {
    note_denied();
    static_cast<void>(network::detach(networks_, plan_.id));
  };
  return callbacks;
}

Status Run::supervise() {
  launch::Launched launched = COVE_TRY(launch::launch(plan_, callbacks()));
  timings_ = launched.timings;
  for (const auto& late : {launched.cgroup.waived(), launched.waived}) {
    for (const std::string& waived : late) {
      if (std::find(waived_.begin(), waived_.end(), waived) == waived_.end()) waived_.push_back(waived);
    }
  }
  for (const std::string& waived : waived_) {
    if (options_.best_effort_limits) log_warning("not enforced: " + waived);
  }
  if (options_.timings) print_timings();
  // The report leaves our own share out; where the kernel cannot forget it, it is a few hundred kilobytes.
  if (options_.report) static_cast<void>(launched.cgroup.reset_peak());
  supervise::SuperviseOptions supervision;
  supervision.own_pid_namespace = plan_.is_fresh(launch::NamespaceKind::pid);
  supervision.interactive = options_.interactive;
  supervision.account = options_.report.has_value();
  supervision.timeout_ms = options_.timeout_ms;
  if (sandbox::counts_cpu_time(plan_.cgroup)) supervision.cpu_time_ms = options_.cpu_time_ms;
  supervision.output_limit_bytes = options_.output_limit_bytes;
  Result<supervise::Outcome> outcome = supervise::supervise(launched, supervision);
  const Status finished = launch::finish(launched);
  outcome_ = COVE_TRY(std::move(outcome));
  say_what_ended_it();
  // The command's result stands; what could not be removed is said.
  if (!finished) log_error(finished.error());
  return {};
}

void Run::note_failure(const Error& error, std::string_view step) {
  log_error(error);
  outcome_ = supervise::setup_failure(error, step);
}

// An exit status of 137 alone would not tell.
void Run::say_what_ended_it() const {
  switch (outcome_.reason) {
    case supervise::Reason::oom:
      log_line(fmt::format("out of memory: the kernel killed the command at its limit of {} bytes",
                           options_.limits.memory_bytes.value_or(0)));
      break;
    case supervise::Reason::timeout:
      log_line(fmt::format("timeout: the command was killed after {} ms", options_.timeout_ms.value_or(0)));
      break;
    case supervise::Reason::cpu_time:
      log_line(fmt::format("CPU time: the command was killed after {} ms", options_.cpu_time_ms.value_or(0)));
      break;
    default:
      break;
  }
}

void Run::print_timings() const {
  for (const launch::StepTiming& timing : timings_) {
    log_line(launch::print_timing(timing));
  }
}

Status Run::write_report() const {
  if (!sink_) return {};
  sandbox::ReportSubject subject;
  subject.id = plan_.id;
  subject.name = options_.name;
  subject.labels = options_.labels;
  subject.command = options_.command;
  subject.limits = sandbox::limits_in_force(options_, plan_, waived_);
  subject.waived = waived_;
  subject.egress = network::print_egress(options_.networks.egress);
  subject.denied = denied_;
  if (options_.timings) {
    subject.timings.emplace();
    for (const launch::StepTiming& timing : timings_) {
      subject.timings->push_back({std::string(timing.step), timing.in_child, timing.nanoseconds});
    }
  }
  return sink_->write(sandbox::print_report(subject, outcome_));
}

int Run::execute() {
  const Status prepared = prepare();
  if (!prepared) {
    note_failure(prepared.error(), {});
  } else {
    const Status supervised = supervise();
    if (!supervised) note_failure(supervised.error(), launch::failed_step(supervised.error()));
  }
  const Status reported = write_report();
  if (!reported) {
    log_error(reported.error());
    if (outcome_.exit_status == 0) return kExitFailure;
  }
  return outcome_.exit_status;
}

}  // namespace

int run_command(const Invocation& invocation) {
  RunRequest request{Caller(invocation.environment)};
  if (const auto status = take_run_request("run", invocation, request)) return *status;
  if (wants_container(request)) return run_container(invocation, request);
  auto& command = request.options.command;
  command.insert(command.begin(), request.record.entrypoint.begin(), request.record.entrypoint.end());
  launch::FaultPlan fault;
#ifdef COVE_FAULT_INJECTION
  if (const auto status = take_fault(invocation, fault)) return *status;
#endif
  return Run(request.options, std::move(fault), invocation).execute();
}

}  // namespace cove::cli
