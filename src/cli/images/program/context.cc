#include "cli/images/program/context.h"

#include <fmt/format.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/strings.h"
#include "cli/containers/context.h"
#include "engine/foreign_files.h"
#include "engine/life.h"
#include "engine/store.h"
#include "launch/caller.h"
#include "sys/file.h"
#include "sys/identity.h"

namespace cove::cli {

Error told() {
  return Error(ErrorCode::unspecified, "");
}

int with_store(const Invocation& invocation, const StoreWork& work) {
  const auto roots = roots_of(invocation);
  if (!roots) return fail_container(roots.error());
  const Status done = engine::with_all_ids([&]() -> Status {
    store::Store store = COVE_TRY(store::Store::open(roots->data));
    return work(*roots, store);
  });
  if (done) return 0;
  if (done.error().message().empty()) return kExitContainer;
  return fail_container(done.error());
}

namespace {

// Whether the user namespace that we stand in has no ids but one.
bool has_single_id() {
  const Result<std::string> map = sys::read_file("/proc/self/uid_map");
  if (!map) return false;
  std::string_view rest = *map;
  const auto line = next_line(rest);
  return line && rest.empty() && trim(*line).ends_with(" 1");
}

Result<store::LayerForm> layer_form() {
  const char* text =
      ::getenv("COVE_LAYER_FORM");  // NOLINT(concurrency-mt-unsafe): no other thread is there yet
  const std::string_view form = text == nullptr ? "" : text;
  if (form.empty() || form == "auto") return store::LayerForm::automatic;
  if (form == "directory") return store::LayerForm::directory;
  if (form == "erofs") return store::LayerForm::image;
  return Error(ErrorCode::invalid_argument,
               fmt::format("COVE_LAYER_FORM: {} is none of auto, directory and erofs", quote(form)));
}

}  // namespace

Result<store::UnpackOptions> unpack_options() {
  store::UnpackOptions options;
  options.form = COVE_TRY(layer_form());
  const bool initial = launch::in_initial_user_namespace();
  options.owners = sys::effective_uid() == 0 && !has_single_id();
  options.devices = options.trusted = initial && sys::effective_uid() == 0;
  if (!options.owners)
    log_warning(
        "no subordinate ids are granted to you (see subuid(5)): all files of the image will be yours");
  return options;
}

Result<std::string> new_name(std::string_view text) {
  image::Reference name = COVE_TRY(image::parse_reference(text));
  if (!name.digest.empty())
    return Error(ErrorCode::invalid_argument,
                 fmt::format("{}: a name that is given has no digest", quote(text)));
  if (name.domain.empty()) name = image::at_domain(std::move(name), "localhost");
  return image::print_reference(image::with_default_tag(std::move(name)));
}

std::string familiar(const std::string& name) {
  const Result<image::Reference> reference = image::parse_reference(name);
  return reference ? image::familiar_name(*reference) : name;
}

Result<std::vector<ImageUser>> users_of(const engine::Roots& roots, std::string_view image_id) {
  std::vector<ImageUser> users;
  COVE_TRY(engine::each_record(
      roots,
      [&](const engine::Record& record, const engine::State& state) {
        if (record.image_id != image_id) return;
        users.push_back({record.id, engine::is_up(engine::condition_of(roots, record, state))});
      },
      nullptr));
  return users;
}

}  // namespace cove::cli
