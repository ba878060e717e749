// Programs that keep logins: docker-credential-NAME get|store|erase. Source:
// github.com/docker/docker-credential-helpers, README.md, "Development".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "registry/credentials.h"

namespace cove::registry {

class CredentialHelper {
 public:
  // Finds docker-credential-NAME by PATH. Errors: a name that is not of [A-Za-z0-9._-], no such program.
  static Result<CredentialHelper> find(std::string_view name, const Variable& variable);

  Result<std::optional<Credentials>> get(std::string_view key) const;
  Status store(std::string_view key, const Credentials& credentials) const;
  Status erase(std::string_view key) const;

 private:
  Result<std::string> run(std::string_view verb, std::string input) const;

  std::string path_;
  // What it may know of the caller's environment: where the user's keys and agents are.
  std::vector<std::string> environment_;
};

}  // namespace cove::registry
