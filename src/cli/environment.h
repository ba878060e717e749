// --env, --env-file, --label, --sysctl: NAME=value.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "cli/caller.h"

namespace cove::cli {

using KeyValue = std::pair<std::string, std::string>;

// "KEY=VALUE"; the key may not be empty, the value may. Without "=" the value is empty if `bare_allowed`,
// else an error.
Result<KeyValue> parse_key_value(std::string_view text, bool bare_allowed);

// "NAME=value", or "NAME" alone for the caller's own value: then nothing is added if the caller has none, as
// with Docker.
Status add_variable(std::string_view text, const Caller& caller, std::vector<std::string>& env);

// The content of an --env-file, as Docker reads it: a line for each variable as above; blank lines and those
// that begin with # count for nothing, nor does white space in front, a byte order mark, or a carriage return
// at the end. The value is what it is: quotes and trailing blanks belong to it. Errors name the line.
Status add_env_file(std::string_view content, const Caller& caller, std::vector<std::string>& env);

// "net.ipv4.ip_forward=1". The key: two or more parts of [A-Za-z0-9_-] joined by dots.
Result<KeyValue> parse_sysctl(std::string_view text);

// A host or domain name: at most 64 bytes of letters, digits, "-", "_" and ".", neither first nor last a "-"
// or ".".
Result<std::string> parse_host_name(std::string_view text);

// A sandbox's name: [A-Za-z0-9][A-Za-z0-9_.-]*, at most 64 bytes.
Result<std::string> parse_object_name(std::string_view text);

}  // namespace cove::cli
