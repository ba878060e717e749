// cove push
#include <fmt/format.h>

#include "base/strings.h"
#include "cli/containers/context.h"
#include "cli/images/program/commands.h"
#include "cli/images/program/context.h"
#include "cli/images/program/registry_context.h"
#include "transfer/push.h"

namespace cove::cli {
namespace {

// A name that says where to, with its tag: the image's own, since that is what its layers are kept by.
struct Target {
  store::Image image;
  image::Reference reference;
};

Result<std::vector<Target>> all_tags(store::Store& store, const image::Reference& given) {
  std::vector<Target> targets;
  for (const store::Image& image : COVE_TRY(store.index().images())) {
    for (const std::string& text : image.names) {
      const auto name = image::parse_reference(text);
      if (name.ok() && name->domain == given.domain && name->path == given.path)
        targets.push_back({COVE_TRY(store.find(text)), *name});
    }
  }
  if (targets.empty()) {
    return Error(ErrorCode::not_found,
                 fmt::format("there is no image called {}", image::print_repository(given)));
  }
  return targets;
}

Status push_one(store::Store& store, const registry::Access& access, const PushCommandRequest& request,
                Target target, ProgressView& progress) {
  transfer::PushRequest wanted;
  wanted.image = std::move(target.image);
  wanted.reference = target.reference;
  wanted.parallel = request.parallel;
  progress.say(fmt::format("The push refers to repository [{}]", image::print_repository(target.reference)));
  const auto pushed = transfer::push(store, access, wanted, progress);
  progress.close();
  if (!pushed.ok()) return pushed.error();
  progress.conclude(
      fmt::format("{}: digest: {} size: {}", target.reference.tag, pushed->digest, pushed->size), false);
  progress.conclude(image::print_reference(target.reference), request.quiet);
  return {};
}

Status push_name(store::Store& store, const registry::Access& access, const PushCommandRequest& request,
                 const image::Reference& given, ProgressView& progress) {
  std::vector<Target> targets;
  if (request.all_tags) {
    targets = COVE_TRY(all_tags(store, given));
  } else {
    const image::Reference reference = image::with_default_tag(given);
    targets.push_back({COVE_TRY(store.find(image::print_reference(reference))), reference});
  }
  for (Target& target : targets) COVE_TRY(push_one(store, access, request, std::move(target), progress));
  return {};
}

int push(std::string_view command, const Invocation& invocation) {
  PushCommandRequest request;
  const Parsed parsed = parse_operands(command, invocation, &request, 1, 1);
  if (parsed.exit_status) return *parsed.exit_status;
  const auto reference = image::parse_reference(parsed.operands.front());
  if (!reference.ok()) return fail(reference.error());
  if (reference->domain.empty() || !reference->digest.empty() ||
      (request.all_tags && !reference->tag.empty())) {
    const std::string_view what = reference->domain.empty() ? "it does not say to which registry"
                                  : request.all_tags        ? "--all-tags goes with a name without a tag"
                                                            : "what is pushed has a tag, not a digest";
    return fail(
        Error(ErrorCode::invalid_argument, fmt::format("push {}: {}", quote(parsed.operands.front()), what))
            .set_hint("cove tag IMAGE HOST/NAME:TAG; cove push HOST/NAME:TAG"));
  }
  auto access = find_access(invocation, request.registry);
  if (!access.ok()) return fail_container(access.error());
  const std::unique_ptr<ProgressView> progress =
      make_progress({.direction = Direction::push, .quiet = request.quiet, .json = request.json});
  tell_retries(*access, *progress);
  return with_store(invocation, [&](const engine::Roots&, store::Store& store) {
    return push_name(store, *access, request, *reference, *progress);
  });
}

}  // namespace

int push_command(const Invocation& invocation) {
  return push("push", invocation);
}
int image_push_command(const Invocation& invocation) {
  return push("image push", invocation);
}

}  // namespace cove::cli
