// The datagrams of a launch: what a compromised child could send to the parent.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "launch/protocol.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace cove::launch;
  const auto decoded = decode({reinterpret_cast<const std::byte*>(data), size});
  if (!decoded) return 0;
  // What was accepted must survive the way back.
  std::array<std::byte, kMaxDatagram> buffer{};
  const Failure* failure = decoded->failure ? &*decoded->failure : nullptr;
  const size_t length = encode(decoded->message, decoded->pid, failure, buffer);
  const auto again = decode(std::span(buffer).first(length));
  if (!again || again->message != decoded->message || again->pid != decoded->pid) std::abort();
  if (failure != nullptr && again->failure->message != failure->message) std::abort();
  return 0;
}
