// Who the user is at a registry: Docker's config.json and credential helpers. Sources: docker-login(1),
// containers-auth.json(5), github.com/docker/docker-credential-helpers (the protocol of
// docker-credential-NAME).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "registry/places.h"

namespace cove::registry {

// A name with a password; or an identity token, which the token service exchanges for access.
struct Credentials {
  std::string user;
  std::string secret;
  std::string identity_token;

  bool operator==(const Credentials&) const = default;
};

// How one login is asked for, of the registry `host` and, in podman's files, a repository on it.
struct Login {
  std::string host;        // "docker.io", "localhost:5000"
  std::string repository;  // may be empty
};

// What the first file that knows this login says, or its helper. Nothing: nobody is logged in. `variable` is
// the environment that helpers are found by (PATH) and see a part of. Errors: a file that can't be read or
// is no JSON, a helper that is missing or fails.
Result<std::optional<Credentials>> find_credentials(const Places& places, const Variable& variable,
                                                    const Login& login);

// Where a login was written: the path of a file or the name of a helper, for a message.
struct Kept {
  std::string where;
  bool in_helper = false;
};
// Into the helper that the first file names for this host, else into that file (mode 0600, made with its
// directory if it is missing); all else in it stays.
Result<Kept> store_credentials(const Places& places, const Variable& variable, std::string_view host,
                               const Credentials& credentials);
// Out of the same place. False: nobody was logged in.
Result<bool> erase_credentials(const Places& places, const Variable& variable, std::string_view host);

}  // namespace cove::registry
