// A registry's own certificates: containers-certs.d(5), Docker's "Verify repository client with
// certificates".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cove::registry {

struct Certificates {
  std::string authorities;         // PEM, of all *.crt together; they count beside the machine's
  std::string client_certificate;  // path of the first NAME.cert whose NAME.key is there too
  std::string client_key;          // path; set with client_certificate

  [[nodiscard]] bool empty() const noexcept { return authorities.empty() && client_certificate.empty(); }
};

// From the first of `directories` that holds a directory called `host` (HOST[:PORT]). Errors: a certificate
// without its key, or a key without its certificate, or what can't be read.
Result<Certificates> find_certificates(const std::vector<std::string>& directories, std::string_view host);

}  // namespace cove::registry
