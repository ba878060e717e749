// What every container has in /dev: the OCI runtime specification's "Default Devices" and its symbolic links.
#pragma once

#include <array>
#include <string_view>

namespace cove::launch {

struct DefaultDevice {
  std::string_view path;
  unsigned minor;
  unsigned major = 1;
};
inline constexpr std::array<DefaultDevice, 6> kDefaultDevices{{{"/dev/null", 3},
                                                               {"/dev/zero", 5},
                                                               {"/dev/full", 7},
                                                               {"/dev/random", 8},
                                                               {"/dev/urandom", 9},
                                                               {"/dev/tty", 0, 5}}};

struct DefaultLink {
  std::string_view path;
  std::string_view target;
};
inline constexpr std::array<DefaultLink, 5> kDefaultLinks{{{"/dev/fd", "/proc/self/fd"},
                                                           {"/dev/stdin", "/proc/self/fd/0"},
                                                           {"/dev/stdout", "/proc/self/fd/1"},
                                                           {"/dev/stderr", "/proc/self/fd/2"},
                                                           {"/dev/ptmx", "pts/ptmx"}}};

}  // namespace cove::launch
