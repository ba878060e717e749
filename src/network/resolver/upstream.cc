#include "network/resolver/upstream.h"

#include <fcntl.h>

#include "base/strings.h"
#include "network/dns/message.h"
#include "sys/file.h"

namespace cove::network {
namespace {

constexpr uint16_t kPort = 53;
constexpr size_t kMostServers = 3;  // MAXNS of resolv.h

}  // namespace

std::vector<sys::InetPlace> parse_servers(std::string_view text) {
  constexpr std::string_view kWord = "nameserver";
  constexpr std::string_view kBlanks = " \t";
  std::vector<sys::InetPlace> places;
  while (const auto line = next_line(text)) {
    if (!line->starts_with(kWord) || places.size() == kMostServers) continue;
    std::string_view rest = line->substr(kWord.size());
    if (rest.empty() || kBlanks.find(rest.front()) == std::string_view::npos) continue;
    rest = trim(rest);
    rest = rest.substr(0, rest.find_first_of(" \t#;"));
    const Halves halves = split_once(rest, '%');
    const Result<IpAddress> address = parse_address(halves.first);
    if (address) places.push_back({address->bytes(), kPort, std::string(halves.second.value_or(""))});
  }
  return places;
}

ServerList server_list(const std::vector<IpAddress>& addresses) {
  if (addresses.empty()) return nullptr;
  auto list = std::make_shared<Servers>();
  for (const IpAddress& address : addresses) {
    if (list->places.size() < kMostServers) list->places.push_back({address.bytes(), kPort, {}});
  }
  return list;
}

const ServerList& ServerFile::current() {
  const Result<struct stat> info = sys::stat_at(AT_FDCWD, path_);
  const struct timespec changed = info ? info->st_mtim : timespec{};
  const ino_t inode = info ? info->st_ino : 0;
  const bool same =
      changed.tv_sec == changed_.tv_sec && changed.tv_nsec == changed_.tv_nsec && inode == inode_;
  if (list_ != nullptr && same) return list_;
  list_ = std::make_shared<Servers>();
  if (const Result<std::string> text = sys::read_regular_file(path_)) list_->places = parse_servers(*text);
  inode_ = inode;
  changed_ = changed;
  return list_;
}

}  // namespace cove::network
