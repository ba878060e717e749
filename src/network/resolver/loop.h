// What the parts of the resolver share: how the event loop tells them apart, and who waits for an answer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "network/dns/message.h"
#include "sys/inet.h"

namespace cove::network {

// The key of a descriptor in the event loop: what it belongs to, and the number of that, which is never used
// again.
enum class Part : uint8_t { control, starter, changes, zone, process, flight, stream };
inline constexpr unsigned kPartShift = 56;

inline uint64_t key_of(Part part, uint64_t number) noexcept {
  return static_cast<uint64_t>(part) << kPartShift | number;
}
inline Part part_of(uint64_t key) noexcept {
  return static_cast<Part>(key >> kPartShift);
}
inline uint64_t number_of(uint64_t key) noexcept {
  return key & ((uint64_t{1} << kPartShift) - 1);
}

inline constexpr size_t kMaxQuestion = 4096;  // bytes of one that is looked at
inline constexpr uint64_t kMillisecondNs = 1'000'000;

// Where an answer goes: to a connection, or as a datagram through the sockets of a zone.
struct Client {
  uint64_t stream = 0;  // 0: a datagram
  uint64_t zone = 0;
  sys::InetPeer peer;
};

class Answering {
 public:
  Answering() = default;
  Answering(const Answering&) = delete;
  Answering& operator=(const Answering&) = delete;
  virtual void answer(const Client& client, std::string message) = 0;

 protected:
  ~Answering() = default;
};

}  // namespace cove::network
