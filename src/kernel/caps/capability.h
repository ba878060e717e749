// Capabilities as names, numbers and sets. Pure; may be used anywhere. Source: capabilities(7).
#pragma once

#include <linux/capability.h>

#include <bit>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace cove::caps {

inline constexpr unsigned kCapabilityCount =
    41;  // the named ones: 0 (CAP_CHOWN) … 40 (CAP_CHECKPOINT_RESTORE)

// A set of capability numbers 0 … 63. Numbers from kCapabilityCount on can be held, but have no name.
class CapabilitySet {
 public:
  constexpr CapabilitySet() = default;
  constexpr CapabilitySet(std::initializer_list<unsigned> capabilities) {
    for (const unsigned capability : capabilities) add(capability);
  }
  static constexpr CapabilitySet from_bits(uint64_t bits) {
    CapabilitySet set;
    set.bits_ = bits;
    return set;
  }
  static constexpr CapabilitySet all() { return from_bits((uint64_t{1} << kCapabilityCount) - 1); }

  [[nodiscard]] constexpr uint64_t bits() const { return bits_; }
  [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
  [[nodiscard]] constexpr unsigned size() const { return static_cast<unsigned>(std::popcount(bits_)); }
  [[nodiscard]] constexpr bool contains(unsigned capability) const {
    return capability < 64 && (bits_ >> capability & 1) != 0;
  }
  constexpr void add(unsigned capability) { bits_ |= uint64_t{1} << (capability & 63); }
  constexpr void remove(unsigned capability) { bits_ &= ~(uint64_t{1} << (capability & 63)); }

  friend constexpr CapabilitySet operator|(CapabilitySet a, CapabilitySet b) {
    return from_bits(a.bits_ | b.bits_);
  }
  friend constexpr CapabilitySet operator&(CapabilitySet a, CapabilitySet b) {
    return from_bits(a.bits_ & b.bits_);
  }
  friend constexpr CapabilitySet operator-(CapabilitySet a, CapabilitySet b) {
    return from_bits(a.bits_ & ~b.bits_);
  }
  friend constexpr bool operator==(CapabilitySet a, CapabilitySet b) = default;

 private:
  uint64_t bits_ = 0;
};

// What Docker leaves a container by default: 14 capabilities.
inline constexpr CapabilitySet kDockerDefault{
    CAP_CHOWN,   CAP_DAC_OVERRIDE, CAP_FOWNER,           CAP_FSETID,
    CAP_KILL,    CAP_SETGID,       CAP_SETUID,           CAP_SETPCAP,
    CAP_NET_RAW, CAP_MKNOD,        CAP_NET_BIND_SERVICE, CAP_SYS_CHROOT,
    CAP_SETFCAP, CAP_AUDIT_WRITE};
static_assert(kDockerDefault.size() == 14);

// "CAP_CHOWN" for 0; empty from kCapabilityCount on.
[[nodiscard]] std::string_view capability_name(unsigned capability) noexcept;

// "CAP_NET_RAW", "NET_RAW" and "net_raw" all give CAP_NET_RAW.
[[nodiscard]] std::optional<unsigned> capability_number(std::string_view name) noexcept;

// A name as in capability_number() or "ALL". Anything else is ErrorCode::invalid_argument.
Result<CapabilitySet> parse_capability(std::string_view name);

// "CAP_CHOWN CAP_KILL", by number; a number without a name as "CAP_63"; "none" for the empty set.
[[nodiscard]] std::string print_capabilities(CapabilitySet set);

}  // namespace cove::caps
