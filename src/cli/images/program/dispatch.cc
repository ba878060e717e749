#include "cli/images/program/dispatch.h"

#include <fmt/format.h>

#include <array>
#include <string>

#include "cli/build_id.h"
#include "cli/command.h"
#include "cli/help.h"
#include "cli/images/hand_over.h"
#include "cli/images/program/commands.h"
#include "sys/process.h"

namespace cove::cli {
namespace {

struct Entry {
  std::string_view name;
  int (*run)(const Invocation& invocation);
};

constexpr std::array kEntries{
    Entry{"images", &images_command},
    Entry{"image ls", &image_list_command},
    Entry{"image inspect", &image_inspect_command},
    Entry{"history", &history_command},
    Entry{"image history", &image_history_command},
    Entry{"tag", &tag_command},
    Entry{"image tag", &image_tag_command},
    Entry{"rmi", &rmi_command},
    Entry{"image rm", &image_remove_command},
    Entry{"load", &load_command},
    Entry{"image load", &image_load_command},
    Entry{"save", &save_command},
    Entry{"image save", &image_save_command},
    Entry{"import", &import_command},
    Entry{"image import", &image_import_command},
    Entry{"commit", &commit_command},
    Entry{"image prune", &image_prune_command},
    Entry{"pull", &pull_command},
    Entry{"image pull", &image_pull_command},
    Entry{"push", &push_command},
    Entry{"image push", &image_push_command},
    Entry{"login", &login_command},
    Entry{"logout", &logout_command},
    Entry{"search", &search_command},
    Entry{"image fsck", &image_fsck_command},
    Entry{"network diagram", &network_diagram_command},
    // Not about images, but on nobody's way to a start: they would only make cove larger.
    Entry{"explain", &explain_command},
    Entry{"top", &top_command},
};

int run_entry(std::string_view name, const Invocation& invocation) {
  for (const Entry& entry : kEntries) {
    if (entry.name == name) return entry.run(invocation);
  }
  Error error(ErrorCode::invalid_argument, fmt::format("{} is no command of {}", name, kImagesProgram));
  error.set_hint("call it through cove");
  return fail(error);
}

}  // namespace

int dispatch_images(std::span<char* const> arguments, char* const* environment) {
  if (const Status streams = sys::occupy_standard_streams(); !streams) return fail(streams.error());
  if (arguments.size() < 2) {
    Error error(ErrorCode::invalid_argument, fmt::format("{} is a part of cove", kImagesProgram));
    error.set_hint("call it through cove: cove images");
    return fail(error);
  }
  if (arguments.front() != build_id()) {
    Error error(ErrorCode::unsupported, fmt::format("cove and {} are of different builds", kImagesProgram));
    error.set_hint("install both from the same build");
    return fail(error);
  }
  arguments = arguments.subspan(1);
  std::string name = arguments.front();
  const Command* command = find_command(name);
  if (command != nullptr && command->subcommands != nullptr && arguments.size() > 1) {
    name += fmt::format(" {}", arguments[1]);
    arguments = arguments.subspan(1);
  }
  return run_entry(name, Invocation{arguments.subspan(1), environment});
}

}  // namespace cove::cli
