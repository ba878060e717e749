#include "network/resolver/framed.h"

#include <utility>

namespace cove::network {
namespace {

constexpr size_t kLength = 2;
constexpr unsigned kByteBits = 8;

}  // namespace

Progress Framed::receive(size_t limit) {
  while (true) {
    size_t wanted = kLength;
    if (received_ >= kLength) {
      const size_t size = static_cast<size_t>(static_cast<uint8_t>(incoming_[0])) << kByteBits |
                          static_cast<uint8_t>(incoming_[1]);
      if (size > limit) return Progress::closed;
      wanted += size;
    }
    if (received_ == wanted && wanted > kLength) return Progress::done;
    if (received_ == wanted) return Progress::closed;  // an empty one
    incoming_.resize(wanted);
    const auto room = std::as_writable_bytes(std::span(incoming_)).subspan(received_);
    const sys::IoResult got = stream_.read_some(room);
    if (got.state == sys::IoState::would_block) return Progress::waiting;
    if (got.state != sys::IoState::moved) return Progress::closed;
    received_ += got.bytes;
  }
}

std::string Framed::take() noexcept {
  std::string message = std::exchange(incoming_, {});
  received_ = 0;
  message.erase(0, kLength);
  return message;
}

void Framed::queue(std::string_view message) {
  outgoing_.clear();
  outgoing_.push_back(static_cast<char>(message.size() >> kByteBits));
  outgoing_.push_back(static_cast<char>(message.size()));
  outgoing_ += message;
  sent_ = 0;
}

Progress Framed::send() {
  while (sent_ < outgoing_.size()) {
    const sys::IoResult put = stream_.write_some(std::as_bytes(std::span(outgoing_)).subspan(sent_));
    if (put.state == sys::IoState::would_block) return Progress::waiting;
    if (put.state != sys::IoState::moved) return Progress::closed;
    sent_ += put.bytes;
  }
  outgoing_ = {};
  sent_ = 0;
  return Progress::done;
}

}  // namespace cove::network
