// One file of the form of Docker's config.json, as far as logins go; what else it says is kept as it is.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/strict_json.h"
#include "registry/credentials.h"

namespace cove::registry {

class AuthFile {
 public:
  AuthFile() = default;
  // `file` is for messages, which never show what the file says. Errors: no JSON, or not of Docker's form.
  static Result<AuthFile> parse(std::string_view text, std::string_view file);
  // A missing file is an empty one.
  static Result<AuthFile> load(const std::string& path);

  // The login for the longest part of HOST/REPOSITORY that there is one for, or for the host.
  [[nodiscard]] Result<std::optional<Credentials>> find(const Login& login) const;
  // The NAME of the docker-credential-NAME that keeps this host's logins; empty: the file does.
  [[nodiscard]] std::string helper_for(std::string_view host) const;

  void set(std::string_view host, const Credentials& credentials);
  // Notes that a helper keeps this host's login.
  void note(std::string_view host);
  bool remove(std::string_view host);

  [[nodiscard]] std::string print() const;
  // Replaces the file; behind a symbolic link, what it points to.
  [[nodiscard]] Status save(const std::string& path) const;

 private:
  std::string file_;
  json::Object root_;
};

// "docker.io" for "https://index.docker.io/v1/", "quay.io" for "https://quay.io/v2".
[[nodiscard]] std::string host_of_key(std::string_view key);
// The key that Docker uses: the host, but for its own registry "https://index.docker.io/v1/".
[[nodiscard]] std::string key_of_host(std::string_view host);

}  // namespace cove::registry
