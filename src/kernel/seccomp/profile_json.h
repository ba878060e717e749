// Reading a seccomp profile: the JSON of linux.seccomp in the OCI runtime specification (config-linux.md)
// with Docker's extensions. Pure; runs in the parent.
#pragma once

#include <string_view>

#include "base/result.h"
#include "kernel/seccomp/profile.h"

namespace cove::seccomp {

// Strict about everything it knows: ErrorCode::seccomp_profile names the field and what it may be, as
// "syscalls[3].args[0].op: unknown operator 'X'". Keys that it does not know are ignored, as the
// specification demands, and listed in Profile::unknown_keys. Duplicate keys, more than 64 levels and more
// than 4 MiB are refused. null stands for an absent field, as in Docker's own files.
//
// ErrorCode::seccomp_unsupported for SCMP_ACT_NOTIFY and what belongs to it (listenerPath, listenerMetadata,
// SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV).
//
// Without "flags" the profile gets SECCOMP_FILTER_FLAG_SPEC_ALLOW, as with runc: else a kernel before 5.16
// would slow the whole container down against speculative store bypass.
Result<Profile> parse_profile(std::string_view text);

}  // namespace cove::seccomp
