// Reading a seccomp profile: the JSON of linux.seccomp in the OCI runtime specification (config-linux.md)
// with Docker's extensions. Pure; runs in the parent.
#pragma once

#include <string_view>

#include "base/result.h"
#include "base/strict_json.h"
#include "kernel/seccomp/profile.h"

namespace cove::seccomp {

// Strict about everything it knows: ErrorCode::seccomp_profile names the field and what it may be, as
// "syscalls[3].args[0].op: unknown operator 'X'". Keys that it does not know are ignored, as the
// specification demands, and listed in Profile::unknown_keys. Duplicate keys, more than 64 levels and more
// than 4 MiB are refused. null stands for an absent field, as in Docker's own files.
//
// Whether a supervisor for SCMP_ACT_NOTIFY can be had is the caller's business: see Program::notifies.
//
// Without "flags" the profile gets SECCOMP_FILTER_FLAG_SPEC_ALLOW, as with runc: else a kernel before 5.16
// would slow the whole container down against speculative store bypass.
Result<Profile> parse_profile(std::string_view text);

// The same for what is parsed already, as part of a config.json; the places in messages are relative to it.
Result<Profile> parse_profile(const json::Value& document);

}  // namespace cove::seccomp
