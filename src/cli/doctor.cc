#include "cli/command.h"
#include "cli/output_options.h"
#include "cli/run_request.h"
namespace cove::cli {
namespace {
struct DoctorRequest {
  OutputFormat format = OutputFormat::text;
  bool apparmor_profile = false;
};
constexpr std::array kOptions{
    Option{.name = "apparmor-profile",
           .help = "Print an AppArmor profile that lets cove make user namespaces, with how to load it",
           .set = flag<&DoctorRequest::apparmor_profile>},
};
}  // namespace
constinit const OptionGroup kDoctorOptions{"Output", kOptions};
int doctor_command(const Invocation&) {
  return 0;
}
}  // namespace cove::cli
