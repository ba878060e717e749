// What --log-driver and --log-opt ask for. Pure: parsed when a container is made, and again by its monitor.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace cove::logs {

enum class Driver : uint8_t {
  local,      // cove's own files: compact, capped, compressed
  json_file,  // Docker's JSON lines
  journald,   // the system's journal
  none,       // nothing is kept
};
std::string_view driver_name(Driver driver) noexcept;  // "local", "json-file", "journald", "none"

inline constexpr uint64_t kDefaultMaxSize = uint64_t{20} << 20;  // bytes
inline constexpr uint64_t kSmallestMaxSize = 1024;               // a file holds at least one piece of a line
inline constexpr uint32_t kDefaultMaxFiles = 5;
inline constexpr uint32_t kMostFiles = 1000;
inline constexpr uint64_t kUnlimited = ~uint64_t{0};

// The defaults are Docker's for `local`. For json-file Docker has no cap; cove has this one too, unless
// max-size=-1 is asked for, so that no container can fill the disk by accident. json-file is compressed only
// when asked for: tools that read such files by themselves expect text.
struct LogOptions {
  Driver driver = Driver::local;
  uint64_t max_size = kDefaultMaxSize;    // bytes of one file; kUnlimited: never rotated
  uint32_t max_files = kDefaultMaxFiles;  // with the one that is written to; at least 1
  bool compress = true;                   // the rotated ones, with gzip
  std::string tag;                        // journald's; empty: the id's first 12 characters. See expand_tag()

  friend bool operator==(const LogOptions&, const LogOptions&) = default;
};

// `driver` empty: local. `options`: "KEY=VALUE" each; of a key that comes twice the last counts. Errors
// (invalid_argument) name the option, and list what the driver knows.
Result<LogOptions> parse_log_options(std::string_view driver, std::span<const std::string> options);

// Whose log it is.
struct LogIdentity {
  std::string id;
  std::string name;
};

// Replaces {{.ID}} (12 characters), {{.FullID}} and {{.Name}}, as in Docker's log tags. Errors
// (invalid_argument): another {{…}}, or a control character.
Result<std::string> expand_tag(std::string_view text, const LogIdentity& identity);

}  // namespace cove::logs
