#include "runtime/launch_container.h"

namespace cove::runtime {

Status create(const Settings& settings, const CreateOptions& options, const Warn& warn) {
  CreateOptions detached = options;
  detached.streams.detach = true;
  // All that remains is to let go of it: the descriptors close with the caller.
  COVE_TRY(launch_container(settings, detached, true, warn));
  return {};
}

}  // namespace cove::runtime
