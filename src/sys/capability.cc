#include "sys/capability.h"

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>

#include "sys/call.h"

namespace cove::sys {
namespace {

using CapabilityWords = std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3>;

uint64_t join_words(uint32_t low, uint32_t high) {
  return low | static_cast<uint64_t>(high) << 32;
}
uint32_t low_word(uint64_t mask) {
  return static_cast<uint32_t>(mask);
}
uint32_t high_word(uint64_t mask) {
  return static_cast<uint32_t>(mask >> 32);
}

std::optional<bool> yes_or_no(int outcome) noexcept {
  if (outcome < 0) return std::nullopt;
  return outcome != 0;
}

}  // namespace

Result<CapabilityMasks> get_capabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  CapabilityWords words{};
  if (::syscall(SYS_capget, &header, words.data()) != 0) return last_error("get capabilities");
  return CapabilityMasks{join_words(words[0].effective, words[1].effective),
                         join_words(words[0].permitted, words[1].permitted),
                         join_words(words[0].inheritable, words[1].inheritable)};
}

Status set_capabilities(const CapabilityMasks& masks) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  const CapabilityWords words{
      {{low_word(masks.effective), low_word(masks.permitted), low_word(masks.inheritable)},
       {high_word(masks.effective), high_word(masks.permitted), high_word(masks.inheritable)}}};
  if (::syscall(SYS_capset, &header, words.data()) != 0) return last_error("set capabilities");
  return {};
}

std::optional<bool> bounding_capability(unsigned capability) noexcept {
  return yes_or_no(::prctl(PR_CAPBSET_READ, capability, 0, 0, 0));
}

std::optional<bool> ambient_capability(unsigned capability) noexcept {
  return yes_or_no(::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, capability, 0, 0));
}

Status drop_bounding_capability(unsigned capability) {
  if (::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0) {
    return last_error("drop capability {} from the bounding set", capability);
  }
  return {};
}

Status clear_ambient_capabilities() {
  if (::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0)
    return last_error("clear ambient capabilities");
  return {};
}

Status raise_ambient_capability(unsigned capability) {
  if (::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0) != 0) {
    return last_error("raise ambient capability {}", capability);
  }
  return {};
}

Status set_keep_capabilities(bool keep) {
  if (::prctl(PR_SET_KEEPCAPS, keep ? 1UL : 0UL, 0, 0, 0) != 0)
    return last_error("set keep-capabilities flag");
  return {};
}

}  // namespace cove::sys
