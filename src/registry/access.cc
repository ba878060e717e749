#include "registry/access.h"

#include <utility>

namespace cove::registry {

Result<Connection> Connection::prepare(const Access& access, Endpoint endpoint) {
  Connection connection;
  connection.certificates_ = COVE_TRY(find_certificates(access.places.certificates, endpoint.host));
  if (access.tls_verify.has_value()) {
    endpoint.insecure = !*access.tls_verify;
  } else if (is_loopback(endpoint.host) && connection.certificates_.empty()) {
    endpoint.insecure = true;
  }
  CredentialSource source;
  if (access.login.has_value()) {
    source = [login = access.login]() -> Result<std::optional<Credentials>> { return login; };
  } else {
    source = [places = access.places, variable = access.variable,
              login = Login{endpoint.host, endpoint.repository}] {
      return find_credentials(places, variable, login);
    };
  }
  connection.authority_ = std::make_shared<Authority>(endpoint.host, std::move(source));
  connection.endpoint_ = std::move(endpoint);
  connection.options_ = access.session;
  return connection;
}

std::unique_ptr<Session> Connection::open_session(const std::atomic<bool>* cancelled) const {
  SessionOptions options = options_;
  options.cancelled = cancelled;
  return std::make_unique<Session>(endpoint_, certificates_, authority_, std::move(options));
}

}  // namespace cove::registry
