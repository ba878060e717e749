// cove pull
#include <fmt/format.h>

#include "base/log.h"
#include "base/strings.h"
#include "cli/containers/context.h"
#include "cli/images/program/commands.h"
#include "cli/images/program/context.h"
#include "cli/images/program/registry_context.h"
#include "registry/distribution.h"
#include "registry/short_names.h"
#include "transfer/pull.h"

namespace cove::cli {
namespace {

struct Job {
  const PullCommandRequest& request;
  const registry::Access& access;
  store::Store& store;
  ProgressView& progress;
  store::UnpackOptions unpack;
};

Status pull_one(Job& job, const image::Reference& reference) {
  transfer::PullRequest wanted;
  wanted.reference = reference;
  wanted.platform = image::own_platform();
  wanted.platform_given = !job.request.platform.empty();
  if (wanted.platform_given) wanted.platform = COVE_TRY(image::parse_platform(job.request.platform));
  wanted.parallel = job.request.parallel;
  wanted.unpack = job.unpack;
  job.progress.say(fmt::format("{}: Pulling from {}",
                               reference.digest.empty() ? reference.tag : reference.digest,
                               image::print_repository(reference)));
  const auto pulled = transfer::pull(job.store, job.access, wanted, job.progress);
  job.progress.close();
  if (!pulled.ok()) return pulled.error();
  for (const std::string& warning : pulled->warnings) log_warning(warning);
  job.progress.conclude(fmt::format("Digest: {}", pulled->digest), false);
  job.progress.conclude(
      fmt::format("Status: {} for {}", pulled->fresh ? "Downloaded newer image" : "Image is up to date",
                  image::familiar_name(reference)),
      false);
  return {};
}

Status pull_all_tags(Job& job, const image::Reference& reference) {
  const auto endpoint = COVE_TRY(registry::push_endpoint(job.access.registries, reference));
  const auto connection = COVE_TRY(registry::Connection::prepare(job.access, endpoint));
  const std::vector<std::string> tags = COVE_TRY(registry::list_tags(*connection.open_session(nullptr)));
  if (tags.empty()) {
    return Error(ErrorCode::not_found, fmt::format("{} has no tags", image::print_repository(reference)));
  }
  for (const std::string& tag : tags) {
    image::Reference tagged = reference;
    tagged.tag = tag;
    COVE_TRY(pull_one(job, tagged));
  }
  return {};
}

// Asks the registries that a short name may mean, in their order.
Status pull_name(Job& job, const image::Reference& given) {
  const registry::ShortName meaning = COVE_TRY(registry::resolve_short_name(job.access.registries, given));
  for (size_t i = 0;; ++i) {
    image::Reference reference = meaning.candidates[i];
    if (given.domain.empty()) {
      job.progress.say(fmt::format("{} is {}, as registries.conf says", quote(image::print_reference(given)),
                                   image::print_repository(reference)));
    }
    if (!job.request.all_tags) {
      if (reference.tag.empty() && reference.digest.empty()) job.progress.say("Using default tag: latest");
      reference = image::with_default_tag(std::move(reference));
    }
    Status status = job.request.all_tags ? pull_all_tags(job, reference) : pull_one(job, reference);
    const bool next =
        !status.ok() && status.error().code() == ErrorCode::not_found && i + 1 < meaning.candidates.size();
    if (next) {
      job.progress.say(status.error().message());
      continue;
    }
    if (status.ok()) job.progress.conclude(image::print_reference(reference), true);
    return status;
  }
}

int pull(std::string_view command, const Invocation& invocation) {
  PullCommandRequest request;
  const Parsed parsed = parse_operands(command, invocation, &request, 1, 1);
  if (parsed.exit_status) return *parsed.exit_status;
  const auto reference = image::parse_reference(parsed.operands.front());
  if (!reference.ok()) return fail(reference.error());
  if (request.all_tags && (!reference->tag.empty() || !reference->digest.empty())) {
    return fail(
        Error(ErrorCode::invalid_argument, "--all-tags goes with a name that has neither tag nor digest"));
  }
  auto access = find_access(invocation, request.registry);
  if (!access.ok()) return fail_container(access.error());
  const std::unique_ptr<ProgressView> progress =
      make_progress({.direction = Direction::pull, .quiet = request.quiet, .json = request.json});
  tell_retries(*access, *progress);
  return with_store(invocation, [&](const engine::Roots&, store::Store& store) -> Status {
    COVE_TRY(store.expect_room());
    Job job{request, *access, store, *progress, COVE_TRY(unpack_options())};
    return pull_name(job, *reference);
  });
}

}  // namespace

int pull_command(const Invocation& invocation) {
  return pull("pull", invocation);
}
int image_pull_command(const Invocation& invocation) {
  return pull("image pull", invocation);
}

}  // namespace cove::cli
