// The values of -v, --tmpfs, --mount and --device. Grammar and names are Docker's; see docs/reference.md.
#pragma once

#include <bitset>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/caller.h"
#include "sandbox/options.h"

namespace cove::cli {

// HOST:TARGET[:OPTION[,OPTION…]]. HOST has a slash in it or is "." or "..": a bare name is a volume's, see
// parse_volume_use (containers/volume_values.h).
Result<sandbox::MountRequest> parse_volume(std::string_view text, Caller& caller);

// TARGET[:OPTION[,OPTION…]]
Result<sandbox::MountRequest> parse_tmpfs(std::string_view text);

// type=TYPE,KEY=VALUE,… as one record of comma-separated values (RFC 4180): a field with a comma in it stands
// in "".
Result<sandbox::MountRequest> parse_mount(std::string_view text, Caller& caller);

// The fields of one record of comma-separated values.
Result<std::vector<std::string>> split_record(std::string_view text);

// HOST[:TARGET[:ACCESS]] or HOST:ACCESS; ACCESS is made of r, w and m.
Result<sandbox::DeviceRequest> parse_device(std::string_view text, Caller& caller);

// Permission bits in octal, at most 7777.
Result<mode_t> parse_mode(std::string_view text);

// Collects the words that say how something is mounted ("ro", "nosuid", "rslave" …), as -v, --tmpfs and
// --mount have them in common, and refuses those that contradict or repeat one another.
class MountWords {
 public:
  explicit MountWords(sandbox::MountRequest& mount) : mount_(mount) {}

  // False: not a word that this type of mount knows.
  Result<bool> apply(std::string_view text);

 private:
  sandbox::MountRequest& mount_;
  std::bitset<8> decided_;  // by Decision
};

}  // namespace cove::cli
