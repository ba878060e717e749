#include "cli/help.h"

#include <fmt/format.h>

#include "cli/oci/command.h"

namespace cove::cli::oci {

std::string oci_overview() {
  std::string out =
      "cove-runtime is an OCI runtime: it runs containers from bundles, for engines as containerd, CRI-O, "
      "podman and "
      "dockerd.\n\nusage: cove-runtime [OPTIONS] COMMAND [ARG...]\n\nCommands:\n";
  for (const OciCommand& command : all_oci_commands())
    out += fmt::format("  {:<9} {}\n", command.name, command.summary);
  out +=
      "\nOptions: --root DIR, --log FILE, --log-format text|json, --debug, --systemd-cgroup, --criu "
      "PROGRAM,\n"
      "         --rootless auto|true|false, --version\n"
      "\n`cove-runtime COMMAND --help` describes a command.\n";
  return out;
}

std::string oci_command_help(const OciCommand& command) {
  Command plain;
  plain.name = command.name;
  plain.operands_text = command.operands_text;
  plain.summary = command.summary;
  plain.groups = command.groups;
  plain.operands = command.operands;
  return command_help(plain, "cove-runtime");
}

}  // namespace cove::cli::oci
