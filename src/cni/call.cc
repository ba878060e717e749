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

// "K8S_POD_NAME=web;IgnoreUnknown=1": of all that may be there only the name is of use.
std::string pod_name(std::string_view arguments) {
  while (!arguments.empty()) {
    const Halves parts = split_once(arguments, ';');
    const Halves pair = split_once(parts.first, '=');
    if (pair.first == "K8S_POD_NAME" && pair.second && is_name(*pair.second))
      return std::string(*pair.second);
    arguments = parts.second.value_or("");
  }
  return {};
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
  call.pod = pod_name(value("CNI_ARGS"));
  if (!is_name(call.container)) return bad(fmt::format("CNI_CONTAINERID: {} is none", quote(call.container)));
  COVE_TRY(netlink::check_link_name(call.interface).context("CNI_IFNAME"));
  if (call.command != Command::del && call.netns.empty()) return bad("CNI_NETNS is not set");
  if (!call.netns.empty() && !call.netns.starts_with('/')) return bad("CNI_NETNS: must be an absolute path");
  return call;
}

}  // namespace cove::cni
