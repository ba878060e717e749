// A user namespace that nobody lives in, to name id maps to mount_setattr(2) (MOUNT_ATTR_IDMAP).
#pragma once

#include "base/result.h"
#include "base/unique_fd.h"
#include "kernel/idmap/idmap.h"

namespace cove::idmap {

// Makes one with these maps, by a child that is gone when this returns; the namespace lasts as long as the
// descriptor and the mounts that use it. For the parent: single-threaded, and with CAP_SYS_ADMIN, CAP_SETUID
// and CAP_SETGID in its own user namespace. Costs some 0.2 ms. Errors: invalid_argument (check_ranges), and
// those of explain_userns_failure.
Result<UniqueFd> create_user_namespace(const IdMaps& maps);

}  // namespace cove::idmap
