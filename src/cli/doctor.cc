// cove doctor
#include <vector>

#include "cli/command.h"
#include "cli/output_options.h"
#include "cli/run_request.h"
#include "kernel/probe/apparmor.h"
#include "kernel/probe/probe.h"
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
  return probe::apparmor_profile(path);
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
  const std::vector<probe::Finding> findings = probe::run_probes();
  const bool json = request.format == OutputFormat::json;
  const int printed = print(json ? probe::print_json(findings) : probe::print_text(findings));
  if (printed != 0) return printed;
  return probe::is_usable(findings) ? 0 : kExitUnusable;
}

}  // namespace cove::cli
