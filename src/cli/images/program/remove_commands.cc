// cove rmi, cove image rm, cove image prune
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "cli/containers/context.h"
#include "cli/format/filter.h"
#include "cli/format/units.h"
#include "cli/images/program/commands.h"
#include "cli/images/program/context.h"
#include "cli/images/requests.h"
#include "engine/store.h"
#include "sys/clock.h"
#include "sys/pseudo_file.h"

namespace cove::cli {
namespace {

using format::FilterKey;
using format::Filters;

Error conflict(std::string_view operand, std::string_view way_out, const ImageUser& user) {
  return Error(
      ErrorCode::stale_resource,
      fmt::format("conflict: unable to remove repository reference \"{}\" ({}) - container {} is {} its "
                  "referenced image",
                  operand, way_out, engine::short_id(user.id), user.up ? "running with" : "using"));
}

class Remover {
 public:
  Remover(const engine::Roots& roots, store::Store& store, bool force)
      : roots_(roots), store_(store), force_(force) {}

  Status remove(const std::string& operand);
  [[nodiscard]] std::string& text() noexcept { return text_; }

 private:
  Status untag(const std::string& name);
  Status remove_whole(const std::string& operand, const store::Image& image,
                      const std::vector<std::string>& names);
  Result<std::vector<std::string>> names_asked_for(const std::string& operand,
                                                   const store::Image& image) const;

  const engine::Roots& roots_;
  store::Store& store_;
  bool force_;
  std::string text_;
};

Status Remover::untag(const std::string& name) {
  COVE_TRY(store_.remove_name(name));
  text_ += fmt::format("Untagged: {}\n", familiar(name));
  return {};
}

// Those of its names that the operand is; all of them for an id.
Result<std::vector<std::string>> Remover::names_asked_for(const std::string& operand,
                                                          const store::Image& image) const {
  std::vector<std::string> all = image.names;
  all.insert(all.end(), image.digests.begin(), image.digests.end());
  const Result<image::Reference> asked = image::parse_reference(operand);
  std::vector<std::string> asked_for;
  if (asked) {
    for (const std::string& name : all) {
      const Result<image::Reference> known = image::parse_reference(name);
      if (!known) continue;
      const image::Reference tagged = image::with_default_tag(*asked);
      const bool same_path = known->path == tagged.path || known->path == "library/" + tagged.path;
      const bool same_domain = tagged.domain.empty() || tagged.domain == known->domain;
      const bool same_end = tagged.digest.empty() ? known->tag == tagged.tag : known->digest == tagged.digest;
      if (same_path && same_domain && same_end) asked_for.push_back(name);
    }
  }
  if (!asked_for.empty()) return asked_for;
  // By its id.
  if (image.names.size() > 1 && !force_) {
    return Error(
        ErrorCode::stale_resource,
        fmt::format("conflict: unable to delete {} (must be forced) - image is referenced in multiple "
                    "repositories",
                    image.id.substr(0, 12)));
  }
  return all;
}

Status Remover::remove_whole(const std::string& operand, const store::Image& image,
                             const std::vector<std::string>& names) {
  const std::vector<ImageUser> users = COVE_TRY(users_of(roots_, image.id));
  const auto running =
      std::find_if(users.begin(), users.end(), [](const ImageUser& user) { return user.up; });
  if (running != users.end() && (!force_ || names.empty()))
    return conflict(operand, "cannot be forced", *running);
  if (!users.empty() && (!force_ || names.empty())) return conflict(operand, "must force", users.front());
  // The image stays, without its names, until its containers are gone.
  if (!users.empty()) {
    for (const std::string& name : names) COVE_TRY(untag(name));
    return {};
  }
  COVE_TRY(store_.remove_image(image));
  for (const std::string& name : names) text_ += fmt::format("Untagged: {}\n", familiar(name));
  text_ += fmt::format("Deleted: sha256:{}\n", image.id);
  return {};
}

Status Remover::remove(const std::string& operand) {
  const store::Image image = COVE_TRY(store_.find(operand));
  const std::vector<std::string> names = COVE_TRY(names_asked_for(operand, image));
  const auto left = std::count_if(image.names.begin(), image.names.end(), [&](const std::string& name) {
    return std::find(names.begin(), names.end(), name) == names.end();
  });
  if (left > 0) {
    for (const std::string& name : names) COVE_TRY(untag(name));
    return {};
  }
  std::vector<std::string> all = names;
  for (const std::string& digest : image.digests) {
    if (std::find(all.begin(), all.end(), digest) == all.end()) all.push_back(digest);
  }
  return remove_whole(operand, image, all);
}

int rmi(std::string_view command, const Invocation& invocation) {
  RmiRequest request;
  const Parsed parsed = parse_operands(command, invocation, &request, 1, SIZE_MAX);
  if (parsed.exit_status) return *parsed.exit_status;
  return with_store(invocation, [&](const engine::Roots& roots, store::Store& store) -> Status {
    Remover remover(roots, store, request.force);
    bool well = true;
    for (const char* operand : parsed.operands) {
      const Status removed = remover.remove(operand);
      if (removed) continue;
      if (request.force && removed.error().code() == ErrorCode::not_found) continue;
      fail_container(removed.error());
      well = false;
    }
    if (!request.no_prune) {
      for (const std::string& layer : COVE_TRY(store.collect(false)).layers)
        remover.text() += fmt::format("Deleted: sha256:{}\n", layer);
    }
    well = print(remover.text()) == 0 && well;
    return well ? Status() : Status(told());
  });
}

constexpr std::array kKeys{FilterKey{.name = "dangling", .kind = FilterKey::Kind::truth},
                           FilterKey{.name = "label", .negatable = true},
                           FilterKey{.name = "until", .kind = FilterKey::Kind::time}};

// Whoever closes standard input has not said yes.
bool confirmed(const ImagePruneRequest& request) {
  if (request.force) return true;
  const std::string_view what =
      request.all ? "all images without at least one container associated to them" : "all dangling images";
  if (print(fmt::format("WARNING! This will remove {}.\nAre you sure you want to continue? [y/N] ", what)) !=
      0)
    return false;
  std::string answer;
  for (char letter = 0; sys::read_some(STDIN_FILENO, {&letter, 1}) == 1 && letter != '\n';) answer += letter;
  return answer == "y" || answer == "Y" || answer == "yes";
}

Status prune(const engine::Roots& roots, store::Store& store, const ImagePruneRequest& request) {
  const Filters filters =
      COVE_TRY(Filters::parse(request.filters, kKeys, sys::real_time_nanoseconds()).context("--filter"));
  const bool all = request.all || (filters.has("dangling") && !filters.matches_truth("dangling", true));
  std::string text;
  for (const store::Image& image : COVE_TRY(store.index().images())) {
    if (!all && !(image.names.empty() && image.digests.empty())) continue;
    if (const auto until = filters.time("until"); until && image.created_ns >= *until) continue;
    const image::Config config = COVE_TRY(store.config(image));
    const format::Labels labels(config.config.labels.begin(), config.config.labels.end());
    if (!filters.matches_labels(labels) || !filters.matches_labels(labels, "label!")) continue;
    if (!COVE_TRY(users_of(roots, image.id)).empty()) continue;
    const Status removed = store.remove_image(image);
    if (!removed && removed.error().code() == ErrorCode::stale_resource) continue;  // a sandbox runs on it
    COVE_TRY(Status(removed));
    for (const std::string& name : image.names) text += fmt::format("untagged: {}\n", familiar(name));
    text += fmt::format("deleted: sha256:{}\n", image.id);
  }
  const store::Store::Rubbish rubbish = COVE_TRY(store.collect(true));
  for (const std::string& layer : rubbish.layers) text += fmt::format("deleted: sha256:{}\n", layer);
  if (!text.empty()) text = "Deleted Images:\n" + text + "\n";
  text += fmt::format("Total reclaimed space: {}\n", format::human_size(static_cast<double>(rubbish.bytes)));
  return print(text) == 0 ? Status() : Status(told());
}

}  // namespace

int rmi_command(const Invocation& invocation) {
  return rmi("rmi", invocation);
}

int image_remove_command(const Invocation& invocation) {
  return rmi("image rm", invocation);
}

int image_prune_command(const Invocation& invocation) {
  ImagePruneRequest request;
  const Parsed parsed = parse_operands("image prune", invocation, &request, 0, 0);
  if (parsed.exit_status) return *parsed.exit_status;
  if (!confirmed(request)) return 0;
  return with_store(invocation, [&](const engine::Roots& roots, store::Store& store) {
    return prune(roots, store, request);
  });
}

}  // namespace cove::cli
