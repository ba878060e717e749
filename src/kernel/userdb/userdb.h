// Who the command runs as, from the container's own passwd and group files, given as text: no NSS, which
// would dlopen the container's code. Pure but for login_name(). Sources: passwd(5), group(5), Docker's and
// runc's --user semantics.
//
// Differences from Docker on purpose: a number always means the id, even if an account of that *name* exists
// (else an image could turn --user 1000 into root); malformed lines are skipped instead of read as uid 0.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cove::userdb {

inline constexpr uint32_t kMaxId = 0x7fffffff;
inline constexpr size_t kMaxGroups = 65536;  // NGROUPS_MAX of setgroups(2)

// "NAME|UID[:GROUP|GID]". Of each pair one is set; neither `group` nor `gid`: no group was named.
struct UserSpec {
  std::string user;
  std::optional<uint32_t> uid;
  std::string group;
  std::optional<uint32_t> gid;

  [[nodiscard]] bool has_group() const { return gid.has_value() || !group.empty(); }
  friend bool operator==(const UserSpec&, const UserSpec&) = default;
};

// Ids are decimal numbers from 0 to kMaxId without a sign. Errors: invalid_argument.
Result<UserSpec> parse_user(std::string_view text);

struct ResolvedUser {
  uint32_t uid = 0;
  uint32_t gid = 0;
  // For setgroups(2): `gid` first (without it a file that denies the group would let the process pass:
  // CVE-2022-36109), no doubles, at most kMaxGroups.
  std::vector<uint32_t> groups;
  std::string name;   // empty: no passwd entry
  std::string home;   // "/" if there is no entry, or none with an absolute path
  std::string shell;  // may be empty

  friend bool operator==(const ResolvedUser&, const ResolvedUser&) = default;
};

// - A name must be in `passwd`; a uid need not be, and has gid 0 then.
// - Without a group in `spec`, the entry's gid counts, and each group that lists the entry's name is
// supplementary.
//   With one, that group alone counts.
// - `group_adds` (names of `group`, or gids) come on top in each case.
// Errors: user_unknown; invalid_argument for what is no id and no name.
Result<ResolvedUser> resolve(const UserSpec& spec, std::span<const std::string> group_adds,
                             std::string_view passwd, std::string_view group);

// The name of the first entry with this uid; empty if there is none.
std::string_view find_name(std::string_view passwd, uint32_t uid);

// The same from the host's own passwd file, for showing who owns something. Accounts that only a directory
// service knows have no name here: asking it would take NSS. Empty also if there is no such file.
std::string login_name(uint32_t uid, const char* passwd_path = "/etc/passwd");

}  // namespace cove::userdb
