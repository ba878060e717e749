// Docker's default profile, as a table of our own. Pure. Source: the profile that Docker documents at
// docs.docker.com/engine/security/seccomp and its development up to 2026: AF_VSOCK and AF_ALG closed, clone3
// answered with ENOSYS, io_uring not allowed.
#pragma once

#include "kernel/seccomp/profile.h"

namespace cove::seccomp {

// Allows some 360 calls unconditionally, others by argument or capability; all else fails with EPERM. Names
// no architecture but the native one: a call through another ABI kills the thread, where Docker would filter
// it too. It is for x86 and leaves out what other machines have.
[[nodiscard]] Profile default_profile();

// The capabilities that its rules ask for: those that decide which filter compile() makes of it.
[[nodiscard]] caps::CapabilitySet default_profile_capabilities();

}  // namespace cove::seccomp
