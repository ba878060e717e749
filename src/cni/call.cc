#include "cni/call.h"

#include <fmt/format.h>

#include <array>

#include "base/strings.h"
#include "cni/config.h"
#include "kernel/netlink/objects.h"

namespace cove::cni {
namespace {

constexpr std::array<std::pair<std::string_view, Command>, 6> kCommands{{{"ADD", Command::add},
                                                                         {"DEL", Command::del},
                                                                         {"CHECK", Command::check},
                                                                         {"GC", Command::gc},
                                                                         {"STATUS", Command::status},
                                                                         {"VERSION", Command::version}}};

Error bad(std::string text) {
  return Error(ErrorCode::invalid_argument, std::move(text));
}

Result<Command> parse_command(std::string_view word) {
  for (const auto& [name, command] : kCommands) {
    if (name == word) return command;
  }
  Error error =
      bad(word.empty() ? "CNI_COMMAND is not set" : fmt::format("CNI_COMMAND: {} is none", quote(word)));
  error.set_hint("this program is a CNI plugin: an engine calls it; see docs/networks.md");
  return error;
}

// "IP=10.77.0.9;K8S_POD_NAME=web;IgnoreUnknown=1": of all that may be there these two are of use.
void read_arguments(std::string_view arguments, Call& call) {
  while (!arguments.empty()) {
    const Halves parts = split_once(arguments, ';');
    const Halves pair = split_once(parts.first, '=');
    const std::string_view value = pair.second.value_or("");
    if (pair.first == "K8S_POD_NAME" && is_name(value)) call.pod = value;
    if (pair.first == "IP") call.ip = value;
    arguments = parts.second.value_or("");
  }
}

}  // namespace

Result<Call> read_call(const Variable& variable) {
  const auto value = [&](std::string_view name) { return std::string(variable(name).value_or("")); };
  Call call;
  call.command = COVE_TRY(parse_command(value("CNI_COMMAND")));
  if (call.command == Command::version || call.command == Command::gc || call.command == Command::status)
    return call;
  call.container = value("CNI_CONTAINERID");
  call.netns = value("CNI_NETNS");
  call.interface = value("CNI_IFNAME");
  read_arguments(value("CNI_ARGS"), call);
  if (!is_name(call.container)) return bad(fmt::format("CNI_CONTAINERID: {} is none", quote(call.container)));
  COVE_TRY(netlink::check_link_name(call.interface).context("CNI_IFNAME"));
  if (call.command != Command::del && call.netns.empty()) return bad("CNI_NETNS is not set");
  if (!call.netns.empty() && !call.netns.starts_with('/')) return bad("CNI_NETNS: must be an absolute path");
  return call;
}

}  // namespace cove::cni
