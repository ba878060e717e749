// What the commands on images have in common. Called in cove-images.
#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "cli/command.h"
#include "engine/roots.h"
#include "store/store.h"

namespace cove::cli {

// The work of a command, with the store open. An error that says nothing has been told already.
using StoreWork = std::function<Status(const engine::Roots& roots, store::Store& store)>;

// Runs it where all of the user's ids are at hand: as root right here, else in a child in a user namespace
// that has the subordinate ids. Gives the exit status.
int with_store(const Invocation& invocation, const StoreWork& work);

// An error that has been told already: the exit status is all that is left to say.
[[nodiscard]] Error told();

// What may be done while layers are unpacked, and a warning, once, where owners get lost.
Result<store::UnpackOptions> unpack_options();

// A name for an image that is made here: a short one belongs to localhost, and the tag is latest if there is
// none.
Result<std::string> new_name(std::string_view text);
[[nodiscard]] std::string familiar(const std::string& name);

// Containers that were made from an image.
struct ImageUser {
  std::string id;
  bool up = false;
};
Result<std::vector<ImageUser>> users_of(const engine::Roots& roots, std::string_view image_id);

}  // namespace cove::cli
