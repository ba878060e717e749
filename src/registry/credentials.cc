#include "registry/credentials.h"

#include <utility>

#include "registry/auth_file.h"
#include "registry/credential_helper.h"

namespace cove::registry {
namespace {

Result<std::string> written_file(const Places& places) {
  if (!places.auths.empty()) return places.auths.front();
  return Error(ErrorCode::not_found, "there is no home directory to keep logins in")
      .set_hint("set HOME, DOCKER_CONFIG or REGISTRY_AUTH_FILE");
}

}  // namespace

Result<std::optional<Credentials>> find_credentials(const Places& places, const Variable& variable,
                                                    const Login& login) {
  for (const std::string& path : places.auths) {
    const AuthFile file = COVE_TRY(AuthFile::load(path));
    std::optional<Credentials> found;
    if (const std::string name = file.helper_for(login.host); !name.empty()) {
      const CredentialHelper helper = COVE_TRY(CredentialHelper::find(name, variable).context(path));
      found = COVE_TRY(helper.get(key_of_host(login.host)));
    }
    if (!found.has_value()) found = COVE_TRY(file.find(login));
    if (found.has_value()) return found;
  }
  return std::optional<Credentials>{};
}

Result<Kept> store_credentials(const Places& places, const Variable& variable, std::string_view host,
                               const Credentials& credentials) {
  const std::string path = COVE_TRY(written_file(places));
  AuthFile file = COVE_TRY(AuthFile::load(path));
  Kept kept{.where = path};
  if (const std::string name = file.helper_for(host); !name.empty()) {
    const CredentialHelper helper = COVE_TRY(CredentialHelper::find(name, variable).context(path));
    COVE_TRY(helper.store(key_of_host(host), credentials));
    kept = {.where = "docker-credential-" + name, .in_helper = true};
    file.note(host);
  } else {
    file.set(host, credentials);
  }
  COVE_TRY(file.save(path));
  return kept;
}

Result<bool> erase_credentials(const Places& places, const Variable& variable, std::string_view host) {
  const std::string path = COVE_TRY(written_file(places));
  AuthFile file = COVE_TRY(AuthFile::load(path));
  bool was_there = false;
  if (const std::string name = file.helper_for(host); !name.empty()) {
    const CredentialHelper helper = COVE_TRY(CredentialHelper::find(name, variable).context(path));
    was_there = COVE_TRY(helper.get(key_of_host(host))).has_value();
    if (was_there) COVE_TRY(helper.erase(key_of_host(host)));
  }
  if (file.remove(host)) {
    was_there = true;
    COVE_TRY(file.save(path));
  }
  return was_there;
}

}  // namespace cove::registry
