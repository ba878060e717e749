// What is needed to speak with any registry: the configuration, and who the user is.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "registry/places.h"
#include "registry/registries.h"
#include "registry/session.h"

namespace cove::registry {

struct Access {
  Places places;
  Variable variable;  // the environment, for credential helpers
  Registries registries;
  SessionOptions session;
  std::optional<bool> tls_verify;    // --tls-verify; not given: as configured
  std::optional<Credentials> login;  // instead of the one that is kept
};

// What the sessions with one endpoint share.
class Connection {
 public:
  // A registry on this machine's own loopback address is insecure unless it has certificates or the
  // configuration says otherwise: there is no wire to listen on.
  static Result<Connection> prepare(const Access& access, Endpoint endpoint);

  [[nodiscard]] const Endpoint& endpoint() const noexcept { return endpoint_; }
  // Another session, for a thread of its own. `cancelled` may be null.
  [[nodiscard]] std::unique_ptr<Session> open_session(const std::atomic<bool>* cancelled) const;

 private:
  Endpoint endpoint_;
  Certificates certificates_;
  std::shared_ptr<Authority> authority_;
  SessionOptions options_;
};

}  // namespace cove::registry
