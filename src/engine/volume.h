// Volumes: directories that outlive the containers that use them, below DATA/volumes.
//
//   volumes/NAME/_data        what is mounted
//   volumes/NAME/volume.json  what is known of it
//
// Whoever changes a volume holds its directory's lock. Nobody but their owner gets into volumes/: what a
// container has made may be set-user-ID.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/roots.h"
#include "fields/types.h"

namespace cove::engine {

struct Volume {
  std::string name;
  int64_t created_ns = 0;
  bool anonymous = false;
  fields::StringMap labels;
  fields::StringMap options;
  std::string mount_point;  // host path of _data
};

// [A-Za-z0-9][A-Za-z0-9_.-]*, at least 2 and at most 255 bytes.
Status check_volume_name(std::string_view name);

// Host path of what is mounted, whether there is such a volume or not.
std::string volume_data_path(const Roots& roots, std::string_view name);

// A name for a volume that nobody has named.
Result<std::string> new_volume_name();
// One whose data is closed to us is not empty.
Result<bool> volume_is_empty(const Volume& volume);

// Gives the one of this name, or makes it.
Result<Volume> ensure_volume(const Roots& roots, const Volume& wanted);
// ErrorCode::not_found.
Result<Volume> open_volume(const Roots& roots, std::string_view name);
Result<std::vector<Volume>> list_volumes(const Roots& roots);  // by name
// The names of the containers that use it.
Result<std::vector<std::string>> volume_users(const Roots& roots, std::string_view name);
// ErrorCode::invalid_argument: a container uses it. `force`: one that is not there is no error.
Status remove_volume(const Roots& roots, std::string_view name, bool force);

}  // namespace cove::engine
