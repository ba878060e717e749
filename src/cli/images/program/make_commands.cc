// cove import, cove commit
#include <fmt/format.h>

#include "base/log.h"
#include "cli/containers/context.h"
#include "cli/images/program/commands.h"
#include "cli/images/program/context.h"
#include "cli/images/requests.h"
#include "cli/numbers.h"
#include "engine/diff.h"
#include "engine/operations.h"
#include "images/make.h"

namespace cove::cli {
namespace {

Status say_id(const store::Added& added) {
  for (const std::string& warning : added.warnings) log_warning(warning);
  return print(fmt::format("sha256:{}\n", added.image.id)) == 0 ? Status() : Status(told());
}

// Of what was not made nothing stays.
Status finish(store::Store& store, const Result<store::Added>& added) {
  if (!added) static_cast<void>(store.collect(false));
  if (!added) return added.error();
  return say_id(*added);
}

int import(std::string_view command, const Invocation& invocation) {
  ImportRequest request;
  const Parsed parsed = parse_operands(command, invocation, &request, 1, 2);
  if (parsed.exit_status) return *parsed.exit_status;
  return with_store(invocation, [&](const engine::Roots&, store::Store& store) -> Status {
    COVE_TRY(store.expect_room());
    images::ImportRequest wanted;
    wanted.source = parsed.operands[0];
    if (parsed.operands.size() > 1) wanted.name = COVE_TRY(new_name(parsed.operands[1]));
    wanted.changes = request.changes;
    wanted.message = request.message;
    wanted.platform = image::own_platform();
    if (!request.platform.empty())
      wanted.platform = COVE_TRY(image::parse_platform(request.platform).context("--platform"));
    wanted.unpack = COVE_TRY(unpack_options());
    return finish(store, images::import_image(store, wanted));
  });
}

// What the container has changed, and what it was made from.
struct Subject {
  engine::Record record;
  std::string upper;
  std::vector<engine::Change> changed;
};

Result<Subject> look_at(const engine::Roots& roots, std::string_view reference) {
  Subject subject;
  {
    engine::Container container = COVE_TRY(engine::open_container(roots, reference, false));
    subject.upper = container.directory.path() + "/layer/root";
    subject.record = std::move(container.record);
  }
  if (subject.record.image_id.empty()) {
    Error error(ErrorCode::unsupported,
                fmt::format("container {} was not made from an image", subject.record.name));
    error.set_hint(
        fmt::format("make one of all its files: cove export {} | cove import - NAME", subject.record.name));
    return error;
  }
  subject.changed = COVE_TRY(engine::diff(roots, subject.record.id));
  return subject;
}

Status commit(const Invocation& invocation, const engine::Roots& roots, const CommitRequest& request,
              const std::vector<char*>& operands) {
  const Subject subject = COVE_TRY(look_at(roots, operands[0]));
  const int status = with_store(invocation, [&](const engine::Roots&, store::Store& store) -> Status {
    COVE_TRY(store.expect_room());
    images::CommitRequest wanted;
    const auto base = COVE_TRY(store.index().image(subject.record.image_id));
    if (!base) return Error(ErrorCode::not_found, fmt::format("No such image: {}", subject.record.image));
    wanted.base = *base;
    wanted.upper = subject.upper;
    wanted.changed = subject.changed;
    wanted.id_map = subject.record.id_map;
    wanted.command = subject.record.options.command;
    if (operands.size() > 1) wanted.name = COVE_TRY(new_name(operands[1]));
    wanted.changes = request.changes;
    wanted.author = request.author;
    wanted.message = request.message;
    wanted.unpack = COVE_TRY(unpack_options());
    return finish(store, images::commit_image(store, wanted));
  });
  return status == 0 ? Status() : Status(told());
}

}  // namespace

int import_command(const Invocation& invocation) {
  return import("import", invocation);
}

int image_import_command(const Invocation& invocation) {
  return import("image import", invocation);
}

int commit_command(const Invocation& invocation) {
  CommitRequest request;
  const Parsed parsed = parse_operands("commit", invocation, &request, 1, 2);
  if (parsed.exit_status) return *parsed.exit_status;
  const auto roots = roots_of(invocation);
  if (!roots) return fail_container(roots.error());
  // One that does not run, or is paused already, need not be paused.
  const std::string_view container = parsed.operands.front();
  const bool paused = request.pause && engine::pause(*roots, container).ok();
  const Status done = commit(invocation, *roots, request, parsed.operands);
  if (paused) {
    const Status going_on = engine::unpause(*roots, container);
    if (!going_on) fail_container(going_on.error());
  }
  if (done) return 0;
  return done.error().message().empty() ? kExitContainer : fail_container(done.error());
}

}  // namespace cove::cli
