// cove doctor
#include <fmt/format.h>

#include <vector>

#include "cli/command.h"
#include "cli/containers/context.h"
#include "cli/output_options.h"
#include "cli/run_request.h"
#include "kernel/probe/apparmor.h"
#include "kernel/probe/probe.h"
#include "network/device.h"
#include "network/lease.h"
#include "network/store.h"
#include "network/user_mode.h"
#include "sys/file.h"

namespace cove::cli {
namespace {

constexpr int kExitUnusable = 1;  // `cove run` cannot work here

struct DoctorRequest {
  OutputFormat format = OutputFormat::text;
  bool apparmor_profile = false;
};

constexpr std::array kOptions{
    Option{.name = "apparmor-profile",
           .help = "Print an AppArmor profile that lets this cove make user namespaces, and how to load it",
           .set = flag<&DoctorRequest::apparmor_profile>},
    kFormatTable<DoctorRequest>[0],
    kFormatTable<DoctorRequest>[1],
};

Result<std::string> own_apparmor_profile() {
  const std::string path = COVE_TRY(sys::read_link_at(AT_FDCWD, "/proc/self/exe"));
  return probe::apparmor_profile(path, probe::installed_abi());
}

// A route that came after the network: its containers cannot be reached, or what is behind the route not by
// them.
probe::Finding find_subnets(const Invocation& invocation) {
  probe::Finding finding{"subnets", "Subnets of networks", false, probe::Verdict::ok, {}, {}};
  const auto roots = roots_of(invocation);
  const auto overlaps = roots ? network::find_overlaps({roots->data, roots->run})
                              : Result<std::vector<network::Overlap>>(roots.error());
  if (!overlaps) {
    finding.verdict = probe::Verdict::unknown;
    finding.detail = overlaps.error().message();
    return finding;
  }
  finding.detail = "none overlaps a route of this machine";
  for (const network::Overlap& overlap : *overlaps) {
    finding.verdict = probe::Verdict::limited;
    finding.detail = fmt::format("network {} has {}, and there is a route to {}", overlap.network,
                                 network::print_subnet(overlap.subnet), network::print_subnet(overlap.route));
    finding.remedy = fmt::format(
        "remove the network and make it again, with another --subnet: cove network rm {}", overlap.network);
  }
  return finding;
}

// Somebody has turned it off again, though networks are in use.
void check_forwarding(const Invocation& invocation, probe::Finding& finding) {
  const auto roots = roots_of(invocation);
  if (!roots || finding.verdict != probe::Verdict::ok) return;
  const network::Roots networks{roots->data, roots->run};
  const auto all = network::list_networks(networks);
  if (!all) return;
  for (const network::Network& network : *all) {
    const std::string_view setting = network::missing_forwarding(network);
    const auto users = network::living_users(networks, network.id);
    if (setting.empty() || !users || users->empty()) continue;
    finding.verdict = probe::Verdict::limited;
    finding.detail =
        fmt::format("{} is off, though network {} is in use: it leads nowhere", setting, network.name);
    finding.remedy = fmt::format("cove network reload, and {} = 1 in /etc/sysctl.d", setting);
  }
}

probe::Finding find_user_network() {
  probe::Finding finding{"user-network", "Networks of ordinary users", false, probe::Verdict::ok, {}, {}};
  const auto program = network::choose_user_program();
  const Status tun = network::check_tun();
  if (program && tun) {
    finding.detail = network::find_user_program(*program);
    return finding;
  }
  const Error& error = program ? tun.error() : program.error();
  finding.verdict = probe::Verdict::limited;
  finding.detail = error.message();
  finding.remedy = error.hint();
  return finding;
}

}  // namespace

constinit const OptionGroup kDoctorOptions{"Output", kOptions};

int doctor_command(const Invocation& invocation) {
  DoctorRequest request;
  const Parsed parsed = parse_command_line("doctor", invocation, &request);
  if (parsed.exit_status) return *parsed.exit_status;
  if (request.apparmor_profile) {
    const auto profile = own_apparmor_profile();
    return profile.ok() ? print(*profile) : fail(profile.error());
  }
  std::vector<probe::Finding> findings = probe::run_probes();
  for (probe::Finding& finding : findings) {
    if (finding.id == "forwarding") check_forwarding(invocation, finding);
  }
  findings.push_back(find_subnets(invocation));
  findings.push_back(find_user_network());
  const bool json = request.format == OutputFormat::json;
  const int printed = print(json ? probe::print_json(findings) : probe::print_text(findings));
  if (printed != 0) return printed;
  return probe::is_usable(findings) ? 0 : kExitUnusable;
}

}  // namespace cove::cli
