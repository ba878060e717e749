// SHA-256 of what streams by. Source: FIPS 180-4; computed by OpenSSL, which uses the processor's own
// instructions for it.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace cove::codec {

class Sha256 {
 public:
  Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  ~Sha256();

  void update(std::string_view bytes) noexcept;
  // 64 lower-case hexadecimal digits. It begins anew after that.
  [[nodiscard]] std::string finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

// The same for a text at hand.
[[nodiscard]] std::string sha256_hex(std::string_view text);

}  // namespace cove::codec
