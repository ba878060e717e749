// spec, features
#include <fmt/format.h>

#include "cli/oci/command.h"
#include "cli/oci/tables.h"
#include "kernel/caps/capability.h"
#include "runtime/features.h"
#include "spec/features.h"
#include "spec/runtime_spec.h"
#include "sys/file.h"
#include "sys/identity.h"

namespace cove::cli::oci {

Result<int> spec_command(Context& context, const OciCommand& command, Arguments arguments) {
  static_cast<void>(context);
  SpecRequest request;
  const auto operands = COVE_TRY(parse(command, arguments, &request));
  if (!operands) return 0;
  const std::string path = request.bundle.empty() ? "config.json" : request.bundle + "/config.json";
  if (sys::exists(path.c_str())) {
    Error error(ErrorCode::invalid_argument, fmt::format("file {} exists", path));
    error.set_hint("remove it first: it is not overwritten");
    return error;
  }
  spec::ExampleOptions options;
  options.rootless = request.rootless;
  options.host_uid = sys::effective_uid();
  options.host_gid = sys::effective_gid();
  options.cgroup_namespace = sys::exists("/sys/fs/cgroup/cgroup.controllers");
  COVE_TRY(sys::replace_file(path.c_str(), spec::print_spec(spec::example_spec(options)), 0666));
  return 0;
}

Result<int> features_command(Context& context, const OciCommand& command, Arguments arguments) {
  static_cast<void>(context);
  NoOptions none;
  const auto operands = COVE_TRY(parse(command, arguments, &none));
  if (!operands) return 0;
  COVE_TRY(write_output(spec::print_features(runtime::features())));
  return 0;
}

}  // namespace cove::cli::oci
