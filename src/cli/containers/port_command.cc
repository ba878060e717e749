// cove port: what of a container can be reached through this machine. Source of the words: docker(1).
#include <fmt/format.h>
#include <sys/socket.h>

#include "base/strings.h"
#include "cli/containers/context.h"
#include "engine/networks.h"

namespace cove::cli {
namespace {

using network::PublishedPort;

std::string host_text(const PublishedPort& port, unsigned offset) {
  const std::string host = network::print_address(port.host);
  return port.host.family == AF_INET6 ? fmt::format("[{}]:{}", host, port.host_port + offset)
                                      : fmt::format("{}:{}", host, port.host_port + offset);
}

// "80/tcp -> 0.0.0.0:8080", a line for each port.
std::string all_text(const std::vector<PublishedPort>& ports) {
  std::string text;
  for (const PublishedPort& port : ports) {
    for (unsigned i = 0; i < port.count; ++i)
      text += fmt::format("{}/{} -> {}\n", port.port + i, network::protocol_name(port.protocol),
                          host_text(port, i));
  }
  return text;
}

Result<std::string> show(const engine::Roots& roots, std::span<char* const> operands) {
  const engine::Container container = COVE_TRY(engine::open_container(roots, operands[0], false));
  const network::Attachment attachment = engine::attachment_of(roots, container.record.id);
  if (operands.size() == 1) return all_text(attachment.ports);
  const network::PortRequest wanted = COVE_TRY(network::parse_exposed(operands[1]));
  std::string text;
  for (const PublishedPort& port : attachment.ports) {
    if (port.protocol != wanted.protocol || wanted.port < port.port || wanted.port >= port.port + port.count)
      continue;
    text += host_text(port, static_cast<unsigned>(wanted.port - port.port)) + "\n";
  }
  if (!text.empty()) return text;
  return Error(ErrorCode::not_found,
               fmt::format("no public port '{}' published for {}", operands[1], operands[0]));
}

// add|rm CONTAINER PORT...
Result<std::string> change(const engine::Roots& roots, std::span<char* const> operands) {
  std::vector<network::PortRequest> ports;
  for (const char* text : operands.subspan(2)) ports.push_back(COVE_TRY(network::parse_port_request(text)));
  if (std::string_view(operands[0]) == "add")
    return all_text(COVE_TRY(engine::publish(roots, operands[1], ports)));
  COVE_TRY(engine::unpublish(roots, operands[1], ports));
  return std::string();
}

}  // namespace

int port_command(const Invocation& invocation) {
  const Parsed parsed = parse_operands("port", invocation, nullptr, 1, SIZE_MAX);
  if (parsed.exit_status) return *parsed.exit_status;
  const auto roots = roots_of(invocation);
  if (!roots) return fail_container(roots.error());
  const std::string_view first = parsed.operands.front();
  const bool changes = parsed.operands.size() > 2 && (first == "add" || first == "rm");
  if (!changes && parsed.operands.size() > 2) {
    Error error(ErrorCode::invalid_argument,
                fmt::format("cove port: {} is neither add nor rm", quote(first)));
    error.set_hint("cove port CONTAINER [PORT[/PROTOCOL]], or cove port add|rm CONTAINER PORT...");
    return fail(error);
  }
  const auto text = changes ? change(*roots, parsed.operands) : show(*roots, parsed.operands);
  return text ? print(*text) : fail_container(text.error());
}

}  // namespace cove::cli
