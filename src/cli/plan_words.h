// The parts of a launch plan in words, for `cove explain`. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "launch/plan.h"

namespace cove::cli {

std::string_view mount_kind_name(launch::MountKind kind) noexcept;  // "bind", "read-only" …
std::string_view root_kind_name(launch::RootKind kind) noexcept;

// MOUNT_ATTR_* as mount(8) has them: "ro", "nosuid" …
std::vector<std::string_view> attribute_names(uint64_t attributes);

std::string_view propagation_name(uint64_t propagation) noexcept;  // MS_*: "private", "slave", "shared"

// "67108864 (64 MiB)"; small or odd numbers alone.
std::string bytes_in_words(uint64_t bytes);

// "1 h 30 min", exact to the nanosecond, with a sign.
std::string nanoseconds_in_words(int64_t nanoseconds);

// What a mount does, without its target: "a new proc (nosuid, nodev, noexec)", "this machine's /usr,
// read-only".
std::string mount_in_words(const launch::MountPlan& mount);

// "0", "1000:100", "www-data:adm"; the inverse of userdb::parse_user.
std::string user_name(const userdb::UserSpec& user);

// The word in quotation marks if a shell would not take it as it is.
std::string shell_word(std::string_view word);

}  // namespace cove::cli
