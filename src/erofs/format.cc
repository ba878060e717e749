#include "erofs/format.h"

#include <fmt/format.h>

#include <concepts>

#include "base/strings.h"

namespace cove::erofs {
namespace {

constexpr uint32_t kMagic = 0xE0F5E1E2;
constexpr size_t kAttributeHeader = 12;
constexpr size_t kAttributeUnit = 4;
constexpr size_t kMostAttributeBytes = kAttributeHeader + kAttributeUnit * (UINT16_MAX - 1);

// Little-endian, wherever this runs.
template <std::unsigned_integral T>
void put(std::string& out, T value) {
  for (size_t i = 0; i < sizeof(T); ++i) out += static_cast<char>((value >> (8 * i)) & 0xFF);
}

struct Prefix {
  std::string_view text;
  uint8_t index = 0;
};
constexpr Prefix kPrefixes[] = {
    {"user.", 1},     {"system.posix_acl_access", 2}, {"system.posix_acl_default", 3}, {"trusted.", 4},
    {"security.", 6},
};

Error too_large(std::string_view name) {
  return Error(ErrorCode::unsupported,
               fmt::format("attribute {} is too large for an EROFS image", quote(name)));
}

// How many names, from `first` on, one block holds, and how much of it they take.
std::pair<size_t, size_t> fit(const std::vector<Name>& names, size_t first) noexcept {
  size_t used = 0;
  size_t next = first;
  for (; next < names.size(); ++next) {
    const size_t more = kNameBytes + names[next].name.size();
    if (used + more > kBlock) break;
    used += more;
  }
  return {next - first, used};
}

}  // namespace

std::string print_inode(const Inode& inode, std::string_view attributes) {
  std::string out;
  out.reserve(kInodeBytes + attributes.size());
  put(out, static_cast<uint16_t>(1U | static_cast<unsigned>(inode.layout) << 1U));
  const size_t units = attributes.empty() ? 0 : (attributes.size() - kAttributeHeader) / kAttributeUnit + 1;
  put(out, static_cast<uint16_t>(units));
  put(out, static_cast<uint16_t>(inode.mode));
  put(out, uint16_t{0});
  put(out, inode.size);
  put(out, inode.where);
  put(out, uint32_t{0});  // for 32-bit programs
  put(out, inode.uid);
  put(out, inode.gid);
  put(out, static_cast<uint64_t>(inode.time.seconds));
  put(out, inode.time.nanoseconds);
  put(out, inode.links);
  out.resize(kInodeBytes, '\0');
  return out.append(attributes);
}

Result<std::string> print_attributes(const Attributes& attributes) {
  std::string out;
  if (attributes.empty()) return out;
  out.resize(kAttributeHeader, '\0');
  for (const auto& [name, value] : attributes) {
    for (const Prefix& prefix : kPrefixes) {
      if (!name.starts_with(prefix.text)) continue;
      const std::string_view rest = std::string_view(name).substr(prefix.text.size());
      if (rest.size() > UINT8_MAX || value.size() > UINT16_MAX) return too_large(name);
      put(out, static_cast<uint8_t>(rest.size()));
      put(out, prefix.index);
      put(out, static_cast<uint16_t>(value.size()));
      out.append(rest).append(value);
      out.resize((out.size() + kAttributeUnit - 1) / kAttributeUnit * kAttributeUnit, '\0');
      break;
    }
    if (out.size() > kMostAttributeBytes) return too_large(name);
  }
  return out;
}

// As the kernel's new_encode_dev() has it.
uint32_t device_number(uint32_t major, uint32_t minor) noexcept {
  return (minor & 0xFFU) | (major << 8U) | ((minor & ~0xFFU) << 12U);
}

std::string print_super(const Super& super) {
  std::string out;
  put(out, kMagic);
  put(out, uint32_t{0});  // no checksum
  put(out, uint32_t{0});  // nor any other feature
  put(out, uint8_t{12});  // a block is 1 << 12 bytes
  put(out, uint8_t{0});
  put(out, static_cast<uint16_t>(kRootNode));
  put(out, super.inodes);
  put(out, static_cast<uint64_t>(super.made.seconds));
  put(out, super.made.nanoseconds);
  put(out, static_cast<uint32_t>(super.blocks));
  put(out, uint32_t{0});  // node numbers count from the beginning of the image
  put(out, uint32_t{0});
  put(out, super.id[0]);
  put(out, super.id[1]);
  out.resize(kSuperBytes, '\0');
  return out;
}

std::string print_directory(const std::vector<Name>& names) {
  std::string out;
  for (size_t first = 0; first < names.size();) {
    const auto [count, used] = fit(names, first);
    const size_t begin = out.size();
    size_t offset = kNameBytes * count;
    for (size_t i = first; i < first + count; ++i) {
      put(out, names[i].node);
      put(out, static_cast<uint16_t>(offset));
      put(out, static_cast<uint8_t>(names[i].kind));
      put(out, uint8_t{0});
      offset += names[i].name.size();
    }
    for (size_t i = first; i < first + count; ++i) out.append(names[i].name);
    first += count;
    if (first < names.size()) out.resize(begin + kBlock, '\0');
  }
  return out;
}

uint64_t directory_bytes(const std::vector<Name>& names) noexcept {
  uint64_t bytes = 0;
  for (size_t first = 0; first < names.size();) {
    const auto [count, used] = fit(names, first);
    first += count;
    bytes += first < names.size() ? kBlock : used;
  }
  return bytes;
}

}  // namespace cove::erofs
