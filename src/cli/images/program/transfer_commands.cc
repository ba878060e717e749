// cove load, save, tag
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

#include "base/log.h"
#include "cli/containers/context.h"
#include "cli/images/program/commands.h"
#include "cli/images/program/context.h"
#include "cli/images/program/progress_view.h"
#include "cli/images/requests.h"
#include "images/load.h"
#include "images/save.h"
#include "sys/file.h"

namespace cove::cli {
namespace {

Status say(const std::string& text) {
  return print(text) == 0 ? Status() : Status(told());
}

Status load_images(store::Store& store, const LoadRequest& request) {
  COVE_TRY(store.expect_room());
  images::LoadRequest wanted;
  wanted.path = request.input;
  wanted.transport = images::take_transport(wanted.path);
  wanted.unpack = COVE_TRY(unpack_options());
  if (wanted.path.empty() && ::isatty(STDIN_FILENO) == 1)
    return Error(ErrorCode::invalid_argument, "requested load from stdin, but stdin is empty");
  const std::unique_ptr<ProgressView> progress =
      make_progress({.direction = Direction::load, .quiet = request.quiet});
  wanted.progress = progress.get();
  Result<std::vector<store::Added>> loaded = images::load(store, wanted);
  progress->close();
  // Of what was not taken nothing stays.
  if (!loaded) static_cast<void>(store.collect(false));
  if (!loaded) return std::move(loaded).error();
  for (const store::Added& added : *loaded) {
    for (const std::string& warning : added.warnings) log_warning(warning);
    if (added.names.empty()) COVE_TRY(say(fmt::format("Loaded image ID: sha256:{}\n", added.image.id)));
    for (const std::string& name : added.names)
      COVE_TRY(say(fmt::format("Loaded image: {}\n", familiar(name))));
  }
  // What an archive has beside its images, and what the images had before.
  COVE_TRY(store.collect(false));
  return {};
}

int load(std::string_view command, const Invocation& invocation) {
  LoadRequest request;
  const Parsed parsed = parse_operands(command, invocation, &request, 0, 0);
  if (parsed.exit_status) return *parsed.exit_status;
  return with_store(invocation,
                    [&](const engine::Roots&, store::Store& store) { return load_images(store, request); });
}

// By which of its names it was asked for; by all of them if by its id.
Result<std::vector<images::SaveItem>> items_of(store::Store& store,
                                               const std::vector<std::string>& operands) {
  std::vector<images::SaveItem> items;
  for (const std::string& operand : operands) {
    store::Image image = COVE_TRY(store.find(operand));
    std::vector<std::string> names;
    Result<image::Reference> asked = image::parse_reference(operand);
    if (asked && asked->digest.empty()) {
      const image::Reference tagged = image::with_default_tag(std::move(*asked));
      for (const std::string& name : image.names) {
        const Result<image::Reference> known = image::parse_reference(name);
        const bool same = known && known->tag == tagged.tag &&
                          (known->path == tagged.path || known->path == "library/" + tagged.path) &&
                          (tagged.domain.empty() || tagged.domain == known->domain);
        if (same) names.push_back(name);
      }
    }
    const auto known = std::find_if(items.begin(), items.end(), [&](const images::SaveItem& item) {
      return item.image.manifest_digest == image.manifest_digest;
    });
    if (known == items.end()) {
      items.push_back({std::move(image), std::move(names)});
    } else {
      known->names.insert(known->names.end(), names.begin(), names.end());
    }
  }
  return items;
}

Status save_images(store::Store& store, const SaveRequest& request,
                   const std::vector<std::string>& operands) {
  std::string path = request.output;
  images::Transport transport = images::take_transport(path);
  if (transport == images::Transport::automatic) {
    std::string named = request.format + ":";
    transport = images::take_transport(named);
  }
  const std::vector<images::SaveItem> items = COVE_TRY(items_of(store, operands));
  if (transport == images::Transport::oci || transport == images::Transport::dir) {
    if (path.empty())
      return Error(ErrorCode::invalid_argument, "a directory cannot be written to standard output: give -o");
    return images::save_directory(store, items, transport, path);
  }
  if (path.empty()) {
    if (::isatty(STDOUT_FILENO) == 1)
      return Error(ErrorCode::invalid_argument,
                   "cowardly refusing to save to a terminal. Use the -o flag or redirect");
    return images::save_archive(store, items, transport, STDOUT_FILENO);
  }
  const std::string partial = path + ".partial";
  const UniqueFd out = COVE_TRY(sys::open_path(partial.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644));
  Status saved = images::save_archive(store, items, transport, out.get());
  if (saved) saved = sys::rename_at(AT_FDCWD, partial.c_str(), AT_FDCWD, path.c_str());
  if (!saved) static_cast<void>(sys::remove_file_at(AT_FDCWD, partial.c_str()));
  return saved;
}

int save(std::string_view command, const Invocation& invocation) {
  SaveRequest request;
  const Parsed parsed = parse_operands(command, invocation, &request, 1, SIZE_MAX);
  if (parsed.exit_status) return *parsed.exit_status;
  const std::vector<std::string> operands(parsed.operands.begin(), parsed.operands.end());
  return with_store(invocation, [&](const engine::Roots&, store::Store& store) {
    return save_images(store, request, operands);
  });
}

int tag(std::string_view command, const Invocation& invocation) {
  const Parsed parsed = parse_operands(command, invocation, nullptr, 2, 2);
  if (parsed.exit_status) return *parsed.exit_status;
  return with_store(invocation, [&](const engine::Roots&, store::Store& store) -> Status {
    const store::Image image = COVE_TRY(store.find(parsed.operands[0]));
    const std::string name = COVE_TRY(new_name(parsed.operands[1]));
    return store.set_name(name, image);
  });
}

}  // namespace

int load_command(const Invocation& invocation) {
  return load("load", invocation);
}
int image_load_command(const Invocation& invocation) {
  return load("image load", invocation);
}
int save_command(const Invocation& invocation) {
  return save("save", invocation);
}
int image_save_command(const Invocation& invocation) {
  return save("image save", invocation);
}
int tag_command(const Invocation& invocation) {
  return tag("tag", invocation);
}
int image_tag_command(const Invocation& invocation) {
  return tag("image tag", invocation);
}

}  // namespace cove::cli
