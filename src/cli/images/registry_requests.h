// What the command lines of the commands that speak with registries fill; see requests.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/format/list.h"

namespace cove::cli {

struct RegistryFlags {
  std::optional<bool> tls_verify;
  std::string auth_file;  // empty: the usual ones
  std::string login;      // USER:PASSWORD, for this command only
  unsigned retries = 5;
  uint64_t retry_delay_ms = 500;
  uint64_t stall_ms = 30'000;
};
struct PullCommandRequest {
  RegistryFlags registry;
  std::string platform;
  unsigned parallel = 3;
  bool all_tags = false;
  bool quiet = false;
  bool json = false;
};
struct PushCommandRequest {
  RegistryFlags registry;
  unsigned parallel = 3;
  bool all_tags = false;
  bool quiet = false;
  bool json = false;
};
struct LoginRequest {
  RegistryFlags registry;
  std::string user;
  std::optional<std::string> password;
  bool password_stdin = false;
};
struct LogoutRequest {
  RegistryFlags registry;
};
struct SearchRequest {
  RegistryFlags registry;
  format::ListOptions list;
  uint64_t limit = 25;
  std::vector<std::string> filters;
  bool list_tags = false;
};

extern const OptionGroup kPullOptions;
extern const OptionGroup kPushOptions;
extern const OptionGroup kLoginOptions;
extern const OptionGroup kSearchOptions;
// --tls-verify and the like, of each of these requests.
extern const OptionGroup kPullRegistryOptions;
extern const OptionGroup kPushRegistryOptions;
extern const OptionGroup kLoginRegistryOptions;
extern const OptionGroup kLogoutRegistryOptions;
extern const OptionGroup kSearchRegistryOptions;

}  // namespace cove::cli
