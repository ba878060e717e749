// The servers that know what nobody here does.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <ctime>
#include <memory>
#include <string_view>
#include <vector>

#include "network/address.h"
#include "sys/inet.h"

namespace cove::network {

struct Servers {
  std::vector<sys::InetPlace> places;
  // One that is asked first for a while, since the first of them has been silent `silent` times in a row. Not
  // at once: it may know names that the others do not.
  size_t preferred = 0;
  unsigned silent = 0;
  uint64_t preferred_until_ns = 0;
};
using ServerList = std::shared_ptr<Servers>;

// Those of a resolv.conf(5): the first three, as in the C library. What is no address is left out.
std::vector<sys::InetPlace> parse_servers(std::string_view text);
ServerList server_list(const std::vector<IpAddress>& addresses);  // null for none

// Those of a file, which is read again when it has changed.
class ServerFile {
 public:
  explicit ServerFile(const char* path) : path_(path) {}
  const ServerList& current();

 private:
  const char* path_;
  ServerList list_;
  ino_t inode_ = 0;
  struct timespec changed_ {};
};

}  // namespace cove::network
