// cove cp, cove diff, cove export
#include "cli/containers/copy_commands.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>

#include "base/strings.h"
#include "cli/containers/context.h"
#include "cli/numbers.h"
#include "engine/copy.h"
#include "engine/diff.h"
#include "sys/file.h"

namespace cove::cli {
namespace {

struct CopyRequest {
  engine::CopyOptions options;
  bool quiet = false;
};
struct ExportRequest {
  std::string output;
};

template <auto Member>
Status copy_flag(CopyRequest& request, std::string_view value) {
  request.options.*Member = value == "true";
  return {};
}

Status set_output(ExportRequest& request, std::string_view value) {
  request.output = value;
  return {};
}

constexpr std::array kCopy{
    Option{.name = "archive",
           .letter = 'a',
           .help = "Keep owners and groups; else what is copied belongs to you here, to root inside",
           .set = setter<&copy_flag<&engine::CopyOptions::archive>>},
    Option{.name = "follow-link",
           .letter = 'L',
           .help = "If the source is a symbolic link, copy what it leads to",
           .set = setter<&copy_flag<&engine::CopyOptions::follow>>},
    Option{.name = "quiet",
           .letter = 'q',
           .help = "Print nothing on success; cove never does, so this changes nothing",
           .set = flag<&CopyRequest::quiet>},
};
constexpr std::array kExport{
    Option{.name = "output",
           .letter = 'o',
           .placeholder = "FILE",
           .help = "Write to this file instead of standard output",
           .set = setter<&set_output>},
};

// CONTAINER:PATH, or a path of this machine: one with a slash before any colon, or without a colon.
struct Side {
  std::string container;  // empty: this machine
  std::string path;
};
Side parse_side(std::string_view text) {
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos || text.front() == '/' || text.front() == '.' ||
      text.substr(0, colon).empty())
    return {{}, std::string(text)};
  return {std::string(text.substr(0, colon)), std::string(text.substr(colon + 1))};
}

Status copy(const engine::Roots& roots, const Side& from, const Side& to,
            const engine::CopyOptions& options) {
  if (from.container.empty() == to.container.empty()) {
    return from.container.empty()
               ? value_error("one of the two must be in a container", "write it as CONTAINER:PATH")
               : value_error("copying between containers is not supported",
                             "copy out and in: cove cp A:PATH - | cove cp - B:DIR");
  }
  if (from.path.empty() || to.path.empty())
    return value_error("a path is empty", "write / for the root directory");
  if (!from.container.empty()) {
    return to.path == "-" ? engine::copy_from_as_tar(roots, from.container, from.path, STDOUT_FILENO, options)
                          : engine::copy_from(roots, from.container, from.path, to.path, options, warn);
  }
  return from.path == "-" ? engine::copy_to_from_tar(roots, STDIN_FILENO, to.container, to.path, options)
                          : engine::copy_to(roots, from.path, to.container, to.path, options, warn);
}

Status export_container(const engine::Roots& roots, std::string_view reference, const std::string& output) {
  if (output.empty()) {
    if (::isatty(STDOUT_FILENO) == 1)
      return value_error("an archive is not written to a terminal", "use --output FILE, or redirect it");
    return engine::export_as_tar(roots, reference, STDOUT_FILENO);
  }
  const UniqueFd file =
      COVE_TRY(sys::open_path(output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600).context("--output"));
  return engine::export_as_tar(roots, reference, file.get());
}

}  // namespace

constinit const OptionGroup kCopyOptions{"Options", kCopy};
constinit const OptionGroup kExportOptions{"Options", kExport};

int cp_command(const Invocation& invocation) {
  CopyRequest request;
  const Parsed parsed = parse_operands("cp", invocation, &request, 2, 2);
  if (parsed.exit_status) return *parsed.exit_status;
  const auto roots = roots_of(invocation);
  if (!roots) return fail_container(roots.error());
  const Status copied =
      copy(*roots, parse_side(parsed.operands[0]), parse_side(parsed.operands[1]), request.options);
  return copied ? 0 : fail_container(copied.error());
}

int diff_command(const Invocation& invocation) {
  const Parsed parsed = parse_operands("diff", invocation, nullptr, 1, 1);
  if (parsed.exit_status) return *parsed.exit_status;
  const auto roots = roots_of(invocation);
  if (!roots) return fail_container(roots.error());
  const auto changes = engine::diff(*roots, parsed.operands[0]);
  if (!changes) return fail_container(changes.error());
  std::string text;
  for (const engine::Change& change : *changes) text += fmt::format("{} {}\n", change.kind, change.path);
  return print(text);
}

int export_command(const Invocation& invocation) {
  ExportRequest request;
  const Parsed parsed = parse_operands("export", invocation, &request, 1, 1);
  if (parsed.exit_status) return *parsed.exit_status;
  const auto roots = roots_of(invocation);
  if (!roots) return fail_container(roots.error());
  const Status exported = export_container(*roots, parsed.operands[0], request.output);
  return exported ? 0 : fail_container(exported.error());
}

}  // namespace cove::cli
