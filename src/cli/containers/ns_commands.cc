// cove ns ls|enter|hold|rm
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <iterator>

#include "cli/containers/context.h"
#include "cli/containers/groups.h"
#include "cli/environment.h"
#include "cli/format/list.h"
#include "cli/help.h"
#include "cli/numbers.h"
#include "engine/namespaces.h"
#include "engine/networks.h"
#include "engine/store.h"
#include "supervise/outcome.h"
#include "sys/process.h"

namespace cove::cli {
namespace {

using engine::NamespaceSet;
using format::Field;
using format::Value;
using launch::NamespaceKind;

struct KindsRequest {
  NamespaceSet kinds;
  std::string from;  // ns hold
};

template <NamespaceKind Kind>
Status set_kind(KindsRequest& request, std::string_view value) {
  request.kinds[static_cast<size_t>(Kind)] = value == "true";
  return {};
}
Status set_all(KindsRequest& request, std::string_view value) {
  if (value == "true") request.kinds.set();
  return {};
}
Status set_from(KindsRequest& request, std::string_view value) {
  request.from = value;
  return {};
}
Status set_format(format::ListOptions& options, std::string_view value) {
  options.format = value;
  return {};
}

constexpr std::array kKinds{
    Option{.name = "all", .letter = 'a', .help = "All of them", .set = setter<&set_all>},
    Option{.name = "cgroup", .help = "The view of cgroups", .set = setter<&set_kind<NamespaceKind::cgroup>>},
    Option{.name = "ipc",
           .help = "Shared memory, semaphores and message queues",
           .set = setter<&set_kind<NamespaceKind::ipc>>},
    Option{.name = "mount",
           .help = "The mounts: its files instead of the machine's",
           .set = setter<&set_kind<NamespaceKind::mount>>},
    Option{.name = "net",
           .alias = "network",
           .help = "The network",
           .set = setter<&set_kind<NamespaceKind::network>>},
    Option{.name = "pid", .help = "The process ids", .set = setter<&set_kind<NamespaceKind::pid>>},
    Option{.name = "time", .help = "The clocks", .set = setter<&set_kind<NamespaceKind::time>>},
    Option{.name = "user", .help = "The users", .set = setter<&set_kind<NamespaceKind::user>>},
    Option{.name = "uts", .help = "The host name", .set = setter<&set_kind<NamespaceKind::uts>>},
};
constexpr std::array kHold{
    Option{.name = "from",
           .placeholder = "CONTAINER",
           .help = "Keep those of this container, which runs, instead of new ones",
           .set = setter<&set_from>},
};
constexpr std::array kList{
    Option{.name = "format",
           .placeholder = "table|json|TEMPLATE",
           .help = "How to show them: table, \"table TEMPLATE\", json (an object for each), or a template",
           .set = setter<&set_format>},
    Option{.name = "quiet",
           .letter = 'q',
           .help = "Print their numbers only",
           .set = flag<&format::ListOptions::quiet>},
};
constexpr OptionGroup kKindOptions{"Namespaces", kKinds};
constexpr OptionGroup kHoldOptions{"Options", kHold};
constexpr OptionGroup kListOptions{"Options", kList};

constexpr std::array kFields{Field{"Containers", "CONTAINERS"},
                             Field{"Held", "HELD AS"},
                             Field{"Host", "HOST"},
                             Field{"Networks", "NETWORKS"},
                             Field{"NS", "NS"},
                             Field{"Path", "PATH"},
                             Field{"Type", "TYPE"}};
constexpr format::ListSpec kSpec{
    .table = "{{.NS}}\t{{.Type}}\t{{.Host}}\t{{.Held}}\t{{.Containers}}\t{{.Networks}}",
    .quiet = "{{.NS}}",
    .fields = kFields};

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ",") + name;
  return text;
}

// "bridge 10.88.0.2,web 10.128.0.2": what a network namespace is attached to.
std::string networks_of(const engine::Roots& roots, const engine::NamespaceUse& use) {
  std::string text;
  if (use.kind != NamespaceKind::network || use.caller) return text;
  for (const std::string& name : use.containers) {
    const auto id = engine::resolve(roots, name);
    if (!id) continue;
    for (const network::Endpoint& endpoint : engine::attachment_of(roots, *id).endpoints) {
      const network::IpAddress& address = endpoint.ipv4.given() ? endpoint.ipv4 : endpoint.ipv6;
      text += fmt::format("{}{} {}", text.empty() ? "" : ",", endpoint.network_name,
                          network::print_address(address));
    }
  }
  return text;
}

Value row_of(const engine::Roots& roots, const engine::NamespaceUse& use) {
  return Value::record(
      {{"Containers", joined(use.containers)},
       {"Held", joined(use.holders)},
       {"Host", use.caller ? "shared" : ""},
       {"Networks", networks_of(roots, use)},
       {"NS", fmt::format("{}", use.inode)},
       {"Path", use.holders.empty() ? "" : engine::held_path(roots, use.holders.front(), use.kind)},
       {"Type", launch::namespace_name(use.kind)}});
}

int list(const Invocation& invocation) {
  format::ListOptions options;
  const Parsed parsed = parse_command_line("ns ls", invocation, &options);
  if (parsed.exit_status) return *parsed.exit_status;
  const auto format = format::ListFormat::parse(kSpec, options);
  if (!format) return fail_container(format.error());
  const auto roots = roots_of(invocation);
  if (!roots) return fail_container(roots.error());
  const std::vector<std::string> references(parsed.operands.begin(), parsed.operands.end());
  const auto uses = engine::list_namespaces(*roots, references);
  if (!uses) return fail_container(uses.error());
  std::vector<Value> rows;
  rows.reserve(uses->size());
  for (const engine::NamespaceUse& use : *uses) rows.push_back(row_of(*roots, use));
  const Caller caller(invocation.environment);
  const auto text =
      format->print(rows, format::find_screen(STDOUT_FILENO, format::ColourChoice::automatic,
                                              caller.variable("NO_COLOR"), caller.variable("TERM")));
  return text ? print(*text) : fail_container(text.error());
}

// Which namespaces is never guessed.
std::optional<int> require_kinds(const KindsRequest& request, std::string_view command) {
  if (request.kinds.any()) return std::nullopt;
  Error error(ErrorCode::invalid_argument, fmt::format("cove {}: no namespace is chosen", command));
  error.set_hint("choose some of --net --pid --mount --uts --ipc --user --cgroup --time, or --all");
  return fail(error);
}

int enter(const Invocation& invocation) {
  KindsRequest request;
  const Parsed parsed = parse_operands("ns enter", invocation, &request, 2, SIZE_MAX);
  if (parsed.exit_status) return *parsed.exit_status;
  if (const auto status = require_kinds(request, "ns enter")) return *status;
  const auto roots = roots_of(invocation);
  if (!roots) return fail_container(roots.error());
  engine::EnterOptions options;
  options.kinds = request.kinds;
  options.command.assign(std::next(parsed.operands.begin()), parsed.operands.end());
  for (char* const* variable = invocation.environment; variable != nullptr && *variable != nullptr;
       ++variable)
    options.env.emplace_back(*variable);
  auto directory = sys::current_directory();
  options.directory = directory ? std::move(*directory) : "/";
  const Result<int> status = engine::enter_namespaces(*roots, parsed.operands.front(), options, warn);
  if (status) return *status;
  static_cast<void>(fail_container(status.error()));
  const int setup = supervise::setup_failure(status.error()).exit_status;
  return setup == supervise::kSetupStatus ? kExitContainer : setup;
}

int hold(const Invocation& invocation) {
  KindsRequest request;
  const Parsed parsed = parse_operands("ns hold", invocation, &request, 1, 1);
  if (parsed.exit_status) return *parsed.exit_status;
  if (const auto status = require_kinds(request, "ns hold")) return *status;
  const auto name = parse_object_name(parsed.operands.front());
  if (!name) {
    Error error(name.error());
    return fail(error.add_context("the name"));
  }
  const auto roots = roots_of(invocation);
  if (!roots) return fail_container(roots.error());
  const Status held = engine::hold_namespaces(*roots, *name, {request.kinds, request.from});
  if (!held) return fail_container(held.error());
  std::string text;
  for (size_t i = 0; i < launch::kNamespaceKinds; ++i) {
    if (request.kinds[i]) text += engine::held_path(*roots, *name, static_cast<NamespaceKind>(i)) + "\n";
  }
  return print(text);
}

int remove(const Invocation& invocation) {
  return for_each_operand(
      invocation, "ns rm", nullptr,
      [](const engine::Roots& roots, std::string_view operand) -> Status {
        const std::string name = COVE_TRY(parse_object_name(operand));
        return engine::release_namespaces(roots, name);
      },
      "a name");
}

constexpr std::array kListGroups{&kListOptions};
constexpr std::array kEnterGroups{&kKindOptions};
constexpr std::array kHoldGroups{&kKindOptions, &kHoldOptions};

constexpr std::array kCommands{
    Command{.name = "ns ls",
            .operands_text = "[CONTAINER...]",
            .summary = "List namespaces, and who shares them",
            .description = "Those of all running containers, or of some, and those that are held. HOST: this "
                           "command is in it, too.",
            .groups = kListGroups,
            .operands = Operands::several,
            .run = &list},
    Command{.name = "ns enter",
            .operands_text = "CONTAINER COMMAND [ARG...]",
            .summary = "Run a command of this machine in some of a container's namespaces",
            .description =
                "For looking into a container with programs that it does not have. The command has "
                "all rights that its caller has there: it is not isolated. Without --mount its files "
                "are the machine's. Whoever is not root enters the user namespace, too.",
            .groups = kEnterGroups,
            .operands = Operands::command,
            .run = &enter},
    Command{.name = "ns hold",
            .operands_text = "NAME",
            .summary = "Keep namespaces by a name, without a process",
            .description =
                "Makes new ones, or keeps a container's, until `cove ns rm` or a reboot. Prints the "
                "files, which other commands take: cove run --network ns:FILE. Needs root.",
            .groups = kHoldGroups,
            .operands = Operands::several,
            .run = &hold},
    Command{.name = "ns rm",
            .operands_text = "NAME...",
            .summary = "Let go of namespaces that are held",
            .description = "Those that nobody is in vanish.",
            .operands = Operands::several,
            .run = &remove},
};

}  // namespace

constinit const CommandGroup kNsCommands{kCommands};

}  // namespace cove::cli
